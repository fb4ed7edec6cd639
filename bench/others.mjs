// Other TLS stacks in JavaScript, as clients of one server of node:tls, beside glasstls and node:tls in the same place. They are
// installed from npm into a directory of their own when the benchmark is asked to compare (`--compare`), and what one of them
// cannot do is said instead of measured. All verify the chain against the one root.

import { createRequire } from 'node:module';
import { connect as connectTcp } from 'node:net';
import tls from 'node:tls';
import { pathToFileURL } from 'node:url';
import * as glass from 'glasstls/node';
import { echoOnce, exchange, listen } from './exchange.mjs';
import { cpuPerRun, inTurns } from './measure.mjs';

export const PACKAGES = ['lemon-tls@0.7.0', '@reclaimprotocol/tls@0.1.2', 'subtls@0.5.0'];

export const OTHER_ROWS = [
  { name: '1.2 ECDHE-ECDSA', kind: 'ec', version: 'TLSv1.2' },
  { name: '1.2 ECDHE-RSA', kind: 'rsa', version: 'TLSv1.2' },
  { name: '1.3 ECDSA', kind: 'ec', version: 'TLSv1.3' },
  { name: '1.3 RSA', kind: 'rsa', version: 'TLSv1.3' },
];

/** What they cannot do at all, for the page. */
export const LIMITS = {
  'lemon-tls': 'Node alone; client and server',
  '@reclaimprotocol/tls': 'a client alone; a promise for each record; no stream interface',
  subtls: 'a client of TLS 1.3 with P-256 and AES-128-GCM alone; ignores tickets; sends no alerts, and no close_notify',
};

/** Clients by name, each a function of (port, row, identity) to one run, or to the reason why it has none. */
export async function clientsIn(directory) {
  const require = createRequire(`${directory}/`);
  const load = (name) => import(pathToFileURL(require.resolve(name)).href);
  const names = PACKAGES.map((one) => one.replace(/@[^@/]*$/, ''));
  const makers = { 'lemon-tls': lemon, '@reclaimprotocol/tls': reclaim, subtls };
  const clients = { glasstls: shaped(glass), 'node:tls': shaped(tls) };
  for (const name of names) {
    try {
      clients[name] = await makers[name](load);
    } catch (error) {
      clients[name] = () => `does not load: ${error.message}`;
    }
  }
  return clients;
}

/** Clients with the shape of node:tls. */
function shaped(module) {
  return (port, { version }, { ca }) => {
    const options = { minVersion: version, maxVersion: version, ca, ecdhCurve: 'P-256' };
    const secureContext = module.createSecureContext(options);
    const more = { host: '127.0.0.1', port, servername: 'localhost', secureContext };
    return () => exchange(module.connect({ ...options, ...more }), 'secureConnect');
  };
}

async function lemon(load) {
  const module = (await load('lemon-tls')).default ?? (await load('lemon-tls'));
  return (port, { version }, { ca }) => {
    const options = { minVersion: version, maxVersion: version, ca, servername: 'localhost', groups: [0x0017] };
    return () => exchange(module.connect(port, '127.0.0.1', options), 'secureConnect');
  };
}

async function reclaim(load) {
  const { makeTLSClient, setCryptoImplementation, loadX509FromPem } = await load('@reclaimprotocol/tls');
  const { webcryptoCrypto } = await load('@reclaimprotocol/tls/webcrypto');
  setCryptoImplementation(webcryptoCrypto);
  return (port, { version }, { ca }) => {
    const rootCAs = [loadX509FromPem(ca)];
    const run = () =>
      new Promise((resolve, reject) => {
        const socket = connectTcp({ host: '127.0.0.1', port, noDelay: true });
        const client = makeTLSClient({
          host: 'localhost',
          rootCAs,
          // By default it tells the console everything.
          logger: SILENT,
          supportedProtocolVersions: [version === 'TLSv1.3' ? 'TLS1_3' : 'TLS1_2'],
          namedCurves: ['SECP256R1'],
          write: ({ header, content }) => void socket.write(Buffer.concat([header, content])),
          onHandshake: () => void client.write(Buffer.from('x')),
          onApplicationData: () => void client.end(),
          onTlsEnd: (error) => {
            if (error) reject(error);
            socket.end();
          },
        });
        socket.on('data', (chunk) => client.handleReceivedBytes(chunk));
        socket.once('connect', () => client.startHandshake());
        socket.once('close', resolve).on('error', reject);
      });
    return run;
  };
}

const nothing = () => {};
const SILENT = { info: nothing, debug: nothing, trace: nothing, warn: nothing, error: nothing };

async function subtls(load) {
  const { startTls, TrustedCert, SocketReadQueue } = await load('subtls');
  return (port, { version }, { ca }) => {
    if (version === 'TLSv1.2') return 'speaks TLS 1.3 alone';
    const roots = TrustedCert.databaseFromPEM(ca);
    return async () => {
      const socket = connectTcp({ host: '127.0.0.1', port, noDelay: true });
      const closed = new Promise((resolve) => socket.once('close', resolve).on('error', resolve));
      const queue = new SocketReadQueue(socket);
      const read = queue.read.bind(queue);
      const client = await startTls('localhost', await roots, read, (data) => void socket.write(data));
      await client.write(Buffer.from('x'));
      if ((await client.read())?.length !== 1) throw new Error('no byte came back');
      socket.end();
      await closed;
    };
  };
}

/** CPU microseconds of both ends for each client, and for those that cannot do it the reason. */
export async function measureOthers(row, identity, clients, { count, rounds, warmUp }) {
  const ciphers = `ECDHE-${row.kind === 'ec' ? 'ECDSA' : 'RSA'}-AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256`;
  const options = { minVersion: row.version, maxVersion: row.version, ecdhCurve: 'P-256', ciphers };
  const server = tls.createServer({ ...options, cert: identity.cert, key: identity.key }, echoOnce);
  server.on('tlsClientError', () => {});
  const port = await listen(server);
  const runs = {};
  const without = {};
  for (const [name, client] of Object.entries(clients)) {
    const run = client(port, row, identity);
    const problem = typeof run === 'string' ? run : await run().then(() => undefined, failed);
    if (problem === undefined) runs[name] = run;
    else without[name] = problem;
  }
  const figures = await inTurns(runs, rounds, (run) => cpuPerRun(run, count), warmUp);
  server.close();
  return { figures, without };
}

const failed = (error) => `fails: ${error.message}`;
