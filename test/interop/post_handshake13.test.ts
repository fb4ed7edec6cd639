// What may come after the handshake of TLS 1.3 besides data and tickets: new keys (RFC 8446 4.6.3), of one side or both, asked
// for by either; and a client's certificate that the server asks for late (4.6.2).

import { once } from 'node:events';
import { beforeAll, expect } from 'vitest';
import { type ChromiumPeer, startChromium } from '../peers/chromium.ts';
import { curl } from '../peers/curl.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { nodeClient, readToEnd } from '../peers/node_tls.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { typingGnutls, typingOpenssl } from '../peers/typing.ts';
import { type GlassClientOptions, type GlassConnection, type GlassServerOptions, glassClient } from './glass.ts';
import {
  all,
  asClient13,
  asServer13,
  CLIENTS13,
  type Client13,
  type Proof,
  SERVERS13,
  type Server13,
} from './over_peers13.ts';
import type { StartedServer } from './peer_servers.ts';
import { serve } from './serving.ts';
import { run13, start13, V13 } from './start13.ts';
import { respond, until, withPeer } from './support.ts';
import { type Watched, watch } from './watch13.ts';

const FILLER = 'x'.repeat(20_000);

let ca: Pki;

beforeAll(async () => {
  ca = await pki();
});
printMatrixAfterAll();

type Act = (connection: GlassConnection) => void;

/** Something on an open connection of ours, then data both ways. */
function meet(peer: Server13, act: Act, check: (watched: Watched) => void): Proof {
  return async (provider) => {
    await withPeer(start13(peer, { identity: ca.leaf('p256') }), async (server) => {
      const watched = watch();
      const connection = await glassClient({
        port: server.port,
        ca: ca.ca,
        provider,
        more: { observe: watched.observe },
      });
      act(connection);
      // nginx takes no header of that length.
      await server.exchange(connection, peer === 'nginx' ? 'x'.repeat(2000) : FILLER);
      check(watched);
    });
  };
}

/** s_server that takes commands, and an open connection of ours to it. */
function commanding(
  act: (server: NonNullable<StartedServer['openssl']>, connection: GlassConnection, watched: Watched) => Promise<void>,
  options: () => Partial<GlassClientOptions> = () => ({}),
): Proof {
  return async (provider) => {
    const wishes = { identity: ca.leaf('p256'), openssl: { report: true, args: ['-CAfile', ca.caFile] } };
    await withPeer(start13('openssl', wishes), async ({ port, openssl }) => {
      if (openssl === undefined) throw new Error('it is openssl');
      const watched = watch();
      const { more, ...rest } = options();
      const connection = await glassClient({
        port,
        ca: ca.ca,
        provider,
        ...rest,
        more: { observe: watched.observe, ...more },
      });
      try {
        await act(openssl, connection, watched);
      } finally {
        connection.destroy();
      }
    });
  };
}

let exchanges = 0;

/** Data both ways; s_server prints much else. */
async function bothWays(openssl: NonNullable<StartedServer['openssl']>, connection: GlassConnection): Promise<void> {
  const [up, down] = [`up ${++exchanges}\n`, `down ${exchanges}\n`];
  await connection.send(up);
  await until('the data arrives', () => openssl.received().includes(up));
  openssl.send(down);
  expect((await connection.receiveAtLeast(down.length)).toString()).toBe(down);
}

const NO_COMMAND = {
  nginx: 'nginx updates no keys of its own accord',
  gnutls: 'gnutls-serv has no command for it',
  'node:tls': 'node:tls has no method for it',
  go: "Go's crypto/tls has no method for it",
  node24: 'node:tls has no method for it',
} as const;

const NO_LATE_REQUEST = {
  nginx: 'nginx asks for no certificate after the handshake',
  'node:tls': 'node:tls asks for no certificate after the handshake',
  go: "Go's crypto/tls has no post-handshake authentication",
  node24: 'node:tls asks for no certificate after the handshake',
} as const;

const LATE = { hello: { postHandshakeAuth: true } } as const;

asClient13('after the handshake', {
  'KeyUpdate: new keys of ours': all(SERVERS13, (peer) =>
    meet(
      peer,
      ({ socket }) => socket.updateKeys(),
      ({ count }) => expect([count('out key_update'), count('in key_update')]).toEqual([1, 0]),
    ),
  ),
  'KeyUpdate: we ask for new keys of both (update_requested)': all(SERVERS13, (peer) =>
    meet(
      peer,
      ({ socket }) => socket.updateKeys(true),
      ({ count }) => expect([count('out key_update'), count('in key_update')]).toEqual([1, 1]),
    ),
  ),
  'KeyUpdate: three times in a row': all(SERVERS13, (peer) =>
    meet(
      peer,
      ({ socket }) => {
        for (let time = 0; time < 3; time++) socket.updateKeys(true);
      },
      ({ count }) => {
        expect(count('out key_update')).toBe(3);
        // RFC 8446 4.6.3: several requests may be answered at once.
        expect(count('in key_update')).toBeGreaterThan(0);
      },
    ),
  ),
  'KeyUpdate: new keys of the server': {
    ...NO_COMMAND,
    openssl: commanding(async (openssl, connection, { count }) => {
      for (const time of [1, 2, 3]) {
        openssl.send('k\n');
        await until('its KeyUpdate comes', () => count('in key_update') === time);
        await bothWays(openssl, connection);
      }
      expect(count('out key_update')).toBe(0);
    }),
  },
  'KeyUpdate: the server asks for new keys of both': {
    ...NO_COMMAND,
    openssl: commanding(async (openssl, connection, { count }) => {
      for (const time of [1, 2, 3]) {
        openssl.send('K\n');
        await until('we answer', () => count('out key_update') === time);
        await bothWays(openssl, connection);
      }
      expect(count('in key_update')).toBe(3);
    }),
  },
  'client certificate after the handshake: shown': {
    ...NO_LATE_REQUEST,
    openssl: commanding(
      async (openssl, connection, { count }) => {
        for (const time of [1, 2]) {
          openssl.send('c\n');
          await until('it has our certificate', () => seen(openssl, 'CertificateVerify') === time);
          await bothWays(openssl, connection);
        }
        expect([count('in certificate_request'), count('out certificate_verify')]).toEqual([2, 2]);
      },
      () => ({ identity: ca.leaf('p384'), more: LATE }),
    ),
    gnutls: gnutlsAsks(true),
  },
  'client certificate after the handshake: none shown': {
    ...NO_LATE_REQUEST,
    openssl: commanding(
      async (openssl, connection, { count }) => {
        openssl.send('c\n');
        await until('it has our answer', () => seen(openssl, 'Finished') === 2);
        await bothWays(openssl, connection);
        expect([count('out certificate'), count('out certificate_verify')]).toEqual([1, 0]);
      },
      () => ({ more: LATE }),
    ),
    gnutls: gnutlsAsks(false),
  },
  'client certificate after the handshake: we did not offer it': {
    ...NO_LATE_REQUEST,
    openssl: commanding(async (openssl, connection, { count }) => {
      openssl.send('c\n');
      await until('it cannot ask', () => openssl.log().includes('extension not received'));
      await bothWays(openssl, connection);
      expect(count('in certificate_request')).toBe(0);
    }),
    gnutls: 'gnutls-serv then ends the connection with internal_error',
  },
});

/** gnutls-serv asks in the handshake too, where it would not take an empty answer to the late request otherwise. */
function gnutlsAsks(shown: boolean): Proof {
  return async (provider) => {
    const clientCa = { pem: ca.ca, file: ca.caFile };
    const asks = shown ? {} : { clientCert: 'request' as const };
    await withPeer(start13('gnutls', { identity: ca.leaf('p256'), clientCa, ...asks }), async (server) => {
      const { observe, count } = watch();
      const identity = shown ? ca.leaf('p384') : undefined;
      const more = { observe, ...LATE };
      const connection = await glassClient({ port: server.port, ca: ca.ca, provider, identity, more });
      const before = [count('in certificate_request'), count('out certificate'), count('out certificate_verify')];
      expect(before).toEqual(shown ? [0, 0, 0] : [1, 1, 0]);
      await connection.send('**REAUTH**\n');
      expect((await connection.receive())?.toString()).toBe('Successfully executed command\n');
      const after = [count('in certificate_request'), count('out certificate'), count('out certificate_verify')];
      expect(after).toEqual(shown ? [1, 1, 1] : [2, 2, 0]);
      await server.exchange(connection);
    });
  };
}

function seen(openssl: NonNullable<StartedServer['openssl']>, name: string): number {
  return openssl.messages().filter((one) => one.direction === 'in' && one.name === name).length;
}

// Our server.

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
