// node:tls of another Node as a peer of the interop tests, client and server, with the orders and answers of ../go/main.go:
// JSON as the first argument, lines of JSON back.

import { readFileSync } from 'node:fs';
import tls from 'node:tls';

const GROUPS = {
  x25519: 'X25519',
  x448: 'X448',
  secp256r1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
  X25519MLKEM768: 'X25519MLKEM768',
};

const order = JSON.parse(process.argv[2]);
const say = (what, value) => console.log(JSON.stringify({ [what]: value }));
const read = (file) => (file ? readFileSync(file) : undefined);
const context = {
  minVersion: order.version || 'TLSv1.2',
  maxVersion: order.version || 'TLSv1.3',
  ...(order.groups?.length > 0 && { ecdhCurve: order.groups.map((name) => GROUPS[name]).join(':') }),
  ...(order.certFile && { cert: read(order.certFile), key: read(order.keyFile) }),
  ...(order.caFile && { ca: read(order.caFile) }),
};

if (order.role === 'server') serve();
else await visitAll();

/** Echoes whatever comes, and closes when its client does. */
function serve() {
  const requestCert = order.clientCert !== undefined;
  const server = tls.createServer(
    { ...context, requestCert, rejectUnauthorized: order.clientCert === 'require', allowHalfOpen: true },
    (socket) => {
      say('connection', describe(socket));
      socket.on('error', (error) => say('error', String(error)));
      socket.pipe(socket);
    },
  );
  server.on('tlsClientError', (error) => say('error', String(error)));
  server.listen(0, '127.0.0.1', () => say('listening', server.address().port));
}

/** One connection after the other, each on the latest session. */
async function visitAll() {
  let session;
  for (let time = 0; time < (order.times || 1); time++) {
    const visited = await visit(session);
    say('connection', visited.connection);
    session = visited.session;
  }
}

function visit(session) {
  return new Promise((resolve) => {
    const chunks = [];
    let latest;
    const socket = tls.connect({ ...context, port: order.port, host: '127.0.0.1', servername: 'localhost', session });
    socket.on('session', (one) => {
      latest = one;
    });
    socket.on('error', (error) => {
      say('error', String(error));
      process.exit(1);
    });
    let connection;
    socket.on('secureConnect', () => {
      connection = describe(socket);
      socket.write(`${order.question}\n`);
    });
    let rounds = order.rounds || 1;
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (chunk.includes('\n') && --rounds > 0) socket.write(`${order.question}\n`);
    });
    socket.on('end', () => {
      resolve({ connection: { ...connection, answer: Buffer.concat(chunks).toString() }, session: latest });
      socket.end();
    });
  });
}

function describe(socket) {
  const { CN } = socket.getPeerCertificate().subject ?? {};
  const known = socket.getEphemeralKeyInfo()?.name;
  return {
    version: socket.getProtocol(),
    suite: socket.getCipher().standardName,
    group: Object.keys(GROUPS).find((name) => GROUPS[name] === known || name === known) ?? known ?? '',
    resumed: socket.isSessionReused(),
    peer: CN ? `CN=${CN}` : '',
    ...(order.label && { exported: socket.exportKeyingMaterial(40, order.label).toString('hex') }),
  };
}
