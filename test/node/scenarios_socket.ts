// Methods, properties and events of the sockets, run with both modules.

import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import type tls from 'node:tls';
import { type Scenario, textOf } from './both.ts';
import { duplexPair } from './duplex_pair.ts';

const V12 = { maxVersion: 'TLSv1.2' } as const;
const ciphers = 'ECDHE-ECDSA-AES128-GCM-SHA256';
const VERSIONS = [V12, { minVersion: 'TLSv1.3' }] as const;

/** What a certificate object says, without what is another at every run. */
function shape(certificate: tls.PeerCertificate | tls.DetailedPeerCertificate | object | null): unknown {
  if (certificate === null) return null;
  const { issuerCertificate, ...rest } = certificate as tls.DetailedPeerCertificate;
  return { ...rest, issuer: issuerCertificate === undefined ? 'none' : 'linked' };
}

/** The object's chain, as far as it is linked. */
function chainOf(certificate: tls.DetailedPeerCertificate): string[] {
  const seen = new Set<object>();
  const names: string[] = [];
  for (let one = certificate; one !== undefined && !seen.has(one); one = one.issuerCertificate) {
    seen.add(one);
    names.push(String(one.subject.CN));
  }
  return names;
}

export const SOCKET_SCENARIOS: readonly Scenario[] = [
  {
    name: 'certificates: the peer’s and our own, as objects and as X509Certificate',
    covers: ['getPeerCertificate', 'getPeerX509Certificate', 'getCertificate', 'getX509Certificate'],
    run: async (stage) => {
      const { client, server } = await stage.connected();
      return [
        shape(client.getPeerCertificate()),
        chainOf(client.getPeerCertificate(true)),
        client.getPeerX509Certificate()?.fingerprint256,
        shape(client.getCertificate()),
        client.getX509Certificate() ?? null,
        shape(server.getPeerCertificate()),
        server.getPeerX509Certificate() ?? null,
        shape(server.getCertificate()),
        server.getX509Certificate()?.subject,
      ];
    },
  },
  {
    name: 'Finished messages and exported keys are the same at both ends',
    covers: ['getFinished', 'getPeerFinished', 'exportKeyingMaterial'],
    run: async (stage) => {
      const found: unknown[] = [];
      for (const version of VERSIONS) {
        const { client, server } = await stage.connected({ ...version, ciphers: `${ciphers}:TLS_AES_128_GCM_SHA256` });
        const context = Buffer.from('context');
        const [ours, theirs] = [client, server].map((one) => one.exportKeyingMaterial(48, 'label', context));
        found.push([
          client.getFinished()?.equals(server.getPeerFinished() as Buffer),
          server.getFinished()?.equals(client.getPeerFinished() as Buffer),
          client.getFinished()?.length,
          ours?.equals(theirs as Buffer),
          ours?.length,
        ]);
      }
      return found;
    },
  },
  {
    name: 'before the handshake nothing is known',
    covers: [
      'getProtocol',
      'getFinished',
      'getPeerFinished',
      'isSessionReused',
      'alpnProtocol',
      'secureConnecting',
      'connecting',
    ],
    run: async (stage) => {
      const { port, server } = await stage.serve();
      const socket = stage.dial(port);
      const before = [
        socket.alpnProtocol ?? false,
        socket.authorized,
        socket.getFinished() ?? null,
        socket.getPeerFinished() ?? null,
        socket.isSessionReused(),
        (socket as { secureConnecting?: boolean }).secureConnecting,
        socket.connecting,
        socket.pending,
        socket.readyState,
      ];
      await stage.meet(server, socket);
      const { secureConnecting } = socket as { secureConnecting?: boolean };
      return [before, secureConnecting, socket.connecting, socket.pending, socket.readyState];
    },
  },
  {
    name: 'addresses of both ends',
    covers: [
      'address',
      'localAddress',
      'localPort',
      'remoteAddress',
      'remoteFamily',
      'remotePort',
      'localFamily',
      'ref',
      'unref',
    ],
    run: async (stage) => {
      const { port, server } = await stage.serve();
      const { client, server: accepted } = await stage.meet(server, stage.dial(port));
      const of = (one: tls.TLSSocket) => [one.localAddress, one.localFamily, one.remoteAddress, one.remoteFamily];
      const { address, family } = client.address() as { address: string; family: string };
      return [
        of(client),
        of(accepted),
        client.remotePort === port,
        accepted.remotePort === client.localPort,
        [address, family, client.ref() === client, client.unref() === client],
      ];
    },
  },
  {
    name: 'setSecureContext: connections from then on see another certificate',
    covers: ['setSecureContext'],
    run: async (stage) => {
      const { leaf } = stage.pki;
      const { port, server } = await stage.serve();
      const first = await stage.meet(server, stage.dial(port));
      server.setSecureContext({ cert: leaf('rsa').fullChain, key: leaf('rsa').key });
      const second = await stage.meet(server, stage.dial(port));
      return [first, second].map(({ client }) => client.getPeerCertificate().bits);
    },
  },
  {
    name: 'keylog: the labels, on the socket and on the server',
    covers: ['keylog', 'event keylog'],
    run: async (stage) => {
      const found: unknown[] = [];
      for (const version of VERSIONS) {
        const { port, server } = await stage.serve(version);
        const labels = { client: new Set<string>(), server: new Set<string>() };
        const labelOf = (line: Buffer): string =>
          line.at(-1) === 10 ? (line.toString().split(' ')[0] ?? '') : 'no end';
        server.on('keylog', (line: Buffer, socket: tls.TLSSocket) => {
          labels.server.add(`${labelOf(line)} ${socket instanceof stage.api.TLSSocket}`);
        });
        const socket = stage.dial(port);
        socket.on('keylog', (line: Buffer) => labels.client.add(labelOf(line)));
        await stage.meet(server, socket);
        found.push([[...labels.client].sort(), [...labels.server].sort()]);
      }
      return found;
    },
  },
  {
    name: 'OCSPRequest and OCSPResponse: a stapled answer, and none',
    covers: ['OCSPRequest', 'OCSPResponse', 'requestOCSP'],
    run: async (stage) => {
      const { port, server } = await stage.serve();
      const asked: unknown[] = [];
      let response: Buffer | null = Buffer.from('300b0a0100a006300406022a03', 'hex');
      server.on(
        'OCSPRequest',
        (certificate: Buffer, issuer: Buffer, done: (e: Error | null, r: Buffer | null) => void) => {
          asked.push([Buffer.isBuffer(certificate), Buffer.isBuffer(issuer)]);
          setImmediate(() => done(null, response));
        },
      );
      const heard: unknown[] = [];
      for (const next of [response, null]) {
        response = next;
        const socket = stage.dial(port, { requestOCSP: true } as tls.ConnectionOptions);
        socket.on('OCSPResponse', (one: Buffer | null) => heard.push(one === null ? null : one.toString('hex')));
        await stage.meet(server, socket);
      }
      return [asked, heard];
    },
  },
  {
    name: 'getSharedSigalgs on a server',
    covers: ['getSharedSigalgs'],
    run: async (stage) => {
      const sigalgs = 'ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256';
      const { server } = await stage.connected({ sigalgs: 'ecdsa_secp256r1_sha256' }, { sigalgs });
      return server.getSharedSigalgs();
    },
  },
  {
    name: 'setServername, setMaxSendFragment, disableRenegotiation, enableTrace exist and do their work',
    covers: ['setServername', 'setMaxSendFragment', 'disableRenegotiation', 'servername'],
    run: async (stage) => {
      const { port, server } = await stage.serve();
      const socket = stage.keep(
        stage.api.connect({ port, host: '127.0.0.1', ca: stage.pki.ca, rejectUnauthorized: false }),
      ) as tls.TLSSocket & { setServername(name: string): void };
      socket.setServername('localhost');
      const early = socket.setMaxSendFragment(512);
      const ends = await stage.meet(server, socket);
      ends.client.disableRenegotiation();
      return [
        early,
        ends.server.servername,
        [511, 512, 16_384, 16_385].map((size) => ends.server.setMaxSendFragment(size)),
      ];
    },
  },
  {
    name: 'setKeyCert in ALPNCallback chooses the certificate',
    covers: ['setKeyCert', 'ALPNCallback'],
    run: async (stage) => {
      const { leaf } = stage.pki;
      const { fullChain: cert, key } = leaf('p384');
      const options = {
        ALPNCallback(this: tls.TLSSocket & { setKeyCert(context: object): void }) {
          this.setKeyCert(stage.api.createSecureContext({ cert, key }));
          return 'x';
        },
      };
      const { client } = await stage.connected(options as unknown as tls.TlsOptions, { ALPNProtocols: ['x'] });
      return client.getPeerCertificate().bits;
    },
  },
  {
    name: 'order of events: connect, ready, secure ... end, close',
    covers: ['secure', 'close', 'connect', 'ready', 'event lookup'],
    run: async (stage) => {
      const { port, server } = await stage.serve();
      server.on('secureConnection', (socket) => socket.end('x'));
      const socket = stage.dial(port, { host: 'localhost', family: 4 } as tls.ConnectionOptions);
      const seen: string[] = [];
      for (const name of ['lookup', 'connect', 'ready', 'secure', 'secureConnect', 'data', 'end', 'close']) {
        socket.on(name, () => seen.push(name));
      }
      await once(socket, 'close');
      return seen;
    },
  },
  {
    name: 'destroy with an error: error, then close, and both say so',
    covers: ['destroy', 'error'],
    run: async (stage) => {
      const { client } = await stage.connected();
      const seen: unknown[] = [];
      client.on('error', (error) => seen.push(['error', error.message]));
      client.on('close', (bad) => seen.push(['close', bad === true || bad === undefined]));
      const closed = new Promise((resolve) => client.on('close', resolve));
      client.destroy(new Error('enough'));
      await closed;
      return [seen, client.destroyed];
    },
  },
  {
    name: 'over a Duplex that is no socket',
    covers: ['socket', 'TLSSocket'],
    run: async (stage) => {
      const [left, right] = duplexPair();
      const { ca } = stage.pki;
      const secureContext = stage.api.createSecureContext(stage.own);
      const server = stage.keep(new stage.api.TLSSocket(right as never, { isServer: true, secureContext }));
      server.on('data', (chunk) => server.end(String(chunk).toUpperCase()));
      const client = stage.keep(stage.api.connect({ socket: left, ca, servername: 'localhost' }));
      client.write('over a pipe');
      return [await textOf(client), client.authorized, client.remoteAddress ?? null];
    },
  },
  {
    name: 'a TLSSocket is a net.Socket, and its server a net.Server',
    covers: ['TLSSocket', 'Server'],
    run: async (stage) => {
      const net = await import('node:net');
      const tlsOfNode = await import('node:tls');
      const { client, server } = await stage.connected();
      const made = stage.keep(new stage.api.TLSSocket(connectTcp({ port: 1, host: '127.0.0.1' })));
      return [
        client instanceof net.Socket,
        client instanceof tlsOfNode.TLSSocket,
        server instanceof stage.api.TLSSocket,
        made instanceof stage.api.TLSSocket,
        new stage.api.Server({}) instanceof net.Server,
        new stage.api.Server(() => {}).listenerCount('secureConnection'),
      ];
    },
  },
  {
    name: 'events and methods of the server that are net’s',
    covers: ['connection', 'secureConnection', 'listen', 'server.close', 'server.address', 'handshakeTimeout'],
    run: async (stage) => {
      const { port, server } = await stage.serve({ handshakeTimeout: 100 });
      const seen: string[] = [];
      server.on('connection', () => seen.push('connection'));
      server.on('secureConnection', () => seen.push('secureConnection'));
      await stage.meet(server, stage.dial(port));
      const silent = stage.keep(connectTcp({ port, host: '127.0.0.1' }));
      silent.resume();
      const [error] = (await once(server, 'tlsClientError')) as [NodeJS.ErrnoException];
      return [seen, error.code, (server.address() as { port: number }).port === port];
    },
  },
];
