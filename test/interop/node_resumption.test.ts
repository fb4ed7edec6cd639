// Sessions of glasstls/node: the events and methods of node:tls, tickets by default, sessions by id with listeners; and what
// a session is bound to: the client's trust, the server's certificates and protocols.

import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { ConnectOptions, Server, ServerSocketOptions, TLSSocket } from '../../src/node/index.ts';
import { createSecureContext } from '../../src/node/index.ts';
import { COMPATIBLE, WEB } from '../../src/x509/policy.ts';
import { pki } from '../peers/pki.ts';
import { closeAfterEach, dialGlass, everything, listen } from './ends.ts';
import { PROVIDERS } from './glass.ts';

closeAfterEach();

const V12 = { maxVersion: 'TLSv1.2' } as const;
const answer = (socket: Duplex): void => void socket.once('data', (data: Buffer) => socket.end(data));

async function ours(options: Partial<ServerSocketOptions> = {}): Promise<{ port: number; server: Server }> {
  const { port, server } = await listen('glasstls', answer, options);
  return { port, server: server as Server };
}

/** A whole connection that carries data: whether it resumed, and what it leaves. */
async function visit(
  port: number,
  session?: Buffer,
  options: Partial<ConnectOptions> = {},
): Promise<{ reused: boolean; session: Buffer | undefined; events: Buffer[]; socket: TLSSocket }> {
  const socket = await dialGlass(port, { ...V12, ...options, session });
  const events: Buffer[] = [];
  socket.on('session', (one: Buffer) => events.push(one));
  socket.write('hello');
  expect((await everything(socket)).toString()).toBe('hello');
  return { reused: socket.isSessionReused(), session: socket.getSession(), events, socket };
}

describe.each(PROVIDERS)('provider %s', (crypto) => {
  test('tickets by default: `session` once, getSession, isSessionReused on both sides', async () => {
    const { port, server } = await ours({ crypto } as Partial<ServerSocketOptions>);
    const seen: boolean[] = [];
    server.on('secureConnection', (socket: TLSSocket) => seen.push(socket.isSessionReused()));
    const first = await visit(port);
    expect([first.reused, first.events.length]).toEqual([false, 1]);
    expect(first.session).toEqual(first.events[0]);
    const again = await visit(port, first.session);
    expect([again.reused, again.events.length]).toEqual([true, 0]);
    expect(again.session).toEqual(first.session);
    expect(again.socket.authorized).toBe(true);
    expect(seen).toEqual([false, true]);
  });

  test('sessions by id, with answers that come later', async () => {
    const { port, server } = await ours({ crypto, ticketKeys: [] } as Partial<ServerSocketOptions>);
    expect((await visit(port)).session).toBeUndefined();
    const kept = new Map<string, Buffer>();
    server.on('newSession', (id: Buffer, session: Buffer, done: () => void) => {
      kept.set(id.toString('hex'), session);
      done();
    });
    server.on('resumeSession', (id: Buffer, found: (error: Error | null, session?: Buffer | null) => void) => {
      setTimeout(() => found(null, kept.get(id.toString('hex'))), 10);
    });
    const first = await visit(port);
    expect(kept.size).toBe(1);
    expect((await visit(port, first.session)).reused).toBe(true);
    kept.clear();
    expect((await visit(port, first.session)).reused).toBe(false);
  });
});

test('before the handshake, and with TLS 1.3, there is no session', async () => {
  const { port } = await ours();
  const socket = await dialGlass(port);
  expect([socket.getSession(), socket.isSessionReused()]).toEqual([undefined, false]);
  await once(socket, 'secureConnect');
  expect([socket.getProtocol(), socket.getSession(), socket.isSessionReused()]).toEqual(['TLSv1.3', undefined, false]);
});

test('a look-up that fails ends the connection; nobody to look up leads to a full handshake', async () => {
  const { port, server } = await ours({ ticketKeys: [] });
  server.on('newSession', () => {});
  const { session } = await visit(port);
  expect((await visit(port, session)).reused).toBe(false);
  server.on('resumeSession', (_id: Buffer, found: (error: Error) => void) => found(new Error('the cache is down')));
  const failed = once(server, 'tlsClientError');
  const socket = await dialGlass(port, { ...V12, session });
  await expect(once(socket, 'secureConnect')).rejects.toThrow();
  expect(String((await failed)[0])).toContain('the cache is down');
});

describe('what a session is bound to', () => {
  test('a session without trust is of no use where trust is asked for', async () => {
    const { port } = await ours();
    const wrong = (await pki()).leaf('untrusted').fullChain;
    const careless = { ca: wrong, rejectUnauthorized: false } as const;
    const first = await visit(port, undefined, careless);
    expect(first.socket.authorized).toBe(false);
    const again = await visit(port, first.session, careless);
    expect([again.reused, again.socket.authorized]).toEqual([true, false]);
    expect(again.socket.authorizationError).toBe(first.socket.authorizationError);
    const strict = await visit(port, first.session);
    expect([strict.reused, strict.socket.authorized]).toEqual([false, true]);
    await expect(visit(port, first.session, { ca: wrong })).rejects.toThrow();
  });

  test('other anchors, another policy, another name, a certificate of one’s own: a full handshake', async () => {
    const { port } = await ours();
    const { ca, leaf } = await pki();
    const { fullChain: cert, key } = leaf('p256');
    const { session } = await visit(port, undefined, { policy: COMPATIBLE });
    const changes: readonly Partial<ConnectOptions>[] = [
      { ca: [ca, leaf('untrusted').fullChain] },
      { policy: { ...WEB, name: 'compatible' } },
      { servername: '127.0.0.1' },
      { rejectUnauthorized: false },
      { cert, key },
    ];
    for (const change of changes) expect((await visit(port, session, change)).reused).toBe(false);
    expect((await visit(port, session)).reused).toBe(true);
    const secureContext = createSecureContext({ ca, ...V12 });
    expect((await visit(port, session, { secureContext })).reused).toBe(true);
  });

  test('servers with the same keys stand for one another, unless their certificates or protocols differ', async () => {
    const ticketKeys = [{ name: new Uint8Array(16).fill(1), key: new Uint8Array(32).fill(2) }];
    const { port } = await ours({ ticketKeys });
    const { session } = await visit(port);
    const { fullChain: cert, key } = (await pki()).leaf('rsa');
    expect((await visit((await ours({ ticketKeys })).port, session)).reused).toBe(true);
    expect((await visit((await ours({ ticketKeys, cert, key })).port, session)).reused).toBe(false);
    expect((await visit((await ours({ ticketKeys, ALPNProtocols: ['h2'] })).port, session)).reused).toBe(false);
    expect((await visit((await ours()).port, session)).reused).toBe(false);
  });
});

test('setTicketKeys: an older key still opens and the client gets a new ticket; without it the handshake is full', async () => {
  const keyOf = (number: number) => ({ name: new Uint8Array(16).fill(number), key: new Uint8Array(32).fill(number) });
  const { port, server } = await ours({ ticketKeys: [keyOf(1)] });
  const first = await visit(port);
  server.setTicketKeys([keyOf(2), keyOf(1)]);
  const again = await visit(port, first.session);
  expect([again.reused, again.events.length]).toEqual([true, 1]);
  server.setTicketKeys([keyOf(2)]);
  expect((await visit(port, again.session)).reused).toBe(true);
  expect((await visit(port, first.session)).reused).toBe(false);
  expect(() => server.setTicketKeys([{ ...keyOf(3), key: new Uint8Array(16) }])).toThrow(/ticket key/);
  expect((await visit(port, again.session)).reused).toBe(true);
});

test('sessionTimeout, and options that cannot work', async () => {
  await expect(ours({ sessionTimeout: 0 })).rejects.toThrow(/sessionLifetime/);
  await expect(dialGlass(1, { session: 'abc' as never })).rejects.toThrow(/session/);
  const { port } = await ours({ sessionTimeout: 1 });
  const { session } = await visit(port);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  expect((await visit(port, session)).reused).toBe(false);
});
