// What the driver needs to become a client or a server.

import type { AnyState, Row } from '../handshake/machine.ts';
import type { ClientConfig, ServerConfig } from '../handshake/shared/config.ts';
import type { Limits } from '../record/limits.ts';
import type { Protection } from '../record/protect.ts';
import type { Watching } from './context.ts';

/** A table with its states' types forgotten, as the driver sees it. */
export type AnyTable = { readonly [name: string]: Row<never> };

/** What makes a connection a client's or a server's. */
export interface Setup {
  readonly table: AnyTable;
  readonly initial: AnyState;
  readonly config: ClientConfig | ServerConfig;
  readonly limits: Limits;
  readonly watching: Watching;
  readonly protection: Protection;
}
