// Sessions: resumption by ticket and by id, and the keys of tickets, run with both modules.

import type tls from 'node:tls';
import { type Scenario, textOf } from './both.ts';

const V12 = { maxVersion: 'TLSv1.2' } as const;
const VERSIONS = [V12, { minVersion: 'TLSv1.3' }] as const;

export const SESSION_SCENARIOS: readonly Scenario[] = [
  {
    name: 'session, getSession, isSessionReused, getTLSTicket: resumption',
    covers: ['session', 'getSession', 'isSessionReused', 'getTLSTicket', 'event session'],
    run: async (stage) => {
      const found: unknown[] = [];
      for (const version of VERSIONS) {
        const { port, server } = await stage.serve(version);
        server.on('secureConnection', (socket) => socket.end('x'));
        const first = stage.dial(port);
        let session: Buffer | undefined;
        first.on('session', (one: Buffer) => (session ??= one));
        const reused: boolean[] = [];
        const note = (socket: tls.TLSSocket): void => {
          socket.once('secureConnect', () => reused.push(socket.isSessionReused()));
          // In TLS 1.3 the two hear of a ticket at other moments.
          if (version === V12) socket.once('data', () => reused.push(Buffer.isBuffer(socket.getTLSTicket())));
        };
        note(first);
        await textOf(first);
        const second = stage.dial(port, { session: session as Buffer });
        note(second);
        await textOf(second);
        found.push([reused, second.authorized]);
      }
      return found;
    },
  },
  {
    name: 'newSession and resumeSession: sessions by id',
    covers: ['newSession', 'resumeSession'],
    run: async (stage) => {
      const { constants } = await import('node:crypto');
      const { port, server } = await stage.serve({ ...V12, secureOptions: constants.SSL_OP_NO_TICKET });
      const kept = new Map<string, Buffer>();
      const events: string[] = [];
      server.on('newSession', (id: Buffer, session: Buffer, done: () => void) => {
        events.push('newSession');
        kept.set(id.toString('hex'), session);
        done();
      });
      server.on('resumeSession', (id: Buffer, done: (error: Error | null, session: Buffer | null) => void) => {
        events.push('resumeSession');
        setImmediate(() => done(null, kept.get(id.toString('hex')) ?? null));
      });
      server.on('secureConnection', (socket) => socket.end('x'));
      const reused: boolean[] = [];
      let session: Buffer | undefined;
      for (let i = 0; i < 2; i++) {
        const socket = stage.dial(port, session ? { session } : {});
        await textOf(socket);
        reused.push(socket.isSessionReused());
        session = socket.getSession() as Buffer;
      }
      return [events, reused];
    },
  },
  {
    name: 'ticketKeys: servers with the same keys stand for one another, with new ones not',
    covers: ['ticketKeys', 'getTicketKeys', 'setTicketKeys', 'sessionTimeout', 'sessionIdContext'],
    run: async (stage) => {
      const more = { ...V12, sessionIdContext: 'here', sessionTimeout: 300 };
      const reused: boolean[] = [];
      const { port, server } = await stage.serve(more);
      const keys = server.getTicketKeys();
      const second = await stage.serve({ ...more, ticketKeys: keys });
      for (const one of [server, second.server]) one.on('secureConnection', (socket) => socket.end('x'));
      const first = stage.dial(port);
      await textOf(first);
      const visit = async (at: number): Promise<void> => {
        const socket = stage.dial(at, { session: first.getSession() as Buffer });
        await textOf(socket);
        reused.push(socket.isSessionReused());
      };
      await visit(second.port);
      second.server.setTicketKeys(Buffer.alloc(48, 1));
      await visit(second.port);
      let refused = '';
      try {
        second.server.setTicketKeys(Buffer.alloc(47));
      } catch {
        refused = 'refused';
      }
      return [keys.length, second.server.getTicketKeys().equals(Buffer.alloc(48, 1)), reused, refused];
    },
  },
];
