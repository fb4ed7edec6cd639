// Options that BoringSSL's test runner asked for: the host's own refusals, signatures and groups that are used only where they
// are named. Each under the name of its test there.

import { describe, expect, it } from 'vitest';
import { decode } from '../../src/codec/run.ts';
import { TlsClient } from '../../src/engine/client.ts';
import { TlsServer } from '../../src/engine/server.ts';
import { credentialOf } from '../../src/host/credential.ts';
import { withMlKem1024 } from '../../src/providers/mlkem.ts';
import { changeExtensions } from '../../src/wire/extensions.ts';
import { clientHello } from '../../src/wire/messages.ts';
import { GROUP, SIGNATURE_SCHEME } from '../../src/wire/registry/names.ts';
import { Forge } from '../support/forge.ts';
import { exchange, makePair, PAIRS, PROVIDERS, type Side, shakeHands, world } from '../support/pair.ts';
import { puppetHello } from '../support/pair13.ts';
import { V12 } from '../support/resume.ts';

describe('what the host may refuse', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'ShimSendAlert, %s: abort sends the alert of the host and ends both',
    (version) => {
      const only = { minVersion: version, maxVersion: version };
      const { client, server } = shakeHands(makePair({ client: only, server: only }));
      client.handle(client.engine.abort('access_denied', 'not you'));
      exchange({ client, server });
      expect([client.error?.code, client.error?.alert, client.error?.message]).toEqual([
        'ERR_TLS_ABORTED',
        'access_denied',
        'not you',
      ]);
      expect([server.error?.code, server.error?.alert]).toEqual(['ERR_TLS_ALERT_RECEIVED', 'access_denied']);
      expect(client.engine.abort('access_denied', 'again')).toEqual([]);
      expect(() => makePair().client.engine.abort('close_notify', 'it is none')).toThrow(
        expect.objectContaining({ code: 'ERR_TLS_USAGE' }),
      );
    },
  );

  it('FailEarlyCallback: abort answers a need that is open, whose answer comes too late afterwards', () => {
    const { client, server } = makePair({ server: { askHello: true } });
    server.hold = (need) => need.kind === 'hello';
    shakeHands({ client, server });
    const [held] = server.held;
    server.handle(server.engine.abort('unrecognized_name', 'nobody of this name is here'));
    exchange({ client, server });
    expect([client.error?.alert, server.error?.code]).toEqual(['unrecognized_name', 'ERR_TLS_ABORTED']);
    expect(() => server.engine.answer(held?.id ?? 0, undefined as never)).toThrow(/no need/);
  });

  const asking = { clientCertificate: 'request', signatureSchemes: ['ecdsa_secp256r1_sha256'] } as const;
  it.each([
    ['TLSv1.2', 'rsa', 'certificate_types'],
    ['TLSv1.2', 'p384', 'signature_algorithms'],
    ['TLSv1.3', 'rsa', 'signature_algorithms'],
  ] as const)(
    'NoCommonAlgorithms, %s with %s: requireCredential ends what would be anonymous',
    (version, key, field) => {
      const only = { minVersion: version, maxVersion: version };
      const schemes =
        version === 'TLSv1.2' && key === 'p384' ? { schemes: [SIGNATURE_SCHEME.ecdsa_secp384r1_sha384] } : {};
      const credentials = [{ ...credentialOf(world().clientIdentities[key]), ...schemes }];
      const shake = (requireCredential: boolean): ReturnType<typeof shakeHands> =>
        shakeHands(
          makePair({
            client: { ...only, credentials, requireCredential },
            server: { ...only, ...asking },
            clientKeys: [key],
          }),
        );
      const refused = shake(true);
      expect(refused.client.error?.code).toBe('ERR_TLS_NO_CREDENTIAL');
      expect(refused.client.error?.where).toEqual({ message: 'certificate_request', field });
      expect(refused.server.error?.alert).toBe('handshake_failure');
      const anonymous = shake(false);
      expect(anonymous.server.agreement?.peerChain).toEqual([]);
    },
  );

  it('Renegotiate-Client-Forbidden, RFC 9113 9.2.1: a HelloRequest is declined, or refused where that is asked for', () => {
    const asked = (renegotiation: 'decline' | 'refuse'): { client: Side; server: Side } => {
      const pair = makePair({ client: { ...V12, renegotiation }, server: V12 });
      const forge = new Forge(pair.client.engine);
      shakeHands(pair);
      pair.client.handle(pair.client.engine.receive(forge.handshake('hello_request', new Uint8Array(0))));
      exchange(pair);
      return pair;
    };
    const declined = asked('decline');
    expect([declined.client.error, declined.server.warnings]).toEqual([undefined, ['no_renegotiation']]);
    const refused = asked('refuse');
    expect(refused.client.error?.code).toBe('ERR_TLS_RENEGOTIATION');
    expect(refused.server.error?.alert).toBe('no_renegotiation');
  });
});

describe('signatures that must be named', () => {
  const sha1 = ['rsa_pkcs1_sha1', 'ecdsa_sha1'] as const;

  it('Server-Sign-RSA_PKCS1_SHA1-TLS12, RFC 9155: SHA-1 takes its name and legacy, on both sides', () => {
    for (const [key, name] of [
      ['rsa', 'rsa_pkcs1_sha1'],
      ['p256', 'ecdsa_sha1'],
    ] as const) {
      const old = { ...V12, legacy: true, signatureSchemes: [name], cipherSuites: 'ECDHE' };
      const server = { ...old, clientCertificate: 'require' } as const;
      const { client } = shakeHands(makePair({ keys: [key], clientKeys: [key], client: old, server }));
      expect(client.agreement?.scheme).toBe(SIGNATURE_SCHEME[name]);
      const modern = shakeHands(makePair({ keys: [key], client: old, server: { ...V12, cipherSuites: 'ECDHE' } }));
      expect(modern.server.error?.code).toBe('ERR_TLS_NO_SHARED_SCHEME');
    }
    expect(() => makePair({ client: { signatureSchemes: [...sha1] } })).toThrow(/RFC 9155/);
    const { client } = makePair({ client: { ...V12, legacy: true } });
    client.handle(client.engine.start());
    const offered = decode(clientHello, client.drain().subarray(9)).extensions.known.signature_algorithms ?? [];
    expect(offered.some((id) => sha1.some((name) => SIGNATURE_SCHEME[name] === id))).toBe(false);
  });

  it('Server-Sign-RSA_PKCS1_SHA1-TLS12: a credential that knows SHA-1 does it for legacy alone', () => {
    const credentials = [{ ...credentialOf(world().identities.rsa), schemes: [SIGNATURE_SCHEME.rsa_pkcs1_sha1] }];
    const old = { ...V12, legacy: true, signatureSchemes: ['rsa_pkcs1_sha1'], cipherSuites: 'ECDHE' };
    const shake = (legacy: boolean): ReturnType<typeof shakeHands> =>
      shakeHands(
        makePair({ keys: ['rsa'], client: old, server: { ...V12, legacy, credentials, cipherSuites: 'ECDHE' } }),
      );
    expect(shake(true).client.agreement?.scheme).toBe(SIGNATURE_SCHEME.rsa_pkcs1_sha1);
    expect(shake(false).server.error?.code).toBe('ERR_TLS_NO_SHARED_SCHEME');
  });

  it.each(PAIRS)(
    'RSA_PKCS1_SHA256_LEGACY-TLS13, %s and %s: a token without PSS proves a client, never a server',
    (one, other) => {
      const legacy = SIGNATURE_SCHEME.rsa_pkcs1_sha256_legacy;
      const { clientIdentities, identities } = world();
      const credentials = [{ ...credentialOf(clientIdentities.rsa), schemes: [legacy] }];
      const accepted = ['ecdsa_secp256r1_sha256', 'rsa_pkcs1_sha256_legacy'];
      const shake = (signatureSchemes: readonly string[]): ReturnType<typeof shakeHands> =>
        shakeHands(
          makePair({
            clientKeys: ['rsa'],
            client: { name: one, credentials },
            server: { name: other, clientCertificate: 'request', signatureSchemes },
          }),
        );
      expect(shake(accepted).server.agreement?.peerChain.length).toBeGreaterThan(0);
      expect(shake(['ecdsa_secp256r1_sha256']).server.agreement?.peerChain).toEqual([]);
      expect(() => makePair({ client: { signatureSchemes: accepted } })).toThrow(/credential/);
      // A client that offers it all the same is not answered with it.
      const pair = makePair({
        keys: ['rsa'],
        server: { credentials: [{ ...credentialOf(identities.rsa), schemes: [legacy] }], minVersion: 'TLSv1.3' },
      });
      puppetHello(pair as never, (block) =>
        changeExtensions('client_hello', block, { signature_algorithms: [legacy] }),
      );
      expect(shakeHands(pair).server.error?.code).toBe('ERR_TLS_NO_SHARED_SCHEME');
    },
  );
});

describe('groups', () => {
  it.each(PAIRS)(
    'CurveTest-MLKEM1024, client on %s, server on %s: ML-KEM-1024 alone, where it is named',
    (one, other) => {
      const groups = ['MLKEM1024'] as const;
      const make = (version: 'TLSv1.2' | 'TLSv1.3'): ReturnType<typeof makePair> => {
        const pair = makePair();
        const limits = {
          minVersion: version,
          maxVersion: version,
          groups: version === 'TLSv1.2' ? [...groups, 'secp256r1' as const] : groups,
        };
        const credentials = [credentialOf(world().identities.p256)];
        Object.assign(pair.client, {
          engine: new TlsClient({ serverName: 'localhost', ...limits, provider: withMlKem1024(PROVIDERS[one]) }),
        });
        Object.assign(pair.server, {
          engine: new TlsServer({ credentials, ...limits, provider: withMlKem1024(PROVIDERS[other]) }),
        });
        return shakeHands(pair);
      };
      expect(make('TLSv1.3').client.agreement?.group).toBe(GROUP.MLKEM1024);
      expect(make('TLSv1.2').client.agreement?.group).toBe(GROUP.secp256r1);
      const offer = withMlKem1024(PROVIDERS[one]).generateKeyShare('MLKEM1024');
      expect(offer.publicKey.length).toBe(1568);
      const answering = withMlKem1024(PROVIDERS[other]);
      const answer = answering.answerKeyShare('MLKEM1024', offer.publicKey);
      expect([answer?.publicKey.length, answer?.secret.length]).toEqual([1568, 32]);
      for (const length of [0, 1567, 1569]) {
        expect(offer.derive(new Uint8Array(length))).toBeUndefined();
        expect(answering.answerKeyShare('MLKEM1024', new Uint8Array(length))).toBeUndefined();
      }
      // FIPS 203 7.2: coefficients are below 3329.
      expect(answering.answerKeyShare('MLKEM1024', new Uint8Array(1568).fill(0xff))).toBeUndefined();
    },
  );

  it('SendHelloRetryRequest-2, RFC 8446 4.1.4: a server that insists asks for the share of its best group', () => {
    const groups = ['secp384r1', 'x25519'] as const;
    const client = { groups: ['x25519', 'secp384r1'], keyShares: ['x25519'] } as const;
    const group = (retryForGroup: boolean): number | undefined =>
      shakeHands(makePair({ client, server: { groups, retryForGroup } })).client.agreement?.group;
    expect([group(false), group(true)]).toEqual([GROUP.x25519, GROUP.secp384r1]);
  });

  it('CheckLeafCurve, RFC 8422 5.3: a TLS 1.2 server proves itself on a curve that was offered', () => {
    const pair = makePair({ client: { ...V12, groups: ['x25519'] }, server: V12 });
    puppetHello(pair as never, (block) =>
      changeExtensions('client_hello', block, { supported_groups: [GROUP.x25519, GROUP.secp256r1] }),
    );
    shakeHands(pair);
    expect([pair.client.error?.code, pair.server.error?.alert]).toEqual(['ERR_TLS_WRONG_KEY', 'illegal_parameter']);
  });
});
