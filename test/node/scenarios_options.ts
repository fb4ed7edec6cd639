// Options of both roles, run with both modules.

import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { connect as connectTcp, type LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type tls from 'node:tls';
import { failure, type Scenario, textOf } from './both.ts';

const V12 = { maxVersion: 'TLSv1.2' } as const;

export const OPTION_SCENARIOS: readonly Scenario[] = [
  {
    name: 'ca, cert, key: a server that is trusted, and authorized says so',
    covers: ['connect', 'createServer', 'ca', 'cert', 'key', 'host', 'port', 'servername', 'authorized', 'encrypted'],
    run: async (stage) => {
      const { client, server } = await stage.connected();
      const { authorized, encrypted, authorizationError } = client;
      return { authorized, encrypted, authorizationError: authorizationError ?? null, server: server.authorized };
    },
  },
  {
    name: 'rejectUnauthorized: false goes on, and authorizationError is the code',
    covers: ['rejectUnauthorized', 'authorizationError'],
    run: async (stage) => {
      const codes: unknown[] = [];
      const { otherCa, leaf } = stage.pki;
      const expired = leaf('expired');
      for (const [server, client] of [
        [{}, { ca: otherCa }],
        [{ cert: expired.fullChain, key: expired.key }, {}],
        [{}, { servername: 'elsewhere.example' }],
        [{ cert: leaf('p256').cert }, {}],
      ] as const) {
        const { client: socket } = await stage.connected(server, { ...client, rejectUnauthorized: false });
        codes.push([socket.authorized, String(socket.authorizationError)]);
      }
      return codes;
    },
  },
  {
    name: 'the callback of connect, and the forms of its arguments',
    covers: ['connect', 'secureConnect', 'host'],
    run: async (stage) => {
      const { port } = await stage.serve();
      const seen: string[] = [];
      const { ca } = stage.pki;
      const more = { ca, servername: 'localhost' };
      for (const dial of [
        (done: () => void) => stage.api.connect(port, '127.0.0.1', more, done),
        (done: () => void) => stage.api.connect(port, { ...more, host: '127.0.0.1' }, done),
        (done: () => void) => stage.api.connect({ port, host: '127.0.0.1', ...more }, done),
      ]) {
        await new Promise<void>((resolve) => {
          const socket = stage.keep(dial(resolve));
          socket.on('secureConnect', () => seen.push('secureConnect'));
        });
      }
      return seen;
    },
  },
  {
    name: 'path: a local socket',
    covers: ['path'],
    run: async (stage) => {
      const { port } = await stage.serve();
      const missing = stage.keep(stage.api.connect({ path: `/nowhere/${port}.sock`, ca: stage.pki.ca }));
      const failed = await failure(missing);
      const path = join(mkdtempSync(join(tmpdir(), 'glasstls-path-')), 'socket');
      const server = stage.api.createServer(stage.own, (socket) => stage.keep(socket).end('local'));
      await new Promise<void>((resolve) => server.listen(path, resolve));
      const socket = stage.keep(stage.api.connect({ path, ca: stage.pki.ca, servername: 'localhost' }));
      const heard = await textOf(socket);
      server.close();
      return [failed, heard, socket.remotePort ?? null];
    },
  },
  {
    name: 'minVersion, maxVersion and secureProtocol decide the version',
    covers: ['minVersion', 'maxVersion', 'secureProtocol', 'getProtocol', 'secureOptions'],
    run: async (stage) => {
      const found: unknown[] = [];
      const { constants } = await import('node:crypto');
      for (const [server, client] of [
        [{}, {}],
        [V12, {}],
        [{}, V12],
        [{ minVersion: 'TLSv1.3' }, {}],
        [{ secureProtocol: 'TLSv1_2_method' }, {}],
        [{ secureOptions: constants.SSL_OP_NO_TLSv1_3 }, {}],
        [{ minVersion: 'TLSv1' }, {}],
      ] as const) {
        const ends = await stage.connected(server as tls.TlsOptions, client);
        found.push([ends.client.getProtocol(), ends.server.getProtocol()]);
      }
      const none = await stage.refused({ minVersion: 'TLSv1.3' }, V12);
      return [found, none];
    },
  },
  {
    name: 'ciphers, ecdhCurve and sigalgs decide what is agreed on',
    covers: ['ciphers', 'ecdhCurve', 'sigalgs', 'getCipher', 'getEphemeralKeyInfo', 'honorCipherOrder'],
    run: async (stage) => {
      const found: unknown[] = [];
      const order = 'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256';
      const reversed = 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384';
      const curves = 'X25519:P-256';
      for (const [server, client] of [
        [{ ...V12, ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' }, { ecdhCurve: 'prime256v1' }],
        [
          { ...V12, ciphers: order },
          { ciphers: reversed, ecdhCurve: curves },
        ],
        [
          { ...V12, ciphers: order, honorCipherOrder: false },
          { ciphers: reversed, ecdhCurve: curves },
        ],
        [{ ciphers: 'TLS_AES_128_GCM_SHA256' }, { ecdhCurve: 'P-384' }],
        [{ ciphers: 'TLS_CHACHA20_POLY1305_SHA256', sigalgs: 'ecdsa_secp256r1_sha256' }, { ecdhCurve: 'X25519' }],
        [
          { ...V12, sigalgs: 'ECDSA+SHA256' },
          { ecdhCurve: 'P-256', ciphers: 'ECDHE-ECDSA-CHACHA20-POLY1305' },
        ],
      ] as const) {
        const ends = await stage.connected(server, client);
        found.push([ends.client.getCipher(), ends.client.getEphemeralKeyInfo(), ends.server.getEphemeralKeyInfo()]);
      }
      const nothing = await stage.refused({ ...V12, ciphers: order }, { ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' });
      return [found, nothing];
    },
  },
  {
    name: 'ALPNProtocols: the server’s order, Buffers, and nothing in common',
    covers: ['ALPNProtocols', 'alpnProtocol'],
    run: async (stage) => {
      const found: unknown[] = [];
      for (const [server, client] of [
        [
          ['h2', 'http/1.1'],
          ['http/1.1', 'h2'],
        ],
        [['http/1.1'], ['h2', 'http/1.1']],
        [['h2'], Buffer.from('\x02h2\x08http/1.1', 'latin1')],
        [['h2'], undefined],
        [undefined, ['h2']],
      ] as const) {
        const ends = await stage.connected(
          server && { ALPNProtocols: [...server] },
          client && { ALPNProtocols: Buffer.isBuffer(client) ? client : ([...client] as string[]) },
        );
        found.push([ends.client.alpnProtocol, ends.server.alpnProtocol]);
      }
      const none = await stage.refused({ ALPNProtocols: ['a'] }, { ALPNProtocols: ['b'] });
      return [found, none];
    },
  },
  {
    name: 'ALPNCallback: chooses, refuses',
    covers: ['ALPNCallback'],
    run: async (stage) => {
      const asked: unknown[] = [];
      const options = {
        ALPNCallback: ({ servername, protocols }: { servername: string; protocols: string[] }) => {
          asked.push([servername, protocols]);
          return protocols.find((one) => one === 'b');
        },
      };
      const { client, server } = await stage.connected(options, { ALPNProtocols: ['a', 'b'] });
      const refused = await stage.refused(options, { ALPNProtocols: ['a'] });
      return [asked, client.alpnProtocol, server.alpnProtocol, refused];
    },
  },
  {
    name: 'SNICallback and addContext: another certificate for a name',
    covers: ['SNICallback', 'addContext', 'createSecureContext', 'SecureContext', 'secureContext', 'servername'],
    run: async (stage) => {
      const { leaf } = stage.pki;
      const other = stage.api.createSecureContext({ cert: leaf('p384').fullChain, key: leaf('p384').key });
      const names: unknown[] = [];
      const { client, server } = await stage.connected({
        SNICallback: (name, found) => {
          names.push(name);
          setImmediate(() => found(null, other));
        },
      });
      const { port, server: second } = await stage.serve();
      second.addContext('*.example.org', { cert: leaf('p384').fullChain, key: leaf('p384').key });
      const kinds: unknown[] = [];
      for (const servername of ['a.example.org', 'a.b.example.org', 'localhost']) {
        const ends = await stage.meet(second, stage.dial(port, { servername, rejectUnauthorized: false }));
        const { bits, asn1Curve = null } = ends.client.getPeerCertificate();
        kinds.push([bits, asn1Curve, ends.server.servername]);
      }
      const { ca } = stage.pki;
      const secureContext = stage.api.createSecureContext({ ca });
      const third = stage.keep(stage.api.connect({ port, host: '127.0.0.1', servername: 'localhost', secureContext }));
      const made = await stage.meet(second, third);
      return [names, client.getPeerCertificate().bits, server.servername, kinds, made.client.authorized];
    },
  },
  {
    name: 'an SNICallback that fails: the client is refused, and the server hears why',
    covers: ['SNICallback', 'tlsClientError'],
    run: async (stage) => {
      const { server } = await stage.refused(
        { SNICallback: (_name, found) => found(Object.assign(new Error('no'), { code: 'NO_SUCH_NAME' })) },
        {},
      );
      return server;
    },
  },
  {
    name: 'requestCert: a client that is trusted, one that is not, one without',
    covers: ['requestCert', 'rejectUnauthorized', 'getPeerCertificate', 'authorized', 'authorizationError'],
    run: async (stage) => {
      const { ca, leaf } = stage.pki;
      const { fullChain: cert, key } = leaf('rsa');
      const trusted = await stage.connected({ requestCert: true, ca }, { cert, key });
      const lax = { requestCert: true, rejectUnauthorized: false, ca };
      const stranger = leaf('untrusted');
      const untrusted = await stage.connected(lax, { cert: stranger.fullChain, key: stranger.key });
      const without = await stage.connected(lax);
      const of = ({ server }: { server: tls.TLSSocket }) => [
        server.authorized,
        String(server.authorizationError ?? null),
        server.getPeerCertificate().subject?.CN ?? null,
      ];
      const missing = await stage.refused({ requestCert: true, ca, ...V12 }, {});
      return [of(trusted), of(untrusted).slice(0, 1), of(without).slice(0, 1), missing.server];
    },
  },
  {
    name: 'checkServerIdentity: whom it is asked about, and what its error becomes',
    covers: ['checkServerIdentity'],
    run: async (stage) => {
      const asked: unknown[] = [];
      const check = (host: string, cert: tls.PeerCertificate): undefined => {
        asked.push([host, cert.subject.CN, cert.subjectaltname]);
        return undefined;
      };
      await stage.connected({}, { checkServerIdentity: check });
      await stage.connected({}, { checkServerIdentity: check, servername: 'elsewhere.example' });
      const { port } = await stage.serve();
      const mine = Object.assign(new Error('not you'), { code: 'MINE' });
      const refused = await failure(stage.dial(port, { checkServerIdentity: () => mine }));
      const { client } = await stage.connected({}, { checkServerIdentity: () => mine, rejectUnauthorized: false });
      const direct = stage.api.checkServerIdentity('x.example', { subject: { CN: 'y' } } as tls.PeerCertificate);
      return [asked, refused, String(client.authorizationError), (direct as NodeJS.ErrnoException)?.code];
    },
  },
  {
    name: 'pskCallback, with a hint',
    covers: ['pskCallback', 'pskIdentityHint'],
    run: async (stage) => {
      const psk = Buffer.alloc(32, 7);
      const seen: unknown[] = [];
      const options = { ...V12, ciphers: 'PSK-AES128-GCM-SHA256', checkServerIdentity: () => undefined };
      const { client } = await stage.connected(
        {
          ...options,
          cert: undefined,
          key: undefined,
          pskIdentityHint: 'which',
          pskCallback: (_socket, identity) => {
            seen.push(identity);
            return psk;
          },
        } as tls.TlsOptions,
        {
          ...options,
          pskCallback: (hint) => {
            seen.push(hint);
            return { psk, identity: 'me' };
          },
        },
      );
      return [seen, client.getCipher().name];
    },
  },
  {
    name: 'socket: TLS over a stream that is there, after bytes in the clear (STARTTLS)',
    covers: ['socket', 'TLSSocket', 'isServer', 'secureContext'],
    run: async (stage) => {
      const { createServer } = await import('node:net');
      const plain = createServer((socket) => {
        socket.once('data', () => {
          socket.write('go ahead\n', () => {
            const secureContext = stage.api.createSecureContext(stage.own);
            const secure = stage.keep(new stage.api.TLSSocket(socket, { isServer: true, secureContext }));
            secure.on('secure', () => secure.end(`hello over ${secure.getProtocol()}`));
            secure.resume();
          });
        });
      });
      plain.listen(0, '127.0.0.1');
      await once(plain, 'listening');
      const { port } = plain.address() as { port: number };
      const socket = stage.keep(connectTcp({ port, host: '127.0.0.1' }));
      socket.write('STARTTLS\n');
      const [said] = (await once(socket, 'data')) as [Buffer];
      const { ca } = stage.pki;
      const secure = stage.keep(stage.api.connect({ socket, ca, servername: 'localhost' }));
      const heard = await textOf(secure);
      plain.close();
      return [said.toString(), heard];
    },
  },
  {
    name: 'lookup, autoSelectFamily, family, localAddress, timeout and signal are net’s',
    covers: [
      'lookup',
      'autoSelectFamily',
      'family',
      'localAddress',
      'timeout',
      'signal',
      'setTimeout',
      'noDelay',
      'keepAlive',
    ],
    run: async (stage) => {
      const { port, server } = await stage.serve();
      const asked: string[] = [];
      const lookup: LookupFunction = (host, options, done) => {
        asked.push(host);
        const all = (options as { all?: boolean }).all === true;
        (done as (error: null, ...rest: unknown[]) => void)(
          null,
          ...(all ? [[{ address: '127.0.0.1', family: 4 }]] : ['127.0.0.1', 4]),
        );
      };
      const { ca } = stage.pki;
      const base = { port, ca, servername: 'localhost', host: 'somewhere.test', lookup };
      const first = stage.keep(
        stage.api.connect({ ...base, autoSelectFamily: true, noDelay: true, keepAlive: true } as tls.ConnectionOptions),
      );
      await stage.meet(server, first);
      const second = stage.keep(
        stage.api.connect({ ...base, family: 4, localAddress: '127.0.0.2', timeout: 30 } as tls.ConnectionOptions),
      );
      const silence = once(second, 'timeout');
      const { server: accepted } = await stage.meet(server, second);
      await silence;
      const abort = new AbortController();
      const third = stage.keep(stage.api.connect({ ...base, signal: abort.signal } as tls.ConnectionOptions));
      const failed = failure(third);
      abort.abort();
      return [asked, accepted.remoteAddress, second.timeout, await failed];
    },
  },
];
