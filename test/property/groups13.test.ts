// Groups of TLS 1.3 that are not curves: the hybrid X25519MLKEM768 (draft-ietf-tls-ecdhe-mlkem), whose halves and lengths are its
// own, and the finite fields (RFC 8446 4.2.8.1, RFC 7919), whose numbers are padded; with both providers on either side. And Ed448.

import { describe, expect, it } from 'vitest';
import { concat, EMPTY, fromBigInt, toBigInt, toHex } from '../../src/bytes/bytes.ts';
import type { Codec } from '../../src/codec/codec.ts';
import { ffdheParameters } from '../../src/crypto/ffdhe.ts';
import { answerWith } from '../../src/crypto/key_share.ts';
import type { FfdheName, GroupName } from '../../src/crypto/keys.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { credentialOf } from '../../src/host/credential.ts';
import { answerWithKeys } from '../../src/host/respond.ts';
import { judge } from '../../src/host/trust.ts';
import { withMlKem } from '../../src/providers/mlkem.ts';
import { nobleKeyShareOf } from '../../src/providers/noble_groups.ts';
import { generatePrivateKey, nodeProvider } from '../../src/providers/node.ts';
import { nodeKeyShareOf } from '../../src/providers/node_groups.ts';
import { changeExtensions } from '../../src/wire/extensions.ts';
import * as wire from '../../src/wire/messages.ts';
import { trustAnchors } from '../../src/x509/anchors.ts';
import { makeTestPki } from '../../src/x509/make_pki.ts';
import { alertsOf, edited, puppet } from '../support/forge.ts';
import { PAIRS, PROVIDERS, type ProviderName } from '../support/pair.ts';
import {
  again13,
  answering,
  expectData,
  expectResumed,
  helloOf,
  merge13,
  messages13,
  type Options13,
  type Pair13,
  session13,
  shake13,
  TICKETS,
} from '../support/pair13.ts';

const HYBRID = 'X25519MLKEM768';
const ID = 0x11ec;
const serverHello = wire.serverHello as Codec<wire.ServerHelloOf<'server_hello_13'>>;
const hybrid = (name: ProviderName): CryptoProvider => withMlKem(PROVIDERS[name]);
const both = (client: ProviderName, server: ProviderName): Options13 => ({
  client: { name: client, provider: hybrid(client) },
  server: { name: server, provider: hybrid(server) },
});

function expectAgreed(pair: Pair13, group: number): void {
  expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
  expect([pair.client.agreement?.group, pair.server.agreement?.group]).toEqual([group, group]);
  expect(toHex(pair.client.engine.exportKeyingMaterial('EXPORTER-x', 32))).toBe(
    toHex(pair.server.engine.exportKeyingMaterial('EXPORTER-x', 32)),
  );
  expectData(pair);
}

function expectRefused(pair: Pair13, role: 'client' | 'server', code: string, alert: string): void {
  expect(pair[role].error?.code, pair[role].error?.message).toBe(code);
  expect(pair[role].error?.alert).toBe(alert);
  expect(alertsOf(pair.seen[role].observed)).toEqual([alert]);
  expect([pair.client.agreement, pair.server.agreement]).toEqual([undefined, undefined]);
}

/** A handshake in which the client's, or the server's, share is changed on its way; both believe in what they sent. */
function swapped(options: Options13, whose: 'client' | 'server', change: (share: Uint8Array) => Uint8Array): Pair13 {
  return shake13(options, ({ client, server }) => {
    if (whose === 'client') {
      puppet(client.engine, (name, raw) =>
        name !== 'client_hello'
          ? undefined
          : [
              edited(wire.clientHello, raw, (hello) => ({
                ...hello,
                extensions: changeExtensions('client_hello', hello.extensions, {
                  key_share: (hello.extensions.known.key_share ?? []).map((one) => ({
                    ...one,
                    key_exchange: change(one.key_exchange),
                  })),
                }),
              })),
            ],
      );
      return;
    }
    puppet(server.engine, (name, raw) =>
      name !== 'server_hello'
        ? undefined
        : [
            edited(serverHello, raw, (hello) => {
              const { group = 0, key_exchange = EMPTY } = hello.extensions.known.key_share ?? {};
              const key_share = { group, key_exchange: change(key_exchange) };
              return { ...hello, extensions: changeExtensions('server_hello_13', hello.extensions, { key_share }) };
            }),
          ],
    );
  });
}

describe.each(PAIRS)('X25519MLKEM768, client on %s, server on %s', (client, server) => {
  const options = both(client, server);

  it('agreed on at once when its share is sent', () => {
    const pair = shake13(merge13(options, { client: { keyShares: [HYBRID, 'x25519'] } }));
    expect(helloOf(pair).extensions.known.key_share?.map((one) => [one.group, one.key_exchange.length])).toEqual([
      [ID, 1216],
      [0x001d, 32],
    ]);
    expectAgreed(pair, ID);
  });

  it('asked for by a HelloRetryRequest', () => {
    const pair = shake13(merge13(options, { client: { keyShares: ['x25519'] }, server: { groups: [HYBRID] } }));
    expect(messages13(pair)[1]).toBe('server hello_retry_request');
    expect(helloOf(pair, 1).extensions.known.key_share?.map((one) => [one.group, one.key_exchange.length])).toEqual([
      [ID, 1216],
    ]);
    expectAgreed(pair, ID);
  });

  it('and away from it', () => {
    const pair = shake13(merge13(options, { client: { keyShares: [HYBRID] }, server: { groups: ['secp256r1'] } }));
    expect(messages13(pair)[1]).toBe('server hello_retry_request');
    expectAgreed(pair, 0x0017);
  });

  it('beside a ticket', () => {
    const keys = merge13(options, {
      client: { keyShares: [HYBRID] },
      server: { ticketKeys: TICKETS.server?.ticketKeys ?? [] },
    });
    const pair = again13(keys, session13(keys));
    expectResumed(pair);
    expectAgreed(pair, ID);
  });
});

describe('X25519MLKEM768: choice and lies', () => {
  const options = merge13(both('node', 'noble'), { client: { keyShares: [HYBRID] } });

  it('where ML-KEM is slow, a client offers the group and sends its share when asked', () => {
    // node:crypto has it since Node 24.7, and is quick: noble is what is slow everywhere.
    const pair = shake13(both('noble', 'noble'));
    const { known } = helloOf(pair).extensions;
    expect([known.supported_groups?.[0], known.key_share?.map((one) => one.group)]).toEqual([ID, [0x001d]]);
    // One round trip is worth more to our server than the order of its groups.
    expectAgreed(pair, 0x001d);
  });

  it('a peer that does not know it', () => {
    const provider = { ...nodeProvider, groups: nodeProvider.groups.filter((group) => group !== HYBRID) };
    expectAgreed(shake13(merge13(options, { server: { provider } })), 0x001d);
    expectAgreed(shake13(merge13(both('node', 'node'), { client: { provider } })), 0x001d);
  });

  it('it is no group of TLS 1.2', () => {
    const v12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
    const pair = shake13(merge13(both('node', 'node'), { client: v12, server: v12 }));
    expect(pair.client.agreement?.group).toBe(0x001d);
    expectData(pair);
  });

  it.each([1, 32, 1184, 1215, 1217, 2432])('a client share of %d bytes', (length) => {
    const pair = swapped(options, 'client', (share) => concat(share, share).subarray(0, length));
    expectRefused(pair, 'server', 'ERR_TLS_BAD_KEY_SHARE', 'illegal_parameter');
  });

  it.each([1, 32, 1088, 1119, 1121, 2240])('a server share of %d bytes', (length) => {
    const pair = swapped(options, 'server', (share) => concat(share, share).subarray(0, length));
    expectRefused(pair, 'client', 'ERR_TLS_BAD_KEY_SHARE', 'illegal_parameter');
  });

  it('RFC 7748 6.1: an X25519 half of low order, on either side', () => {
    const low = (head: number) => (share: Uint8Array) => concat(share.subarray(0, head), new Uint8Array(32));
    expectRefused(swapped(options, 'client', low(1184)), 'server', 'ERR_TLS_BAD_KEY_SHARE', 'illegal_parameter');
    expectRefused(swapped(options, 'server', low(1088)), 'client', 'ERR_TLS_BAD_KEY_SHARE', 'illegal_parameter');
  });

  it('FIPS 203 7.2: an encapsulation key with a coefficient that is not reduced', () => {
    const pair = swapped(options, 'client', (share) => share.map((byte, i) => (i < 3 ? 0xff : byte)));
    expectRefused(pair, 'server', 'ERR_TLS_BAD_KEY_SHARE', 'illegal_parameter');
  });

  it('halves in the order of the other hybrids', () => {
    const pair = swapped(options, 'client', (share) => concat(share.subarray(1184), share.subarray(0, 1184)));
    expect(pair.client.agreement ?? pair.server.agreement).toBeUndefined();
    expect([pair.client.error?.fault, pair.server.error?.fault]).not.toContain('local');
  });

  it('FIPS 203 6.3: a ciphertext that was changed gives keys that fit nobody', () => {
    for (const at of [0, 500, 1087]) {
      const pair = swapped(options, 'server', (share) => share.map((byte, i) => (i === at ? byte ^ 1 : byte)));
      expectRefused(pair, 'client', 'ERR_TLS_BAD_RECORD_MAC', 'bad_record_mac');
    }
  });

  it('a provider that has it already is left as it is', () => {
    const provider = hybrid('node');
    expect(withMlKem(provider)).toBe(provider);
  });
});

describe('finite fields', () => {
  const groups = (group: FfdheName): Options13 => ({ client: { groups: [group] }, server: { groups: [group] } });

  it.each(PAIRS)('client on %s, server on %s', (client, server) => {
    const pair = shake13(merge13(groups('ffdhe2048'), { client: { name: client }, server: { name: server } }));
    expect(helloOf(pair).extensions.known.key_share?.[0]?.key_exchange.length).toBe(256);
    expectAgreed(pair, 0x0100);
  });

  it.each([
    ['ffdhe3072', 0x0101, 384],
    ['ffdhe4096', 0x0102, 512],
  ] as const)('%s', (group, id, length) => {
    const pair = shake13(groups(group));
    expect(helloOf(pair).extensions.known.key_share?.[0]?.key_exchange.length).toBe(length);
    expectAgreed(pair, id);
  });

  it('asked for by a HelloRetryRequest', () => {
    const pair = shake13({ client: { groups: ['x25519', 'ffdhe2048'] }, server: { groups: ['ffdhe2048'] } });
    expect(messages13(pair)[1]).toBe('server hello_retry_request');
    expectAgreed(pair, 0x0100);
  });

  /** Shares of these private keys, one after the other. */
  const fixed = (name: ProviderName, ...keys: readonly Uint8Array[]): CryptoProvider => {
    const make = name === 'node' ? nodeKeyShareOf : nobleKeyShareOf;
    const left = [...keys];
    const generateKeyShare = (group: GroupName) => make(group, left.shift() ?? new Uint8Array(32).fill(9));
    return {
      ...PROVIDERS[name],
      generateKeyShare,
      answerKeyShare: (group, peer) => answerWith(generateKeyShare(group), peer),
    };
  };
  const exponent = (number: number): Uint8Array =>
    concat(Uint8Array.of(0x80), new Uint8Array(27).fill(0x33), fromBigInt(BigInt(number), 4));

  /** Private keys whose public value, or whose secret with the first's, begins with a zero byte. */
  function short(): { value: Uint8Array; secret: Uint8Array; peer: Uint8Array } {
    let value: Uint8Array | undefined;
    let secret: Uint8Array | undefined;
    const peer = exponent(1);
    const share = nodeKeyShareOf('ffdhe2048', peer);
    for (let i = 2; value === undefined || secret === undefined; i++) {
      const key = exponent(i);
      const one = nodeKeyShareOf('ffdhe2048', key);
      if (one.publicKey[0] === 0) value ??= key;
      else if (share.derive(one.publicKey)?.[0] === 0) secret ??= key;
    }
    return { value, secret, peer };
  }
  const found = short();

  it.each(PAIRS)(
    'RFC 8446 4.2.8.1: a public value that begins with zeros keeps them: client on %s, server on %s',
    (client, server) => {
      const options = groups('ffdhe2048');
      for (const whose of ['client', 'server'] as const) {
        const pair = shake13(
          merge13(options, {
            client: { name: client, provider: fixed(client, whose === 'client' ? found.value : found.peer) },
            server: { name: server, provider: fixed(server, whose === 'server' ? found.value : found.peer) },
          }),
        );
        if (whose === 'client') {
          const share = helloOf(pair).extensions.known.key_share?.[0]?.key_exchange ?? EMPTY;
          expect([share.length, share[0]]).toEqual([256, 0]);
        }
        expectAgreed(pair, 0x0100);
      }
    },
  );

  it.each(PAIRS)(
    'RFC 8446 7.4.1: a secret that begins with zeros keeps them: client on %s, server on %s',
    (client, server) => {
      const pair = shake13(
        merge13(groups('ffdhe2048'), {
          client: { name: client, provider: fixed(client, found.peer), observeSecrets: true },
          server: { name: server, provider: fixed(server, found.secret) },
        }),
      );
      const secret = pair.seen.client.observed.flatMap((one) =>
        one.kind === 'secret' && one.name === 'ecdhe_shared_secret' ? [one.value] : [],
      )[0];
      expect([secret?.length, secret?.[0]]).toEqual([256, 0]);
      expectAgreed(pair, 0x0100);
    },
  );

  it('a share without its zeros is refused, on either side; and one with more of them', () => {
    const options = merge13(groups('ffdhe2048'), {
      client: { provider: fixed('node', found.value) },
      server: { provider: fixed('node', found.peer) },
    });
    const turned = merge13(groups('ffdhe2048'), {
      client: { provider: fixed('node', found.peer) },
      server: { provider: fixed('node', found.value) },
    });
    for (const change of [
      (share: Uint8Array) => share.subarray(1),
      (share: Uint8Array) => concat(Uint8Array.of(0), share),
    ]) {
      expectRefused(swapped(options, 'client', change), 'server', 'ERR_TLS_BAD_KEY_SHARE', 'illegal_parameter');
      expectRefused(swapped(turned, 'server', change), 'client', 'ERR_TLS_BAD_KEY_SHARE', 'illegal_parameter');
    }
  });

  it.each([
    ['0', () => 0n],
    ['1', () => 1n],
    ['p - 1', (p: bigint) => p - 1n],
    ['p', (p: bigint) => p],
    ['p + 1', (p: bigint) => p + 1n],
    ['the largest of its length', () => (1n << 2048n) - 1n],
  ] as const)('RFC 7919 5.1: a share of %s is refused on both sides, by both providers', (_, of) => {
    const p = toBigInt(ffdheParameters('ffdhe2048').prime);
    const share = fromBigInt(of(p), 256);
    for (const name of ['node', 'noble'] as const) {
      const options = merge13(groups('ffdhe2048'), { client: { name }, server: { name } });
      expectRefused(
        swapped(options, 'client', () => share),
        'server',
        'ERR_TLS_BAD_KEY_SHARE',
        'illegal_parameter',
      );
      expectRefused(
        swapped(options, 'server', () => share),
        'client',
        'ERR_TLS_BAD_KEY_SHARE',
        'illegal_parameter',
      );
    }
  });
});

describe('Ed448', () => {
  const newKey = () => generatePrivateKey('ed448').privateKey;
  const pki = makeTestPki({ provider: nodeProvider, now: Date.now(), generateKey: newKey });
  const identity = (role: 'server' | 'client') => {
    const privateKey = newKey();
    const leaf = pki.issue({ names: ['localhost'], key: privateKey, role });
    return { chain: pki.chainOf(leaf), privateKey };
  };

  it.each(PAIRS)('chains and signatures of it: client on %s, server on %s', (client, server) => {
    const [own, theirs] = [identity('client'), identity('server')];
    const anchors = trustAnchors([pki.root.der]);
    const pair = shake13(
      {
        client: { name: client, credentials: [credentialOf(own)] },
        server: { name: server, credentials: [credentialOf(theirs)], clientCertificate: 'require' },
      },
      (made) => {
        for (const [role, one, name] of [
          ['client', own, client],
          ['server', theirs, server],
        ] as const) {
          answering(made[role], (need) =>
            need.kind === 'verdict'
              ? { answer: judge(need, { anchors, provider: PROVIDERS[name] }).verdict }
              : answerWithKeys([one], need),
          );
        }
      },
    );
    expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
    expect(pair.client.agreement).toMatchObject({ scheme: 0x0808, authorized: true });
    expect(pair.server.agreement?.authorized).toBe(true);
    expectData(pair);
  });
});
