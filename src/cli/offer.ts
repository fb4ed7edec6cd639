// What a ClientHello offered, by names: for whoever has to guess what the other side missed in it.

import { decode } from '../codec/run.ts';
import type { Observation } from '../engine/observe.ts';
import { quoteWireText } from '../inspect/escape.ts';
import { suiteNames } from '../inspect/negotiated.ts';
import { codePoint } from '../inspect/summary.ts';
import { clientHello, HANDSHAKE_HEADER_LENGTH } from '../wire/messages.ts';
import { groupName, isGrease, signatureSchemeName, versionName } from '../wire/registry/names.ts';
import { filled, type Text } from './text.ts';
import { OFFER } from './texts/failure.ts';

export interface Offer {
  readonly versions: readonly string[];
  readonly suites: readonly string[];
  readonly groups: readonly string[];
  readonly schemes: readonly string[];
  readonly serverName: string | undefined;
  readonly alpn: readonly string[];
}

/** The ClientHello among `seen`, the last one when there were two. */
export function offerIn(seen: readonly Observation[]): Offer | undefined {
  const hello = seen.findLast((one) => one.kind === 'message' && one.name === 'client_hello');
  if (hello?.kind !== 'message') return undefined;
  try {
    const { cipher_suites, legacy_version, extensions } = decode(
      clientHello,
      hello.raw.subarray(HANDSHAKE_HEADER_LENGTH),
    );
    const { known } = extensions;
    const names = (numbers: readonly number[] | undefined, name: (one: number) => string | undefined): string[] =>
      (numbers ?? []).filter((one) => !isGrease(one)).map((one) => codePoint(one, name));
    return {
      versions: names(known.supported_versions ?? [legacy_version], versionName),
      suites: cipher_suites.filter((one) => !isGrease(one) && !SIGNALS.has(one)).map((one) => suiteNames(one).openssl),
      groups: names(known.supported_groups, groupName),
      schemes: names(known.signature_algorithms, signatureSchemeName),
      serverName: known.server_name?.[0]?.host_name,
      alpn: known.application_layer_protocol_negotiation ?? [],
    };
  } catch {
    return undefined;
  }
}

/** Suites that are none: TLS_EMPTY_RENEGOTIATION_INFO_SCSV and TLS_FALLBACK_SCSV. */
const SIGNALS: ReadonlySet<number> = new Set([0x00ff, 0x5600]);

export type OfferPart = 'versions' | 'suites' | 'groups' | 'schemes' | 'sni' | 'alpn';

/** One sentence for each part that is asked for. */
export function offerTexts(offer: Offer, parts: readonly OfferPart[]): readonly Text[] {
  return parts.flatMap((part): Text[] => {
    switch (part) {
      case 'sni':
        return [
          offer.serverName === undefined ? OFFER.noSni : filled(OFFER.sni, { list: quoteWireText(offer.serverName) }),
        ];
      case 'alpn':
        return offer.alpn.length === 0 ? [] : [filled(OFFER.alpn, { list: offer.alpn.map(quoteWireText).join(', ') })];
      default:
        return offer[part].length === 0 ? [] : [filled(OFFER[part], { list: shorten(offer[part]) })];
    }
  });
}

const SHOWN = 12;

function shorten(names: readonly string[]): string {
  const rest = names.length - SHOWN;
  return rest > 0 ? `${names.slice(0, SHOWN).join(', ')} (+${rest})` : names.join(', ');
}
