// What two ends of one making could get wrong alike, computed here a second time from the messages on the wire and the lines of the
// key log, with nothing but node:crypto: binders, keys that a PSK makes alone, post-handshake authentication, KeyUpdate, exporters.

import { createDecipheriv, createHash, createHmac, verify, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/bytes/bytes.ts';
import { decodeSession } from '../../src/handshake/shared/session.ts';
import { changeExtensions } from '../../src/wire/extensions.ts';
import { recordsOf } from '../support/forge.ts';
import { exchange, PSK } from '../support/pair.ts';
import {
  again13,
  expectResumed,
  helloOf,
  merge13,
  type Options13,
  type Pair13,
  session13,
  shake13,
  TICKETS,
} from '../support/pair13.ts';

type Hash = 'sha256' | 'sha384';
const hmac = (hash: Hash, key: Uint8Array, data: Uint8Array): Buffer => createHmac(hash, key).update(data).digest();
const digest = (hash: Hash, ...parts: readonly Uint8Array[]): Buffer =>
  createHash(hash).update(Buffer.concat(parts)).digest();
const size = (hash: Hash): number => (hash === 'sha256' ? 32 : 48);

/** RFC 8446 7.1, for a length of one hash at most. */
function expandLabel(hash: Hash, secret: Uint8Array, label: string, context: Uint8Array, length = size(hash)): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([
    Buffer.from([length >> 8, length & 255, name.length]),
    name,
    Buffer.from([context.length]),
    context,
    Buffer.from([1]),
  ]);
  return hmac(hash, secret, info).subarray(0, length);
}
const extract = (hash: Hash, salt: Uint8Array, input: Uint8Array): Buffer => hmac(hash, salt, input);
const zeros = (hash: Hash): Buffer => Buffer.alloc(size(hash));

/** Handshake messages in order, as the client saw them, with their names. */
const wireOf = (pair: Pair13): { name: string; raw: Uint8Array }[] =>
  pair.seen.client.observed.flatMap((one) =>
    one.kind === 'message' && one.type === 22 ? [{ name: one.name, raw: one.raw }] : [],
  );

/** Everything up to the `nth` message of that name, itself included, as the transcript has it (RFC 8446 4.4.1). */
function transcript(pair: Pair13, hash: Hash, last: string): Uint8Array[] {
  const all = wireOf(pair);
  const end = all.findLastIndex(({ name }) => name === last);
  const until = all.slice(0, end + 1).map(({ raw }) => raw);
  if (all[1]?.name !== 'hello_retry_request') return until;
  const [first = new Uint8Array(0), ...rest] = until;
  const hashed = digest(hash, first);
  return [Buffer.concat([Buffer.from([254, 0, 0, hashed.length]), hashed]), ...rest];
}

const logged = (pair: Pair13, label: string): Buffer => {
  const line = pair.seen.server.keyLog.find((one) => one.startsWith(`${label} `));
  return Buffer.from(line?.split(' ')[2] ?? '', 'hex');
};

/** RFC 8446 4.2.11.2 of the last ClientHello. */
function binderByHand(pair: Pair13, hash: Hash, psk: Uint8Array, label: 'ext binder' | 'res binder'): string {
  const messages = transcript(pair, hash, 'client_hello');
  const hello = messages.pop() ?? new Uint8Array(0);
  const binders = helloOf(pair, messages.length === 0 ? 0 : 1).extensions.known.pre_shared_key?.binders ?? [];
  const cut = hello.subarray(0, hello.length - 2 - binders.reduce((sum, one) => sum + 1 + one.length, 0));
  const early = extract(hash, zeros(hash), psk);
  const key = expandLabel(hash, early, label, digest(hash));
  return hmac(hash, expandLabel(hash, key, 'finished', new Uint8Array(0)), digest(hash, ...messages, cut)).toString(
    'hex',
  );
}

const RETRY: Options13 = {
  client: { groups: ['x25519', 'secp256r1'], keyShares: ['x25519'] },
  server: { groups: ['secp256r1'] },
};
const bindersOf = (pair: Pair13, nth = 0): string[] =>
  (helloOf(pair, nth).extensions.known.pre_shared_key?.binders ?? []).map(toHex);

describe.each(['sha256', 'sha384'] as const)('RFC 8446 4.2.11.2: binders with %s', (hash) => {
  const suites = { cipherSuites: [hash === 'sha256' ? 'TLS_AES_128_GCM_SHA256' : 'TLS_AES_256_GCM_SHA384'] };

  it.each([{}, RETRY])('of a key that was shared beforehand (%j)', (way) => {
    const shared = { psk: true, shared: { ...PSK, hash } };
    const pair = shake13(merge13(way, { client: shared, server: shared }));
    expect(pair.server.agreement?.psk).toBe(true);
    expect(bindersOf(pair, way === RETRY ? 1 : 0)).toEqual([binderByHand(pair, hash, PSK.key, 'ext binder')]);
  });

  it.each([{}, RETRY])('of a ticket (%j)', (way) => {
    const options = merge13(way, { server: { ...suites, ticketKeys: TICKETS.server?.ticketKeys ?? [] } });
    const session = session13(options);
    const pair = again13(options, session);
    expectResumed(pair);
    const { secret } = decodeSession(session);
    expect(bindersOf(pair, way === RETRY ? 1 : 0)).toEqual([binderByHand(pair, hash, secret, 'res binder')]);
  });

  it('RFC 8446 7.1: the keys of a PSK alone', () => {
    const clientHello = (hello: ReturnType<typeof helloOf>) => ({
      ...hello,
      extensions: changeExtensions('client_hello', hello.extensions, { psk_key_exchange_modes: [0] }),
    });
    const shared = { psk: true, shared: { ...PSK, hash }, pskWithoutDhe: true };
    const pair = shake13({ client: { ...shared, hooks: { clientHello } }, server: { ...shared, ...suites } });
    expect(pair.client.agreement?.group).toBeUndefined();
    const derive = (from: Uint8Array, label: string, over = digest(hash)): Buffer =>
      expandLabel(hash, from, label, over);
    const early = extract(hash, zeros(hash), PSK.key);
    const handshake = extract(hash, derive(early, 'derived'), zeros(hash));
    const master = extract(hash, derive(handshake, 'derived'), zeros(hash));
    const hello = digest(hash, ...transcript(pair, hash, 'server_hello'));
    expect(logged(pair, 'SERVER_HANDSHAKE_TRAFFIC_SECRET')).toEqual(derive(handshake, 's hs traffic', hello));
    expect(logged(pair, 'CLIENT_HANDSHAKE_TRAFFIC_SECRET')).toEqual(derive(handshake, 'c hs traffic', hello));
    // The last Finished is the client's; what the server's covers is what stands before it.
    const end = digest(hash, ...transcript(pair, hash, 'finished').slice(0, -1));
    expect(logged(pair, 'CLIENT_TRAFFIC_SECRET_0')).toEqual(derive(master, 'c ap traffic', end));
    expect(logged(pair, 'SERVER_TRAFFIC_SECRET_0')).toEqual(derive(master, 's ap traffic', end));
    expect(logged(pair, 'EXPORTER_SECRET')).toEqual(derive(master, 'exp master', end));
    // RFC 8446 7.5.
    const context = Buffer.from('a context');
    const exported = expandLabel(
      hash,
      derive(logged(pair, 'EXPORTER_SECRET'), 'EXPORTER-x'),
      'exporter',
      digest(hash, context),
      24,
    );
    expect(toHex(pair.client.engine.exportKeyingMaterial('EXPORTER-x', 24, context))).toBe(exported.toString('hex'));
  });
});

describe.each([
  ['a plain handshake', {}, 'sha256'],
  ['a HelloRetryRequest', RETRY, 'sha256'],
  ['SHA-384', { server: { cipherSuites: ['TLS_AES_256_GCM_SHA384'] } }, 'sha384'],
] as readonly (readonly [string, Options13, Hash])[])(
  'RFC 8446 4.4, 4.6.2: post-handshake authentication after %s',
  (_, way, hash) => {
    it.each([0, 1, 3])('signature and Finished, %d KeyUpdates later', (updates) => {
      const pair = shake13(
        merge13(way, { client: { postHandshakeAuth: true, keys: ['p256'] }, server: { postHandshakeAuth: true } }),
      );
      const main = transcript(pair, hash, 'finished');
      const before = wireOf(pair).length;
      let secret = logged(pair, 'CLIENT_TRAFFIC_SECRET_0');
      for (let i = 0; i < updates; i++) {
        pair.client.handle(pair.client.engine.updateKeys());
        secret = expandLabel(hash, secret, 'traffic upd', new Uint8Array(0));
      }
      exchange(pair);
      pair.server.handle(pair.server.engine.requestCertificate());
      exchange(pair);
      expect(pair.seen.server.watched.certificates.length).toBe(1);
      const said = wireOf(pair)
        .slice(before)
        .filter(({ name }) => name !== 'key_update');
      expect(said.map(({ name }) => name)).toEqual([
        'certificate_request',
        'certificate',
        'certificate_verify',
        'finished',
      ]);
      const [request, certificate, proof, finished] = said.map(({ raw }) => raw) as [Buffer, Buffer, Buffer, Buffer];
      const content = Buffer.concat([
        Buffer.alloc(64, 0x20),
        Buffer.from('TLS 1.3, client CertificateVerify\0'),
        digest(hash, ...main, request, certificate),
      ]);
      const { publicKey } = new X509Certificate(
        pair.seen.server.watched.certificates[0]?.chain[0] ?? new Uint8Array(0),
      );
      expect(verify('sha256', content, publicKey, proof.subarray(8))).toBe(true);
      const key = expandLabel(hash, secret, 'finished', new Uint8Array(0));
      expect(toHex(finished.subarray(4))).toBe(
        hmac(hash, key, digest(hash, ...main, request, certificate, proof)).toString('hex'),
      );
    });
  },
);

it('RFC 8446 7.2, 7.3: the record after each KeyUpdate opens with keys made by hand', () => {
  const pair = shake13({ server: { cipherSuites: ['TLS_AES_128_GCM_SHA256'] } });
  let secret = logged(pair, 'CLIENT_TRAFFIC_SECRET_0');
  for (let i = 0; i < 4; i++) {
    pair.client.handle(pair.client.engine.updateKeys());
    secret = expandLabel('sha256', secret, 'traffic upd', new Uint8Array(0));
    pair.client.drain();
    pair.client.handle(pair.client.engine.write(fromHex('c0ffee')));
    const [record = new Uint8Array(0)] = recordsOf(pair.client.drain());
    const key = expandLabel('sha256', secret, 'key', new Uint8Array(0), 16);
    const iv = expandLabel('sha256', secret, 'iv', new Uint8Array(0), 12);
    const decipher = createDecipheriv('aes-128-gcm', key, iv);
    decipher.setAAD(record.subarray(0, 5));
    decipher.setAuthTag(record.subarray(-16));
    const inner = Buffer.concat([decipher.update(record.subarray(5, -16)), decipher.final()]);
    expect(inner.toString('hex')).toBe('c0ffee17');
  }
});

it("RFC 8446 7.1, 7.3: early data opens with keys made by hand from the ticket's secret", () => {
  const options: Options13 = {
    client: { earlyData: true },
    server: {
      cipherSuites: ['TLS_AES_128_GCM_SHA256'],
      ticketKeys: TICKETS.server?.ticketKeys ?? [],
      maxEarlyData: 100,
    },
    early: 'deliver',
  };
  const session = session13(options);
  const pair = again13(options, session, ({ client }) => {
    const { start } = client.engine;
    client.engine.start = () => [...start.call(client.engine), ...client.engine.write(fromHex('c0ffee'))];
  });
  expect(pair.seen.server.watched.early.map(toHex)).toEqual(['c0ffee']);
  const early = extract('sha256', zeros('sha256'), decodeSession(session).secret);
  const hello = digest('sha256', ...transcript(pair, 'sha256', 'client_hello'));
  const secret = expandLabel('sha256', early, 'c e traffic', hello);
  expect(logged(pair, 'CLIENT_EARLY_TRAFFIC_SECRET')).toEqual(secret);
  expect(logged(pair, 'EARLY_EXPORTER_SECRET')).toEqual(expandLabel('sha256', early, 'e exp master', hello));
});
