// The walk over the handshake's table: an input finds its cell, after as many `otherwise` moves as it takes; the cell's handler
// returns the next state; needs, writability and the agreement become events. What an input is, and when one is read, is for
// connection.ts to know.

import type { AnyState, Cell, InputName } from '../handshake/machine.ts';
import { HANDSHAKE_TYPE } from '../wire/registry/names.ts';
import { EngineContext } from './context.ts';
import type { TlsEvent } from './events.ts';
import { parse, unexpected } from './inputs.ts';
import type { AnyTable, Setup } from './setup.ts';

/** Inputs that are messages. */
const HANDSHAKE_MESSAGES = { ...HANDSHAKE_TYPE, hello_retry_request: true };

export class TableDriver {
  protected readonly context: EngineContext;
  protected readonly table: AnyTable;
  protected state: AnyState;
  /** What the present call has caused so far. */
  protected events: TlsEvent[] = [];
  protected needId = 0;
  /** Whether the need with this id is open. */
  protected waiting = false;
  protected connected = false;
  private toldWritable = false;

  constructor({ table, initial, config, limits, watching, protection }: Setup) {
    this.table = table;
    this.state = initial;
    this.context = new EngineContext(config, limits, watching, protection);
  }

  /** Runs the cell of an input that is neither bytes nor an answer; false when there is none. */
  protected signal(input: InputName): boolean {
    const cell = this.table[this.state.name]?.on[input];
    if (cell?.kind !== 'signal') return false;
    this.run(input, () => cell.handle(this.context, this.state as never));
    return true;
  }

  /**
   * The cell for this input, after as many `otherwise` moves as it takes. Undefined for a message that must wait, since such
   * a move led to a need. @throws TlsError unexpected_message
   */
  protected cellFor(input: InputName): Cell<never> | undefined {
    for (;;) {
      const row = this.table[this.state.name];
      const cell = row?.on[input];
      if (cell !== undefined) return cell;
      const otherwise = row?.otherwise;
      if (otherwise === undefined) throw unexpected(input, this.state.name, row);
      this.run('otherwise', () => otherwise.handle(this.context, this.state as never));
      if (this.waiting && input in HANDSHAKE_MESSAGES) return undefined;
    }
  }

  /** Runs a handler and moves to the state it returns. */
  protected run(input: string, handle: () => AnyState): void {
    const { context } = this;
    const { name: from, need: before } = this.state;
    const next = parse(input, handle);
    this.state = next;
    context.observe?.({ kind: 'state', from, to: next.name, input });
    // What changes beside an open need leaves it open.
    const same = this.waiting && next.need === before;
    if (next.need !== undefined && !same) {
      this.waiting = true;
      this.needId++;
      context.observe?.({ kind: 'need', id: this.needId, need: next.need.kind });
      this.events.push({ type: 'need', id: this.needId, need: next.need });
    }
    if (!this.connected && next.mayWrite === true && !this.toldWritable) {
      this.toldWritable = true;
      this.events.push(this.context.early.writable());
    }
    if (!this.connected && context.agreement !== undefined) this.open(context.agreement);
    this.events.push(...context.notices.splice(0));
  }

  private open(agreement: NonNullable<EngineContext['agreement']>): void {
    this.connected = true;
    this.context.transcript.end();
    const { version, suite, group, scheme, alpn, resumed } = agreement;
    this.context.observe?.({ kind: 'connected', version, suite: suite.id, group, scheme, alpn, resumed });
    this.events.push({ type: 'connected', agreement });
    this.events.push(...this.context.early.release());
  }
}
