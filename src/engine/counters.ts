// What a peer may do only so often (record/limits.ts): each input that costs us something and moves nothing is counted, and none
// is forgotten because another came between.

import type { MessageName } from '../handshake/machine.ts';
import type { Limits } from '../record/limits.ts';
import { TlsError } from '../wire/tls_error.ts';

export class Counters {
  private readonly limits: Limits;
  private warnings = 0;
  private ignored = 0;
  private updates = 0;
  private tickets = 0;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** A warning alert. Data between two of them shows a peer that means it. */
  warning(): void {
    if (++this.warnings > this.limits.warnings) {
      throw new TlsError('ERR_TLS_TOO_MANY_WARNINGS', `${this.warnings} warning alerts in a row`);
    }
  }

  data(): void {
    this.warnings = 0;
  }

  /** A message or ChangeCipherSpec that the table drops. */
  drop(name: string): void {
    if (++this.ignored > this.limits.ignoredChangeCipherSpecs) {
      const problem = `${this.ignored} messages to be ignored, of ${name} last`;
      throw new TlsError('ERR_TLS_TOO_MANY_CHANGE_CIPHER_SPECS', problem);
    }
  }

  /** A message in open traffic. */
  postHandshake(name: MessageName): void {
    const tooMany =
      name === 'new_session_ticket'
        ? ++this.tickets > this.limits.sessionTickets
        : ++this.updates > this.limits.keyUpdates;
    if (tooMany) throw new TlsError('ERR_TLS_TOO_MANY_POST_HANDSHAKE', `too many ${name} messages`);
  }
}
