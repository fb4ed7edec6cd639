// What BoringSSL's test runner found in this stack, each once more in memory under the name of its test there.

import { describe, expect, it } from 'vitest';
import { decode } from '../../src/codec/run.ts';
import { TlsClient } from '../../src/engine/client.ts';
import { resolveServerOptions } from '../../src/engine/server.ts';
import type { Need } from '../../src/handshake/shared/needs.ts';
import { credentialOf } from '../../src/host/credential.ts';
import { withMlKem } from '../../src/providers/mlkem.ts';
import { clientHello, encryptedExtensions } from '../../src/wire/messages.ts';
import { GROUP, isGrease, SIGNATURE_SCHEME } from '../../src/wire/registry/names.ts';
import { begin13, EARLY } from '../support/early13.ts';
import { Forge } from '../support/forge.ts';
import { exchange, makePair, PAIRS, PROVIDERS, type Side, shakeHands, world } from '../support/pair.ts';
import { again13, expectResumed, merge13, type messages13, shake13, TICKETS, textOf } from '../support/pair13.ts';
import { V12 } from '../support/resume.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('the hello of a client', () => {
  const first = (side: Side): ReturnType<typeof helloOf> => {
    side.handle(side.engine.start());
    return helloOf(side.drain());
  };
  const helloOf = (bytes: Uint8Array) => decode(clientHello, bytes.subarray(9));

  it('TLS12ClientShouldNotOffer-X25519MLKEM768: a hybrid group is not offered without TLS 1.3', () => {
    const offered = (maxVersion: 'TLSv1.2' | 'TLSv1.3'): readonly number[] => {
      const groups = ['X25519MLKEM768', 'x25519'] as const;
      const { client } = makePair();
      const engine = new TlsClient({ provider: withMlKem(PROVIDERS.node), groups, keyShares: ['x25519'], maxVersion });
      return first(Object.assign(client, { engine })).extensions.known.supported_groups ?? [];
    };
    expect(offered('TLSv1.3')).toEqual([GROUP.X25519MLKEM768, GROUP.x25519]);
    expect(offered('TLSv1.2')).toEqual([GROUP.x25519]);
  });

  it('GREASE-Client, RFC 8701 3.1: one of the signature schemes is a GREASE value', () => {
    const { signature_algorithms = [] } = first(makePair({ client: { grease: true } }).client).extensions.known;
    expect(signature_algorithms.filter(isGrease).length).toBe(1);
    expect(signature_algorithms.length).toBeGreaterThan(1);
  });
});

describe('what a connection exports', () => {
  it('TLS-*: a label may be empty, and both sides export the same under it (RFC 5705 4)', () => {
    for (const options of [{}, V12]) {
      const { client, server } = shakeHands(makePair({ client: options, server: options }));
      const exported = client.engine.exportKeyingMaterial('', 32);
      expect(exported).toEqual(server.engine.exportKeyingMaterial('', 32));
      expect(exported).not.toEqual(client.engine.exportKeyingMaterial('x', 32));
    }
  });
});

describe('the answer of a server', () => {
  it('FallbackSCSV, RFC 7507 3: a fallback is refused as such also where no version is shared', () => {
    const { client, server } = makePair({ client: { ...V12, fallback: true }, server: { minVersion: 'TLSv1.3' } });
    shakeHands({ client, server });
    expect(server.error?.code).toBe('ERR_TLS_INAPPROPRIATE_FALLBACK');
    expect(client.error?.alert).toBe('inappropriate_fallback');
  });

  it('Resume-Server, RFC 6066 3: server_name is not acknowledged in a resumption', () => {
    const acknowledged = (pair: Parameters<typeof messages13>[0]): boolean =>
      pair.seen.client.observed.some(
        (one) =>
          one.kind === 'message' &&
          one.name === 'encrypted_extensions' &&
          decode(encryptedExtensions, one.raw.subarray(4)).extensions.known.server_name !== undefined,
      );
    const answer = (pair: ReturnType<typeof shake13>): void => {
      const { server } = pair;
      const { reply } = server;
      const config = resolveServerOptions({
        provider: PROVIDERS.node,
        credentials: [credentialOf(world().identities.p256)],
        ...TICKETS.server,
      });
      Object.assign(server, { reply: (need: Need) => (need.kind === 'hello' ? { answer: config } : reply(need)) });
    };
    const options = merge13(TICKETS, { server: { askHello: true } });
    const full = shake13(options, answer);
    expect([full.client.agreement?.resumed, acknowledged(full)]).toEqual([false, true]);
    const [session] = full.client.sessions;
    if (session === undefined) throw new Error('no session');
    const resumed = again13(options, session.session, answer);
    expect([resumed.client.agreement?.resumed, acknowledged(resumed)]).toEqual([true, false]);
  });

  it('Server-Sign-*: a credential that names its schemes signs with no other', () => {
    const { identities } = world();
    const schemes = [SIGNATURE_SCHEME.rsa_pss_rsae_sha512];
    const credentials = [{ ...credentialOf(identities.rsa), schemes }];
    const pair = shakeHands(makePair({ keys: ['rsa'], server: { credentials } }));
    expect(pair.client.agreement?.scheme).toBe(SIGNATURE_SCHEME.rsa_pss_rsae_sha512);
    const none = shakeHands(
      makePair({ keys: ['rsa'], server: { credentials }, client: { signatureSchemes: ['rsa_pss_rsae_sha256'] } }),
    );
    expect(none.server.error?.code).toBe('ERR_TLS_NO_SHARED_SCHEME');
  });

  it('CertificateSelection-Server-CheckIssuer: a credential for some authorities is kept from others', () => {
    const { identities } = world();
    const bound = { ...credentialOf(identities.p256), onlyForAuthorities: true };
    const keys = ['p256', 'rsa'] as const;
    const credentials = [bound, credentialOf(identities.rsa)];
    const others = shakeHands(makePair({ keys, server: { credentials } }));
    expect(others.server.agreement?.credential).toBe(1);
    const [issuer] = bound.issuers ?? [];
    if (issuer === undefined) throw new Error('no issuer');
    const named = shakeHands(makePair({ keys, server: { credentials }, client: { authorities: [issuer] } }));
    expect(named.server.agreement?.credential).toBe(0);
  });
});

describe.each(PAIRS)('client on %s, server on %s', (client, server) => {
  it('TLS13-EarlyData, RFC 8446 2.3: early data that was delivered is answered before the client has finished', () => {
    const options = merge13(EARLY, { client: { name: client }, server: { name: server } });
    const pair = begin13(options, ['hello']);
    pair.server.handle(pair.server.engine.receive(pair.client.drain()));
    expect([textOf(pair.seen.server.watched.early), pair.server.agreement]).toEqual(['hello', undefined]);
    expect(pair.seen.server.watched.writable).toEqual([{ reason: 'answer_early_data', limit: undefined }]);
    pair.server.handle(pair.server.engine.write(text('welcome')));
    pair.client.handle(pair.client.engine.receive(pair.server.drain()));
    expect(textOf(pair.client.received)).toBe('welcome');
    exchange(pair);
    expectResumed(pair);
  });

  it('TLS13-EarlyData: early data that is withheld is not answered', () => {
    const options = merge13(EARLY, { client: { name: client }, server: { name: server } });
    const pair = begin13({ ...options, early: 'withhold' }, ['hello']);
    pair.server.handle(pair.server.engine.receive(pair.client.drain()));
    expect([pair.server.engine.writable, pair.seen.server.watched.writable]).toEqual([false, []]);
  });

  it('AlternateTooManyEmptyRecordsAndWarningAlerts: alerts between empty records do not make them fewer', () => {
    const options = { ...V12, limits: { emptyRecords: 4 } };
    const pair = makePair({ client: { ...V12, name: client }, server: { ...options, name: server } });
    const forge = new Forge(pair.server.engine);
    shakeHands(pair);
    const deliver = (type: number, ...content: number[]): void =>
      pair.server.handle(pair.server.engine.receive(forge.records(type, Uint8Array.from(content))));
    for (let i = 0; i < 3 && pair.server.error === undefined; i++) {
      deliver(23);
      deliver(23);
      deliver(21, 1, 90);
    }
    expect(pair.server.error?.code).toBe('ERR_TLS_TOO_MANY_EMPTY_RECORDS');
  });
});
