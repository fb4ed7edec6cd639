// RFC 8448 section 3, both roles, byte for byte. Injected are the X25519 keys, the randoms, the ClientHello and the content of
// EncryptedExtensions as the trace has them, and the recorded signature. The server of the trace sends a NewSessionTicket; ours
// does not yet, so there the recorded message is put into its queue by hand, and sealed by the engine.

import { describe, expect, it } from 'vitest';
import { concat, toHex } from '../../src/bytes/bytes.ts';
import { decode } from '../../src/codec/run.ts';
import { clientSetup } from '../../src/engine/client.ts';
import { resolveClient, resolveServer } from '../../src/engine/config.ts';
import { Connection } from '../../src/engine/connection.ts';
import type { Observation } from '../../src/engine/observe.ts';
import { serverSetup } from '../../src/engine/server.ts';
import { certificate13, certificateVerify, clientHello, encryptedExtensions } from '../../src/wire/messages.ts';
import { trustAnchors } from '../../src/x509/anchors.ts';
import { parseCertificate } from '../../src/x509/certificate.ts';
import { internals } from '../support/forge.ts';
import { PROVIDERS, type ProviderName, Side } from '../support/pair.ts';
import { STEPS, traced, tracedRecords, withFixedShares } from '../support/rfc8448.ts';

const [clientHelloRecord, clientFinished, clientData, clientAlert] = tracedRecords('client');
const [serverHelloRecord, serverFlight, ticketRecord, serverData, serverAlert] = tracedRecords('server');
const DATA = traced('client', 'send application_data record', 'payload');

const body = (actor: 'client' | 'server', step: string, name: string): Uint8Array =>
  traced(actor, `construct ${step} handshake message`, name).subarray(4);
const certificate = decode(certificate13, body('server', 'a Certificate', 'Certificate'));
const chain = certificate.certificate_list.map((entry) => entry.cert_data);
const leaf = parseCertificate(chain[0] ?? new Uint8Array(0)).spki.key;
if (leaf === undefined) throw new Error('the certificate of the trace has no key');
const key = leaf;

const record = (bytes: Uint8Array | undefined): Uint8Array => {
  if (bytes === undefined) throw new Error('the trace has no such record');
  return bytes;
};

/** Every secret of the trace by the engine's name for it. */
const SECRETS: readonly (readonly [name: string, actor: 'client' | 'server', step: string, value: string])[] = [
  ['early_secret', 'server', 'extract secret "early"', 'secret'],
  ['early_secret.derived', 'server', 'derive secret for handshake "tls13 derived"', 'expanded'],
  ['ecdhe_shared_secret', 'server', 'extract secret "handshake"', 'IKM'],
  ['handshake_secret', 'server', 'extract secret "handshake"', 'secret'],
  ['client_handshake_traffic_secret', 'server', 'derive secret "tls13 c hs traffic"', 'expanded'],
  ['server_handshake_traffic_secret', 'server', 'derive secret "tls13 s hs traffic"', 'expanded'],
  ['handshake_secret.derived', 'server', 'derive secret for master "tls13 derived"', 'expanded'],
  ['master_secret', 'server', 'extract secret "master"', 'secret'],
  ['server_handshake_traffic_secret.key', 'server', 'derive write traffic keys for handshake data', 'key expanded'],
  ['server_handshake_traffic_secret.iv', 'server', 'derive write traffic keys for handshake data', 'iv expanded'],
  ['client_handshake_traffic_secret.key', 'server', 'derive read traffic keys for handshake data', 'key expanded'],
  ['client_handshake_traffic_secret.iv', 'server', 'derive read traffic keys for handshake data', 'iv expanded'],
  ['server_finished_key', 'server', 'calculate finished "tls13 finished"', 'expanded'],
  ['client_finished_key', 'client', 'calculate finished "tls13 finished"', 'expanded'],
  ['client_application_traffic_secret_0', 'server', 'derive secret "tls13 c ap traffic"', 'expanded'],
  ['server_application_traffic_secret_0', 'server', 'derive secret "tls13 s ap traffic"', 'expanded'],
  ['exporter_master_secret', 'server', 'derive secret "tls13 exp master"', 'expanded'],
  [
    'server_application_traffic_secret_0.key',
    'server',
    'derive write traffic keys for application data',
    'key expanded',
  ],
  ['server_application_traffic_secret_0.iv', 'server', 'derive write traffic keys for application data', 'iv expanded'],
  [
    'client_application_traffic_secret_0.key',
    'client',
    'derive write traffic keys for application data',
    'key expanded',
  ],
  ['client_application_traffic_secret_0.iv', 'client', 'derive write traffic keys for application data', 'iv expanded'],
];

function expectSecrets(observed: readonly Observation[]): void {
  const derived = new Map(
    observed.flatMap((one) => (one.kind === 'secret' ? [[one.name, toHex(one.value)] as const] : [])),
  );
  for (const [name, actor, step, value] of SECRETS) {
    expect([name, derived.get(name)]).toEqual([name, toHex(traced(actor, step, value))]);
  }
}

describe.each(Object.keys(PROVIDERS) as ProviderName[])('RFC 8448 3 on %s', (name) => {
  it('the client sends the records of the trace and derives its secrets', () => {
    const provider = withFixedShares(name, traced('client', 'create an ephemeral x25519 key pair', 'private key'));
    const observed: Observation[] = [];
    const options = {
      provider,
      minVersion: 'TLSv1.3',
      serverName: 'server',
      observeSecrets: true,
      observe: (one: Observation) => void observed.push(one),
    } as const;
    const hello = decode(clientHello, body('client', 'a ClientHello', 'ClientHello'));
    const config = { ...resolveClient(options), hooks: { clientHello: () => hello } };
    const client = new Side(new Connection(clientSetup(options, config)), [], trustAnchors([]), name);
    client.hold = () => true;
    const receive = (bytes: Uint8Array | undefined): void => client.handle(client.engine.receive(record(bytes)));
    const sent = (): string => toHex(client.drain());

    client.handle(client.engine.start());
    expect(sent()).toBe(toHex(record(clientHelloRecord)));
    receive(serverHelloRecord);
    receive(serverFlight);
    expect(client.held[0]?.need).toMatchObject({ kind: 'verdict', serverName: 'server', chain });
    client.release({ accepted: true, authorized: true, key });
    expect(client.error).toBeUndefined();
    expect(sent()).toBe(toHex(record(clientFinished)));
    expect(client.agreement).toMatchObject({ version: 0x0304, group: 0x001d, scheme: 0x0804, suite: { id: 0x1301 } });
    expectSecrets(observed);
    receive(ticketRecord);
    expect([client.error, sent()]).toEqual([undefined, '']);
    client.handle(client.engine.write(DATA));
    expect(sent()).toBe(toHex(record(clientData)));
    receive(serverData);
    expect(toHex(concat(...client.received))).toBe(toHex(DATA));
    client.handle(client.engine.close());
    expect(sent()).toBe(toHex(record(clientAlert)));
    receive(serverAlert);
    expect([client.ended, client.closed, client.error]).toEqual([true, true, undefined]);
  });

  it('the server sends the records of the trace and derives its secrets', () => {
    const provider = withFixedShares(name, traced('server', 'create an ephemeral x25519 key pair', 'private key'));
    const observed: Observation[] = [];
    const random = body('server', 'a ServerHello', 'ServerHello').subarray(2, 34);
    const options = {
      provider,
      credentials: [{ chain, key }],
      minVersion: 'TLSv1.3',
      cipherSuites: ['TLS_AES_128_GCM_SHA256'],
      random: () => random,
      observeSecrets: true,
      observe: (one: Observation) => void observed.push(one),
    } as const;
    const extensions = decode(encryptedExtensions, body('server', 'an EncryptedExtensions', 'EncryptedExtensions'));
    const config = { ...resolveServer(options), hooks: { encryptedExtensions: () => extensions } };
    const server = new Side(new Connection(serverSetup(options, config)), [], trustAnchors([]), name);
    server.hold = () => true;
    const receive = (bytes: Uint8Array | undefined): void => server.handle(server.engine.receive(record(bytes)));
    const sent = (): string => toHex(server.drain());

    server.handle(server.engine.start());
    receive(clientHelloRecord);
    const need = server.held[0]?.need;
    if (need?.kind !== 'signature') throw new Error(`no signature was asked for: ${server.error?.message}`);
    const verify = decode(certificateVerify, body('server', 'a CertificateVerify', 'CertificateVerify'));
    expect(need.scheme).toBe(verify.algorithm);
    // The recorded signature is one over just what the engine asks to be signed.
    expect(provider.verify(key, need.algorithm, need.data, verify.signature)).toBe(true);
    server.release(verify.signature);
    expect(sent()).toBe(toHex(concat(record(serverHelloRecord), record(serverFlight))));
    receive(clientFinished);
    expect(server.agreement).toMatchObject({ version: 0x0304, group: 0x001d, scheme: 0x0804, serverName: 'server' });
    expectSecrets(observed);
    // Not ours yet: the ticket of the trace, whose record the data below comes after.
    internals(server.engine).context.write.message(
      traced('server', 'construct a NewSessionTicket handshake message', 'NewSessionTicket'),
    );
    receive(clientData);
    expect(toHex(concat(...server.received))).toBe(toHex(DATA));
    expect(sent()).toBe(toHex(record(ticketRecord)));
    server.handle(server.engine.write(DATA));
    expect(sent()).toBe(toHex(record(serverData)));
    receive(clientAlert);
    expect(server.ended).toBe(true);
    server.handle(server.engine.close());
    expect(sent()).toBe(toHex(record(serverAlert)));
    expect([server.closed, server.error]).toEqual([true, undefined]);
  });
});

it('the trace is whole: each step of the RFC with values is there', () => {
  expect(STEPS.length).toBe(38);
  expect([tracedRecords('client').length, tracedRecords('server').length]).toEqual([4, 5]);
});
