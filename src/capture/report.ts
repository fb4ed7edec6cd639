// A connection as one JSON object, for other programs: numbers where there are numbers, lists where names could come twice. The
// fields of messages are a tree with byte ranges; they come only when asked for.

import { toHex } from '../bytes/bytes.ts';
import { type AnnotateContext, type AnnotatedField, annotateMessage } from '../inspect/annotate.ts';
import { suiteNames } from '../inspect/negotiated.ts';
import { groupName, signatureSchemeName } from '../wire/registry/names.ts';
import { endpointText } from './addresses.ts';
import type { CapturedConnection } from './connection.ts';
import { missingIn } from './missing.ts';
import { messagesOf, type NumberedMessage } from './numbered.ts';
import { otherExtensions } from './other_extensions.ts';
import { negotiatedOf } from './render_wireshark.ts';
import { type Verdict, verdictsOf } from './verdicts.ts';
import { protocolName } from './wireshark_names.ts';

export interface ReportOptions {
  /** Whether every message is opened field by field. */
  readonly fields?: boolean;
  /** Whether the bytes of messages are there, and the first of application data where they were kept. */
  readonly hex?: boolean;
  readonly shows?: (message: NumberedMessage) => boolean;
  /** What was checked; without it, what the connection itself could. */
  readonly verdicts?: readonly Verdict[];
}

export interface ReportedField {
  readonly name: string;
  readonly value: string;
  readonly label?: string;
  readonly start: number;
  readonly end: number;
  readonly fields?: readonly ReportedField[];
}

/** Everything that was read of a connection, as a value for JSON.stringify. */
export function reportOf(
  connection: CapturedConnection,
  options: ReportOptions = {},
): Readonly<Record<string, unknown>> {
  const { shows = () => true, fields = false, hex = false } = options;
  const negotiated = negotiatedOf(connection);
  const { version, suite, group, scheme } = negotiated;
  const context = contextOf(connection);
  return {
    connection: connection.number,
    client: endpointText(connection.client),
    server: endpointText(connection.server),
    started: new Date(connection.started).toISOString(),
    frames: [connection.firstFrame, connection.lastFrame],
    client_random: connection.clientRandom,
    server_name: connection.serverName,
    version: version === undefined ? undefined : protocolName(version),
    cipher_suite: suite === undefined ? undefined : suiteNames(suite).iana,
    group: group === undefined ? undefined : (groupName(group) ?? group),
    signature_scheme: scheme === undefined ? undefined : (signatureSchemeName(scheme) ?? scheme),
    alpn: negotiated.alpn,
    ja3: connection.fingerprints.ja3?.hash,
    ja3_full: connection.fingerprints.ja3?.full,
    ja3s: connection.fingerprints.ja3s?.hash,
    ja3s_full: connection.fingerprints.ja3s?.full,
    ja4: connection.fingerprints.ja4?.hash,
    ja4_r: connection.fingerprints.ja4?.full,
    resumed: negotiated.resumed,
    early_data: negotiated.earlyData,
    sealed: connection.sealed,
    lost: connection.lost,
    missing: missingIn(connection, 'en'),
    checks: (options.verdicts ?? verdictsOf(connection)).map(({ name, outcome, why, frame }) => ({
      name,
      outcome,
      why: typeof why === 'object' ? why.code : why,
      frame,
    })),
    messages: messagesOf(connection)
      .filter(shows)
      .map((message) => ({
        number: message.number,
        frame: message.frame,
        time: Math.round((message.time - connection.started) * 1000) / 1000,
        from: message.from,
        name: message.title,
        content_type: message.contentType,
        epoch: message.epoch,
        length: message.length,
        sealed: message.sealed || undefined,
        hex: hex ? hexOf(message) : undefined,
        fields: fields && message.raw !== undefined ? fieldsOf(message.raw, message.contentType, context) : undefined,
      })),
  };
}

/** A whole message, or the first bytes of data. */
function hexOf({ raw, content }: NumberedMessage): string | undefined {
  const bytes = raw ?? content;
  return bytes === undefined ? undefined : toHex(bytes);
}

/** What it takes to read the forms of messages. */
export function contextOf(connection: CapturedConnection): AnnotateContext {
  const { version, keyExchange } = negotiatedOf(connection);
  const known = version === 0x0303 || version === 0x0304 ? version : undefined;
  return { version: known, keyExchange, others: otherExtensions };
}

function fieldsOf(raw: Uint8Array, contentType: number, context: AnnotateContext): readonly ReportedField[] {
  return annotateMessage(raw, { ...context, contentType }).fields.map(reported);
}

function reported({ name, value, label, start, end, children }: AnnotatedField): ReportedField {
  return {
    name,
    value,
    ...(label !== undefined && { label }),
    start,
    end,
    ...(children.length > 0 && { fields: children.map(reported) }),
  };
}
