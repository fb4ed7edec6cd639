// An https.Agent whose connections are ours: for https.request, fetch-like clients, and whatever takes an agent. Like node's, it
// keeps sessions for the servers that it has been to, each under all the options that the connection was made with.

import type { IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions as HttpsAgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ClientSideOptions } from './client_side.ts';
import { type ConnectOptions, connect } from './connect.ts';

/** What https.Agent takes, and with it what is beyond node:tls (hello, policy, pins, observe ...). */
export type AgentOptions = Omit<HttpsAgentOptions, keyof ClientSideOptions> & ClientSideOptions;

/** As https.Agent has it. */
const MAX_SESSIONS = 100;

export class Agent extends HttpsAgent {
  /** The latest last. */
  readonly #sessions = new Map<string, Buffer>();
  readonly #most: number;

  constructor(options: AgentOptions = {}) {
    super(options as HttpsAgentOptions);
    this.#most = options.maxCachedSessions ?? MAX_SESSIONS;
  }

  override createConnection(options: object): Duplex {
    const given = options as ConnectOptions;
    const name = this.getName(options);
    const session = given.session ?? this.#sessions.get(name);
    const socket = connect({ ...given, session });
    socket.on('session', (latest: Buffer) => this.#keep(name, latest));
    socket.once('error', (error: Error) => {
      this.#sessions.delete(name);
      breakAnswer(socket, error);
    });
    return socket;
  }

  #keep(name: string, session: Buffer): void {
    if (this.#most === 0) return;
    this.#sessions.delete(name);
    this.#sessions.set(name, session);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > this.#most && oldest !== undefined) this.#sessions.delete(oldest);
  }
}

/**
 * node:http takes the death of a connection for the end of an answer that has no length of its own, and would hand over as whole what
 * was cut off without close_notify (RFC 8446 6.1, RFC 9112 9.8). This runs before it does so: whoever reads the body gets the error.
 */
function breakAnswer(socket: object, error: Error): void {
  const { _httpMessage: request } = socket as { _httpMessage?: { readonly res?: IncomingMessage | null } | null };
  const answer = request?.res;
  if (answer !== undefined && answer !== null && !answer.complete) answer.destroy(error);
}
