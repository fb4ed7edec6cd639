// What stands in a ClientHello for the sake of others: GREASE values, so that servers do not forget to ignore what they do not
// know (RFC 8701), an order of extensions that nobody can rely on or that the host wants, and padding, for servers that stumble over certain lengths
// (RFC 7685).

import { EMPTY } from '../../bytes/bytes.ts';
import { encode } from '../../codec/run.ts';
import { changeExtensions, type RawExtension } from '../../wire/extensions.ts';
import { type ClientHello, clientHello, HANDSHAKE_HEADER_LENGTH } from '../../wire/messages.ts';
import { isGrease } from '../../wire/registry/names.ts';

/** Random bytes that {@link greased} takes: one for each value that it makes. */
export const GREASE_SEED_LENGTH = 6;

/**
 * Adds GREASE values as RFC 8701 3.1 has them: a suite, a group and its share, a version, a signature scheme, two extensions,
 * one of them with a byte in it. A server must ignore them all, and one that picks one is refused like any unoffered choice.
 */
export function greased(hello: ClientHello, seed: Uint8Array): ClientHello {
  const [suite = 0, group = 0, version = 0, first = 0, last = 0, scheme = 0] = Array.from(
    seed,
    (byte) => (byte & 15) * 0x1010 + 0x0a0a,
  );
  const { supported_groups, supported_versions, signature_algorithms, key_share } = hello.extensions.known;
  const changed = changeExtensions('client_hello', hello.extensions, {
    ...(supported_groups && { supported_groups: [group, ...supported_groups] }),
    ...(supported_versions && { supported_versions: [version, ...supported_versions] }),
    ...(signature_algorithms && { signature_algorithms: [scheme, ...signature_algorithms] }),
    ...(key_share && { key_share: [{ group, key_exchange: Uint8Array.of(0) }, ...key_share] }),
  });
  const empty: RawExtension = { extension_type: first, extension_data: EMPTY };
  // No two extensions are of one type.
  const type = last !== first ? last : first === 0x0a0a ? 0x1a1a : 0x0a0a;
  const full: RawExtension = { extension_type: type, extension_data: Uint8Array.of(0) };
  return {
    ...hello,
    cipher_suites: [suite, ...hello.cipher_suites],
    extensions: { known: changed.known, list: [empty, ...changed.list, full] },
  };
}

/**
 * With its extensions in another order, which RFC 8446 4.2 leaves to the client. `seed`: a random byte for each of them.
 * pre_shared_key, which must be the last, is not there yet.
 */
export function permuted(hello: ClientHello, seed: Uint8Array): ClientHello {
  const { list, known } = hello.extensions;
  const drawn = list.map((one, place) => ({ one, lot: seed[place] ?? 0 }));
  drawn.sort((a, b) => a.lot - b.lot);
  return { ...hello, extensions: { known, list: drawn.map(({ one }) => one) } };
}

/** With the extensions of `order` in front, in that order; a GREASE value that stands first stays there. */
export function arranged(hello: ClientHello, order: readonly number[]): ClientHello {
  if (order.length === 0) return hello;
  const { list, known } = hello.extensions;
  const rank = ({ extension_type }: RawExtension): number => {
    if (extension_type === list[0]?.extension_type && isGrease(extension_type)) return -1;
    const place = order.indexOf(extension_type);
    return place < 0 ? order.length : place;
  };
  return { ...hello, extensions: { known, list: [...list].sort((a, b) => rank(a) - rank(b)) } };
}

/** With a padding extension that brings the message to `length` bytes, its header included; as it is when it is as long. */
export function padded(hello: ClientHello, length: number): ClientHello {
  if (length === 0) return hello;
  const now = HANDSHAKE_HEADER_LENGTH + encode(clientHello, hello, 512).length;
  if (now >= length) return hello;
  // The extension has four bytes of its own.
  const padding = new Uint8Array(Math.max(0, length - now - 4));
  return { ...hello, extensions: changeExtensions('client_hello', hello.extensions, { padding }) };
}
