// Fingerprints of who speaks: JA3 and JA3S (github.com/salesforce/ja3) and JA4 of a TLS client (github.com/FoxIO-LLC/ja4,
// technical_details/JA4.md). GREASE (RFC 8701) is left out of all of them. They name software, roughly, and prove nothing.

import { fromLatin1, toHex } from '../bytes/bytes.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { EXTENSIONS } from '../wire/extensions.ts';
import type { ClientHello, ServerHello } from '../wire/messages.ts';
import { isGrease } from '../wire/registry/names.ts';
import { md5Hex } from './md5.ts';

export interface Fingerprint {
  /** What the hash is made of. */
  readonly full: string;
  readonly hash: string;
}

/** Version, suites, extensions, groups and point formats, in decimal and in the order of the wire. */
export function ja3(hello: ClientHello): Fingerprint {
  const { known } = hello.extensions;
  const lists = [
    hello.cipher_suites,
    extensionTypes(hello),
    known.supported_groups ?? [],
    (known.ec_point_formats ?? []) as readonly number[],
  ].map((list) => list.filter((one) => !isGrease(one)).join('-'));
  return hashed([String(hello.legacy_version), ...lists].join(','));
}

export function ja3s(hello: ServerHello): Fingerprint {
  const types = hello.extensions.list.map(({ extension_type }) => extension_type);
  return hashed([hello.legacy_version, hello.cipher_suite, types.join('-')].join(','));
}

/** `t13d1516h2_8daaf6152771_e5627efa2ab1`, and in `full` the lists that were hashed (JA4_r). */
export function ja4(hello: ClientHello, provider: CryptoProvider): Fingerprint {
  const { known } = hello.extensions;
  const suites = hello.cipher_suites.filter((one) => !isGrease(one));
  const types = extensionTypes(hello).filter((one) => !isGrease(one));
  const versions = (known.supported_versions ?? [hello.legacy_version]).filter((one) => !isGrease(one));
  const head = [
    't',
    VERSIONS[Math.max(0, ...versions)] ?? '00',
    known.server_name === undefined ? 'i' : 'd',
    twoDigits(suites.length),
    twoDigits(types.length),
    alpnEnds(known.application_layer_protocol_negotiation?.[0]),
  ].join('');
  const sortedSuites = suites.map(hex4).sort().join(',');
  const named: readonly number[] = [EXTENSIONS.server_name.id, EXTENSIONS.application_layer_protocol_negotiation.id];
  const sortedTypes = types
    .filter((one) => !named.includes(one))
    .map(hex4)
    .sort()
    .join(',');
  const schemes = (known.signature_algorithms ?? [])
    .filter((one) => !isGrease(one))
    .map(hex4)
    .join(',');
  const extensions = schemes === '' ? sortedTypes : `${sortedTypes}_${schemes}`;
  return {
    full: [head, sortedSuites, extensions].join('_'),
    hash: [head, short(provider, sortedSuites), sortedTypes === '' ? ZEROS : short(provider, extensions)].join('_'),
  };
}

const VERSIONS: Readonly<Record<number, string>> = {
  772: '13',
  771: '12',
  770: '11',
  769: '10',
  768: 's3',
};
const ZEROS = '000000000000';

function extensionTypes(hello: ClientHello): readonly number[] {
  return hello.extensions.list.map(({ extension_type }) => extension_type);
}

function twoDigits(count: number): string {
  return String(Math.min(99, count)).padStart(2, '0');
}

/** First and last character of the first protocol; in hexadecimal where one of them is no letter and no digit. */
function alpnEnds(protocol: string | undefined): string {
  if (protocol === undefined || protocol === '') return '00';
  const ends = [protocol.charAt(0), protocol.charAt(protocol.length - 1)];
  if (ends.every((one) => /[0-9A-Za-z]/.test(one))) return ends.join('');
  const digits = toHex(fromLatin1(protocol));
  return digits.charAt(0) + digits.charAt(digits.length - 1);
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, '0');
}

function short(provider: CryptoProvider, text: string): string {
  if (text === '') return ZEROS;
  const hash = provider.hash('sha256');
  hash.update(fromLatin1(text));
  return toHex(hash.digest()).slice(0, 12);
}

function hashed(full: string): Fingerprint {
  return { full, hash: md5Hex(fromLatin1(full)) };
}
