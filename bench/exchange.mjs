// What every contestant of the handshake rows does: a byte there, a byte back, and a clean close.

export const listen = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

/** Of a client, from its `ready` event on. */
export function exchange(socket, ready) {
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.once(ready, () => socket.write('x'));
    socket.once('data', () => socket.end());
    socket.once('close', resolve);
  });
}

/** Of a server. */
export const echoOnce = (socket) => {
  socket.once('data', (byte) => socket.end(byte));
  socket.on('error', () => {});
};
