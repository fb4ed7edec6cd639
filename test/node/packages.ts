// Packages from npm that have no types of their own, as far as the tests use them.

import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

interface WebSocket extends EventEmitter {
  send(data: Uint8Array | string): void;
  close(): void;
}

export const ws = load('ws') as {
  readonly WebSocket: new (url: string, options: object) => WebSocket;
  readonly WebSocketServer: new (
    options: object,
  ) => { on(name: 'connection', listener: (socket: WebSocket) => void): void; close(): void };
};

export const pg = load('pg') as {
  readonly Client: new (
    options: object,
  ) => {
    connect(): Promise<void>;
    query(text: string): Promise<{ rows: unknown[] }>;
    end(): Promise<void>;
  };
};

export const nodemailer = load('nodemailer') as {
  createTransport(options: object): {
    sendMail(message: object): Promise<{ response: string }>;
    close(): void;
  };
};
