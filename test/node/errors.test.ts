// err.code is what node:tls gives for the same bytes from the peer, and err.tls says what glasstls knows.

import { once } from 'node:events';
import { connect as connectTcp, createServer as createTcp, type Socket } from 'node:net';
import type tls from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import type { NodeTlsError } from '../../src/node/index.ts';
import { ALERT } from '../../src/wire/registry/names.ts';
import { pki } from '../peers/pki.ts';
import { APIS, type Api, failure, Stage } from './both.ts';

const open: { destroy?(): unknown; close?(): unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) (one.destroy ?? one.close)?.call(one);
});

/** A TCP server that answers a ClientHello so. */
async function answering(answer: (socket: Socket) => void): Promise<number> {
  const server = createTcp((socket) => {
    open.push(socket);
    socket.on('error', () => {});
    socket.once('data', () => answer(socket));
  });
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

/** How a client of this module ends. */
async function clientError(api: Api, answer: (socket: Socket) => void, writes = false): Promise<NodeTlsError> {
  const port = await answering(answer);
  const socket = api.connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  open.push(socket);
  if (writes) socket.write('GET / HTTP/1.1\r\n\r\n');
  const [error] = (await once(socket, 'error').catch((error: Error) => [error])) as [NodeTlsError];
  return error;
}

/** How a server of this module ends the handshake of a client that sends this. */
async function serverError(api: Api, sent: Uint8Array): Promise<NodeTlsError> {
  const { fullChain: cert, key } = (await pki()).leaf('p256');
  const server = api.createServer({ cert, key });
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const failed = once(server, 'tlsClientError') as Promise<[NodeTlsError, tls.TLSSocket]>;
  const socket = connectTcp({ port: (server.address() as { port: number }).port, host: '127.0.0.1' });
  open.push(socket);
  socket.on('error', () => {});
  socket.end(sent);
  const [error, theirs] = await failed;
  theirs.destroy();
  return error;
}

const theirs = APIS['node:tls'];
const ours = APIS.glasstls;

describe('codes are those of node:tls', () => {
  const alerts = Object.entries(ALERT).filter(([name]) => name !== 'close_notify' && name !== 'ech_required');
  test.each(alerts)('the alert %s, to a client', async (name, number) => {
    const answer = (socket: Socket): void => void socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, number]));
    const expected = await clientError(theirs, answer);
    const error = await clientError(ours, answer);
    // OpenSSL has no word for this one.
    if (name !== 'general_error') expect(error.code).toBe(expected.code);
    expect(error).toMatchObject({ library: 'SSL routines', tls: { code: 'ERR_TLS_ALERT_RECEIVED', alert: name } });
    if (name !== 'general_error') expect((error as { reason?: string }).reason).toBe((expected as NodeTlsError).reason);
  });

  test.each([
    ['what speaks SSH', 'SSH-2.0-OpenSSH_9.2\r\n', 'ERR_TLS_NOT_TLS'],
    ['what speaks HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'ERR_TLS_NOT_TLS'],
    ['what hangs up', '', 'ERR_TLS_EOF_IN_HANDSHAKE'],
  ])('%s, with and without something to write', async (_, greeting, own) => {
    for (const writes of [false, true]) {
      const answer = (socket: Socket): void => void socket.end(greeting);
      const expected = await clientError(theirs, answer, writes);
      const error = await clientError(ours, answer, writes);
      expect(error.code).toBe(expected.code);
      expect(error.syscall).toBe(expected.syscall);
      expect(error.tls.code).toBe(own);
    }
  });

  test('nobody listens: ECONNREFUSED, with syscall, address and port', async () => {
    const port = await answering(() => {});
    (open.pop() as { close(): void }).close();
    const errors = await Promise.all(
      [theirs, ours].map(async (api) => {
        const socket = api.connect({ port, host: '127.0.0.1' });
        const [error] = (await once(socket, 'error').catch((error: Error) => [error])) as [NodeTlsError];
        const { code, syscall, address, port: at } = error as unknown as Record<string, unknown>;
        return { code, syscall, address, at };
      }),
    );
    expect(errors[1]).toEqual(errors[0]);
  });

  test.each([
    ['zeros', Buffer.alloc(100), 'ERR_TLS_NOT_TLS'],
    ['a client that goes', Buffer.alloc(0), 'ERR_TLS_EOF_IN_HANDSHAKE'],
    ['half a record', Buffer.from('160301', 'hex'), 'ERR_TLS_EOF_IN_HANDSHAKE'],
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), 'ERR_TLS_NOT_TLS'],
    ['a record that is too long', Buffer.from('16030148010100', 'hex'), 'ERR_TLS_RECORD_OVERFLOW'],
    ['a message that is too long', Buffer.from('160301000401ffffff', 'hex'), 'ERR_TLS_MESSAGE_TOO_LARGE'],
    ['a broken ClientHello', Buffer.from('16030100080100000403030000', 'hex'), 'ERR_TLS_DECODE'],
    ['application data', Buffer.from('170303000568656c6c6f', 'hex'), 'ERR_TLS_UNEXPECTED_DATA'],
  ])('%s, to a server', async (_, sent, own) => {
    const expected = await serverError(theirs, sent);
    const error = await serverError(ours, sent);
    expect(error.code).toBe(expected.code);
    expect(error.tls.code).toBe(own);
  });
});

describe('certificates', () => {
  test.each([
    ['expired', 'CERT_HAS_EXPIRED', 'certificate_expired'],
    ['wrong-name', 'ERR_TLS_CERT_ALTNAME_INVALID', 'bad_certificate'],
    ['untrusted', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unknown_ca'],
  ] as const)('%s: the code, the words, and what err.tls says', async (name, code, alert) => {
    const all = await pki();
    const { fullChain: cert, key } = all.leaf(name);
    const errors: NodeTlsError[] = [];
    for (const api of [theirs, ours]) {
      const stage = new Stage(api, all);
      const { port } = await stage.serve({ cert, key });
      const socket = stage.dial(port);
      errors.push(((await once(socket, 'error').catch((error: Error) => [error])) as [NodeTlsError])[0]);
      await stage.close();
    }
    const [expected, error] = errors as [NodeTlsError, NodeTlsError];
    expect([expected.code, error.code]).toEqual([code, code]);
    expect(error.message).toContain(expected.message.split(':')[0]);
    expect(error.reason).toBe(expected.reason);
    expect(error.cert?.fingerprint256).toBe(expected.cert?.fingerprint256);
    expect(error.tls).toMatchObject({ code: 'ERR_TLS_CERTIFICATE_REFUSED', fault: 'peer', alert });
    expect(error.tls.refusal?.check).toBeTruthy();
    expect(error.tls.expected).toBeTruthy();
    expect(error.tls.actual).toBeTruthy();
    expect(Buffer.isBuffer(error.tls.certificate)).toBe(true);
  });

  test('self-signed, alone and in a chain', async () => {
    const all = await pki();
    const { PFX_CERTIFICATE, pfx, PASSPHRASE } = await import('./pfx.ts');
    const { fullChain, key } = all.leaf('untrusted');
    for (const [server, code] of [
      [{ pfx: pfx('aes'), passphrase: PASSPHRASE, cert: undefined, key: undefined }, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      [{ cert: fullChain + all.otherCa, key }, 'SELF_SIGNED_CERT_IN_CHAIN'],
      [{ cert: all.leaf('p256').cert, key: all.leaf('p256').key }, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ] as const) {
      for (const api of [theirs, ours]) {
        const stage = new Stage(api, all);
        const { port } = await stage.serve(server as tls.TlsOptions);
        expect(await failure(stage.dial(port))).toBe(code);
        await stage.close();
      }
    }
    expect(PFX_CERTIFICATE).toContain('BEGIN');
  });

  test('nothing given is Node’s roots, and never means that everything is accepted', async () => {
    const all = await pki();
    for (const api of [theirs, ours]) {
      const stage = new Stage(api, all);
      const { port } = await stage.serve();
      const socket = stage.keep(api.connect({ port, host: '127.0.0.1', servername: 'localhost' }));
      expect(await failure(socket)).toBe('UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
      await stage.close();
    }
    expect(ours.rootCertificates).toBe(theirs.rootCertificates);
  });
});
