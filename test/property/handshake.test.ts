import { describe, expect, it } from 'vitest';
import { suiteName } from '../../src/wire/registry/cipher_suites.ts';
import { exchange, type KeyKind, makePair, NAMES, shakeHands } from '../support/pair.ts';

interface Case {
  readonly label: string;
  readonly version: 'TLSv1.2' | 'TLSv1.3';
  readonly suite: string;
  readonly key: KeyKind;
  readonly group?: 'x25519' | 'secp256r1' | 'secp384r1' | 'secp521r1' | 'x448';
  readonly legacy?: boolean;
}

const CASES: readonly Case[] = [
  { label: '1.2 RSA', version: 'TLSv1.2', suite: 'TLS_RSA_WITH_AES_128_GCM_SHA256', key: 'rsa', legacy: true },
  { label: '1.2 RSA', version: 'TLSv1.2', suite: 'TLS_RSA_WITH_AES_256_GCM_SHA384', key: 'rsa', legacy: true },
  { label: '1.2 ECDHE', version: 'TLSv1.2', suite: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', key: 'rsa' },
  { label: '1.2 CBC', version: 'TLSv1.2', suite: 'TLS_RSA_WITH_AES_128_CBC_SHA', key: 'rsa', legacy: true },
  { label: '1.2 CBC', version: 'TLSv1.2', suite: 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384', key: 'rsa', legacy: true },
  { label: '1.2 CBC', version: 'TLSv1.2', suite: 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256', key: 'p256', legacy: true },
  {
    label: '1.2 ECDHE',
    version: 'TLSv1.2',
    suite: 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
    key: 'p384',
    group: 'secp384r1',
  },
  {
    label: '1.2 ECDHE',
    version: 'TLSv1.2',
    suite: 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
    key: 'ed25519',
    group: 'secp521r1',
  },
  { label: '1.3', version: 'TLSv1.3', suite: 'TLS_AES_128_GCM_SHA256', key: 'p256' },
  { label: '1.3', version: 'TLSv1.3', suite: 'TLS_AES_256_GCM_SHA384', key: 'rsa', group: 'secp256r1' },
  { label: '1.3', version: 'TLSv1.3', suite: 'TLS_CHACHA20_POLY1305_SHA256', key: 'p521', group: 'secp521r1' },
  { label: '1.3', version: 'TLSv1.3', suite: 'TLS_AES_128_GCM_SHA256', key: 'ed25519', group: 'x448' },
];

describe.each(NAMES)('client on %s', (client) => {
  describe.each(NAMES)('server on %s', (server) => {
    it.each(CASES)('$label $suite with a $key key: hands are shaken and data flows both ways', (one) => {
      const common = {
        minVersion: one.version,
        maxVersion: one.version,
        cipherSuites: [one.suite],
        legacy: one.legacy ?? false,
        ...(one.group && { groups: [one.group] }),
      } as const;
      const pair = shakeHands(
        makePair({ client: { ...common, name: client }, server: { ...common, name: server }, keys: [one.key] }),
      );
      expect(pair.client.error).toBeUndefined();
      expect(pair.server.error).toBeUndefined();
      for (const side of [pair.client, pair.server]) {
        expect(side.agreement && suiteName(side.agreement.suite.id)).toBe(one.suite);
      }
      expect(pair.client.agreement?.authorized).toBe(true);
      const up = new Uint8Array(40_000).map((_, i) => i);
      const down = new Uint8Array(5).fill(7);
      pair.client.handle(pair.client.engine.write(up));
      pair.server.handle(pair.server.engine.write(down));
      exchange(pair);
      expect(Buffer.concat(pair.server.received).equals(up)).toBe(true);
      expect(Buffer.concat(pair.client.received).equals(down)).toBe(true);
      // RFC 5246 7.3 and RFC 8446 2: two flights from each side in 1.2; in 1.3 the client's second ends it.
      expect([pair.client.flights, pair.server.flights]).toEqual(one.version === 'TLSv1.2' ? [3, 3] : [3, 2]);
      pair.client.handle(pair.client.engine.close());
      exchange(pair);
      expect(pair.server.ended).toBe(true);
      pair.server.handle(pair.server.engine.close());
      exchange(pair);
      expect([pair.client.closed, pair.server.closed]).toEqual([true, true]);
    });
  });
});
