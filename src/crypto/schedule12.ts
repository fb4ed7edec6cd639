// The keys of TLS 1.2 (RFC 5246 6.3, 8.1; RFC 7627): pre-master secret -> master secret -> key block -> the four values
// that protect records, and the two Finished values.

import { concat, u16Bytes } from '../bytes/bytes.ts';
import { HASH_LENGTH } from './hkdf.ts';
import { prf12 } from './prf12.ts';
import type { CryptoProvider } from './provider.ts';
import type { SecretObserver } from './secrets.ts';
import { AEAD_SHAPE, CBC_KEY_LENGTH, type Suite12 } from './suites.ts';

export const MASTER_SECRET_LENGTH = 48;
const VERIFY_DATA_LENGTH = 12;

/**
 * What protects one direction: the cipher's key, the nonce's fixed part (4 bytes for GCM and CCM, 12 for ChaCha20, none for
 * CBC), and for CBC the key of the MAC.
 */
export interface TrafficKeys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly mac?: Uint8Array;
}

/** RFC 4279 2: the other secret, as many zeros as the key has bytes where there is none, and the key. */
export function pskPreMaster(key: Uint8Array, other: Uint8Array = new Uint8Array(key.length)): Uint8Array {
  return concat(u16Bytes(other.length), other, u16Bytes(key.length), key);
}

/** RFC 5246 8.1, and RFC 7627 4 when `sessionHash` (the transcript up to ClientKeyExchange) is given. */
export function masterSecret(
  provider: CryptoProvider,
  suite: Suite12,
  preMaster: Uint8Array,
  randoms: { readonly client: Uint8Array; readonly server: Uint8Array },
  sessionHash: Uint8Array | undefined,
  observe?: SecretObserver,
): Uint8Array {
  const label = sessionHash === undefined ? 'master secret' : 'extended master secret';
  const seed = sessionHash ?? concat(randoms.client, randoms.server);
  const secret = prf12(provider, suite.hash, preMaster, label, seed, MASTER_SECRET_LENGTH);
  observe?.({ name: 'pre_master_secret', context: suite.keyExchange, value: preMaster });
  observe?.({
    name: 'master_secret',
    label,
    from: 'pre_master_secret',
    context: sessionHash === undefined ? 'client_random + server_random' : 'session_hash',
    contextValue: seed,
    value: secret,
  });
  return secret;
}

/** RFC 5246 6.3: "key expansion", cut into MAC keys (CBC alone has them), keys and IVs, the client's first each time. */
export function keyBlock(
  provider: CryptoProvider,
  suite: Suite12,
  master: Uint8Array,
  randoms: { readonly client: Uint8Array; readonly server: Uint8Array },
  observe?: SecretObserver,
): { readonly client: TrafficKeys; readonly server: TrafficKeys } {
  const { macLength, keyLength, ivLength } = blockLengths(suite);
  const seed = concat(randoms.server, randoms.client);
  const block = prf12(provider, suite.hash, master, 'key expansion', seed, 2 * (macLength + keyLength + ivLength));
  let at = 0;
  const cut = (length: number): Uint8Array => {
    const part = block.subarray(at, at + length);
    at += length;
    return part;
  };
  const macs = [cut(macLength), cut(macLength)] as const;
  const keys = [cut(keyLength), cut(keyLength)] as const;
  const client: TrafficKeys = { key: keys[0], iv: cut(ivLength), mac: macs[0] };
  const server: TrafficKeys = { key: keys[1], iv: cut(ivLength), mac: macs[1] };
  const step = { label: 'key expansion', from: 'master_secret', context: 'server_random + client_random' };
  if (macLength > 0) {
    observe?.({ ...step, name: 'client_write_MAC_key', contextValue: seed, value: macs[0] });
    observe?.({ ...step, name: 'server_write_MAC_key', contextValue: seed, value: macs[1] });
  }
  observe?.({ ...step, name: 'client_write_key', contextValue: seed, value: client.key });
  observe?.({ ...step, name: 'server_write_key', contextValue: seed, value: server.key });
  if (ivLength > 0) {
    observe?.({ ...step, name: 'client_write_IV', contextValue: seed, value: client.iv });
    observe?.({ ...step, name: 'server_write_IV', contextValue: seed, value: server.iv });
  }
  return { client, server };
}

/** RFC 5246 6.3: since TLS 1.1 a CBC record brings its own IV, so that the key block holds none. */
function blockLengths(suite: Suite12): { macLength: number; keyLength: number; ivLength: number } {
  if (suite.aead === undefined) {
    return { macLength: HASH_LENGTH[suite.mac], keyLength: CBC_KEY_LENGTH[suite.cbc], ivLength: 0 };
  }
  const { keyLength, fixedIvLength } = AEAD_SHAPE[suite.aead];
  return { macLength: 0, keyLength, ivLength: fixedIvLength };
}

/** RFC 5246 7.4.9: the 12 bytes of verify_data over the transcript so far. */
export function verifyData12(
  provider: CryptoProvider,
  suite: Suite12,
  master: Uint8Array,
  side: 'client' | 'server',
  transcriptHash: Uint8Array,
): Uint8Array {
  return prf12(provider, suite.hash, master, `${side} finished`, transcriptHash, VERIFY_DATA_LENGTH);
}
