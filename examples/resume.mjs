// Coming back: the second connection resumes the first, and what it has to say is sent with the ClientHello (0-RTT).

import { connect, createServer } from 'glasstls/node';
import { generatePrivateKey, nodeProvider } from 'glasstls/providers/node';
import { makeTestPki, writePem } from 'glasstls/x509';

const generateKey = () => generatePrivateKey('ec').privateKey;
const pki = makeTestPki({ provider: nodeProvider, now: Date.now(), generateKey });
const leaf = pki.issue({ names: ['localhost'] });
const pem = (...certificates) => certificates.map((der) => writePem('CERTIFICATE', der)).join('');

const identity = { cert: pem(...pki.chainOf(leaf)), key: leaf.key };
const server = createServer({ ...identity, maxEarlyData: 4096 }, (socket) => {
  socket.once('data', (said) => socket.end(`"${said}", ${socket.earlyBytes} bytes of it early\n`));
});

/** One connection; gives the session for the next. Early data can be replayed: only what may safely come twice. */
async function visit(port, session) {
  const earlyData = Buffer.from('hello');
  const tls = connect({ port, servername: 'localhost', ca: pem(pki.root.der), session, earlyData });
  let next;
  tls.on('session', (given) => {
    next = given;
  });
  for await (const answer of tls) console.log(`${tls.isSessionReused() ? 'resumed' : 'full'}: ${answer}`.trim());
  return next;
}

server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  await visit(port, await visit(port));
  server.close();
});
