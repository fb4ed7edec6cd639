// An HTTPS server and client on loopback: node:http over glasstls, with a certificate made on the spot.

import http from 'node:http';
import { connect, createServer } from 'glasstls/node';
import { generatePrivateKey, nodeProvider } from 'glasstls/providers/node';
import { makeTestPki, writePem } from 'glasstls/x509';

const generateKey = () => generatePrivateKey('ec').privateKey;
const pki = makeTestPki({ provider: nodeProvider, now: Date.now(), generateKey });
const leaf = pki.issue({ names: ['localhost'] });
const pem = (...certificates) => certificates.map((der) => writePem('CERTIFICATE', der)).join('');

const site = http.createServer((_request, response) => response.end('hello over glasstls\n'));
const server = createServer({ cert: pem(...pki.chainOf(leaf)), key: leaf.key }, (socket) => {
  site.emit('connection', socket);
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const tls = connect({ host: '127.0.0.1', port, servername: 'localhost', ca: pem(pki.root.der) });
  tls.on('secureConnect', () => console.log(tls.getProtocol(), tls.getCipher().standardName, tls.getGroup()));
  const request = http.get({ host: 'localhost', createConnection: () => tls }, (response) => {
    response.pipe(process.stdout);
    response.on('end', () => server.close());
  });
  request.on('error', (error) => console.error(error.code, error.message));
});
