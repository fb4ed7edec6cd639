// Our client after the handshake of TLS 1.3: new keys (RFC 8446 4.6.3), of one side or both, asked for by either; and our
// certificate, for a server that asks for it late (4.6.2).

import { beforeAll, expect } from 'vitest';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { type GlassClientOptions, type GlassConnection, glassClient } from './glass.ts';
import { all, asClient13, type Proof, SERVERS13, type Server13 } from './over_peers13.ts';
import type { StartedServer } from './peer_servers.ts';
import { start13 } from './start13.ts';
import { until, withPeer } from './support.ts';
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

/** For an answer without a certificate gnutls-serv asks in the handshake too: only then may there be none. */
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
