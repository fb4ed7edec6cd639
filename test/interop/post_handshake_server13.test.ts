// Our server after the handshake of TLS 1.3: new keys (RFC 8446 4.6.3), of one side or both, asked for by either; and a client's
// certificate that we ask for late (4.6.2).

import { once } from 'node:events';
import { beforeAll, expect } from 'vitest';
import { type ChromiumPeer, startChromium } from '../peers/chromium.ts';
import { curl } from '../peers/curl.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { nodeClient, readToEnd } from '../peers/node_tls.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { typingGnutls, typingOpenssl } from '../peers/typing.ts';
import type { GlassConnection, GlassServerOptions } from './glass.ts';
import { all, asServer13, CLIENTS13, type Client13, type Proof } from './over_peers13.ts';
import { serve } from './serving.ts';
import { run13, V13 } from './start13.ts';
import { respond, until, withPeer } from './support.ts';
import { type Watched, watch } from './watch13.ts';

let ca: Pki;

beforeAll(async () => {
  ca = await pki();
});
printMatrixAfterAll();

type Act = (connection: GlassConnection) => void;

let browser: ChromiumPeer;

/** Our server does something when the first data has come, and answers; then it wants data once more. */
function host(
  peer: Client13,
  act: Act,
  check: (watched: Watched) => void,
  more: GlassServerOptions['more'] = {},
): Proof {
  return async (provider) => {
    const watched = watch();
    const answer = peer === 'chromium' || peer === 'curl' ? pages : lines;
    const onConnection = (connection: GlassConnection): void => void answer(connection, act);
    const options = { minVersion: V13, onConnection, more: { observe: watched.observe, ...more } } as const;
    await withPeer(serve(ca.leaf('p256'), provider, options), async (server) => {
      await askTwice(peer, server.port);
      expect(server.connections.length).toBeGreaterThan(0);
      check(watched);
    });
  };
}

/** Data, an answer, and data again over the same connection: whoever owes us a KeyUpdate has sent it by then. */
async function askTwice(peer: Client13, port: number): Promise<void> {
  const url = `https://localhost:${port}/`;
  switch (peer) {
    case 'chromium':
      expect(await browser.visit(url)).toMatchObject({ title: 'Two requests' });
      return;
    case 'openssl':
    case 'gnutls': {
      const start = peer === 'openssl' ? typingOpenssl : typingGnutls;
      return withPeer(Promise.resolve(start({ port, caFile: ca.caFile })), async (client) => {
        for (const line of ['first', 'again']) {
          client.type(line);
          await until('the answer is there', () => client.said().includes(line.toUpperCase()));
        }
      });
    }
    case 'node:tls': {
      const socket = await nodeClient({ port, ca: ca.ca });
      socket.write('first\n');
      expect(String((await once(socket, 'data'))[0])).toBe('FIRST\n');
      socket.write('again\n');
      expect((await readToEnd(socket)).toString()).toBe('AGAIN\n');
      return void socket.end();
    }
    case 'curl':
      expect(await curl({ url, caFile: ca.caFile, args: [url] })).toMatchObject({ code: 0, status: 200 });
      return;
    default: {
      const { said, served } = await run13(peer, ca, { port, rounds: 2 });
      expect(served, said).toBe(true);
    }
  }
}

/** Lines in capitals, until the second one has come. */
async function lines(connection: GlassConnection, act: Act): Promise<void> {
  try {
    for (let seen = 0; seen < 2; ) {
      const chunk = await connection.receive();
      if (chunk === undefined) break;
      if (seen === 0) act(connection);
      seen += chunk.toString().split('\n').length - 1;
      await connection.send(chunk.toString().toUpperCase());
    }
    await connection.end();
  } catch {
    connection.destroy();
  }
}

const PAGE = '<!doctype html><title>Two requests</title><link rel="icon" href="data:,"><img src="/again">';

/** A page, and what is asked for next. */
async function pages(connection: GlassConnection, act: Act): Promise<void> {
  try {
    for (let first = true; ; first = false) {
      let request = '';
      while (!request.includes('\r\n\r\n')) {
        const chunk = await connection.receive();
        if (chunk === undefined) return void (await connection.end());
        request += chunk.toString('latin1');
      }
      if (first) act(connection);
      const body = request.startsWith('GET / ') ? PAGE : '';
      await connection.send(
        `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    }
  } catch {
    connection.destroy();
  }
}

const NO_CLIENT_COMMAND = {
  curl: 'curl updates no keys of its own accord',
  'node:tls': 'node:tls has no method for it',
  chromium: 'a page cannot ask for it',
  go: "Go's crypto/tls has no method for it",
  node24: 'node:tls has no method for it',
} as const;

/** s_client with lines to type, and our server, which answers each in capitals. */
function typing(act: (type: (line: string) => Promise<void>, watched: Watched) => Promise<void>): Proof {
  return async (provider) => {
    const watched = watch();
    const options = {
      minVersion: V13,
      onConnection: (connection: GlassConnection) => void capitals(connection),
      more: { observe: watched.observe },
    } as const;
    await withPeer(serve(ca.leaf('p256'), provider, options), async (server) => {
      await withPeer(Promise.resolve(typingOpenssl({ port: server.port, caFile: ca.caFile })), async (client) => {
        await until('the handshake is done', () => server.connections.length === 1);
        await act(async (line) => {
          client.type(line);
          if (line.length > 1) await until('the answer is there', () => client.said().includes(line.toUpperCase()));
        }, watched);
        expect(server.errors).toEqual([]);
      });
    });
  };
}

async function capitals(connection: GlassConnection): Promise<void> {
  try {
    for (let line = await connection.receive(); line; line = await connection.receive()) {
      await connection.send(line.toString().toUpperCase());
    }
  } catch {
    // s_client was stopped.
  }
  connection.destroy();
}

/** gnutls-cli with an order between two lines. */
function inlineCommand(command: string, check: (watched: Watched) => void): Proof {
  return async (provider) => {
    const watched = watch();
    const options = {
      minVersion: V13,
      onConnection: async (connection: GlassConnection) => {
        let text = '';
        while (!text.includes('last\n')) text += String((await connection.receive()) ?? 'last\n');
        await connection.end(text.toUpperCase());
      },
      more: { observe: watched.observe },
    } as const;
    await withPeer(serve(ca.leaf('p256'), provider, options), async (server) => {
      const client = await run13('gnutls', ca, {
        port: server.port,
        question: `first\n${command}\nlast`,
        gnutls: { args: ['--inline-commands'] },
      });
      expect(client.said).toContain('LAST');
      check(watched);
    });
  };
}

const LATE_CLIENTS = ['openssl', 'curl', 'gnutls'] as const;
const NO_LATE_ANSWER = {
  'node:tls': 'node:tls has no post-handshake authentication',
  chromium: 'Chromium has no post-handshake authentication',
  go: "Go's crypto/tls has no post-handshake authentication",
  node24: 'node:tls has no post-handshake authentication',
} as const;

/** Our server asks before it answers. */
function asking(peer: (typeof LATE_CLIENTS)[number], shown: boolean): Proof {
  return async (provider) => {
    const answers: [number, boolean][] = [];
    const onConnection = async (connection: GlassConnection): Promise<void> => {
      const { socket } = connection;
      const answered = once(socket, 'clientCertificate');
      socket.requestCertificate();
      const [chain, authorized] = (await answered) as [readonly Uint8Array[], boolean];
      answers.push([chain.length, authorized]);
      await respond(connection);
    };
    const more = { postHandshakeAuth: true, ca: ca.ca };
    await withPeer(serve(ca.leaf('p256'), provider, { minVersion: V13, onConnection, more }), async (server) => {
      const client = await run13(peer, ca, {
        port: server.port,
        ...(shown && { identity: ca.leaf('p384') }),
        openssl: { args: ['-enable_pha'] },
        gnutls: { args: ['--post-handshake-auth'] },
      });
      expect(client, client.said).toMatchObject({ served: true });
      expect(answers).toEqual([shown ? [2, true] : [0, false]]);
      expect(server.connections).toMatchObject([{ authorized: false }]);
      expect(server.connections[0]?.socket.authorized).toBe(shown);
    });
  };
}

asServer13(
  'after the handshake',
  {
    'KeyUpdate: new keys of ours': all(CLIENTS13, (peer) =>
      host(
        peer,
        ({ socket }) => socket.updateKeys(),
        ({ count }) => {
          expect(count('out key_update')).toBeGreaterThan(0);
          expect(count('in key_update')).toBe(0);
        },
      ),
    ),
    'KeyUpdate: we ask for new keys of both (update_requested)': all(CLIENTS13, (peer) =>
      host(
        peer,
        ({ socket }) => socket.updateKeys(true),
        ({ count }) => {
          expect(count('in key_update')).toBeGreaterThan(0);
          if (peer !== 'chromium') expect([count('out key_update'), count('in key_update')]).toEqual([1, 1]);
        },
      ),
    ),
    'KeyUpdate: new keys of the client': {
      ...NO_CLIENT_COMMAND,
      openssl: typing(async (type, { count }) => {
        for (const time of [1, 2, 3]) {
          await type('k');
          await until('its KeyUpdate comes', () => count('in key_update') === time);
          await type(`after ${time}`);
        }
        expect(count('out key_update')).toBe(0);
      }),
      gnutls: inlineCommand('^rekey1^', ({ count }) =>
        expect([count('in key_update'), count('out key_update')]).toEqual([1, 0]),
      ),
    },
    'KeyUpdate: the client asks for new keys of both': {
      ...NO_CLIENT_COMMAND,
      openssl: typing(async (type, { count }) => {
        for (const time of [1, 2, 3]) {
          await type('K');
          await until('we answer', () => count('out key_update') === time);
          await type(`after ${time}`);
        }
        expect(count('in key_update')).toBe(3);
      }),
      gnutls: inlineCommand('^rekey^', ({ count }) =>
        expect([count('in key_update'), count('out key_update')]).toEqual([1, 1]),
      ),
    },
    'client certificate after the handshake: shown': {
      ...NO_LATE_ANSWER,
      openssl: asking('openssl', true),
      curl: asking('curl', true),
      gnutls: asking('gnutls', true),
    },
    'client certificate after the handshake: none shown': {
      ...NO_LATE_ANSWER,
      openssl: asking('openssl', false),
      curl: asking('curl', false),
      gnutls: asking('gnutls', false),
    },
    'client certificate after the handshake: the client did not offer it': all(
      CLIENTS13,
      (peer) =>
        host(
          peer,
          ({ socket }) => expect(() => socket.requestCertificate()).toThrow(/did not offer post_handshake_auth/),
          ({ count }) => expect(count('out certificate_request')).toBe(0),
          { postHandshakeAuth: true },
        ),
      { curl: 'curl always offers it' },
    ),
  },
  (peer) => {
    if (peer !== 'chromium') return;
    beforeAll(async () => {
      browser = await startChromium((await pki()).caFile);
      return () => browser.stop();
    });
  },
);
