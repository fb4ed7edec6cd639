// --starttls: a server is asked in its own protocol to change over to TLS, before any TLS is spoken. What it says until then is not
// protected, so nothing of it is believed but that TLS may begin; and bytes that came behind its consent, which a man in the
// middle could have put there for us to take as part of the protected talk (CVE-2011-0411, CVE-2021-23222), end the connection.

import type { Transport } from '../node/socket_base.ts';
import type { CHOICES } from './choices.ts';
import { CliError, EXIT } from './exit_codes.ts';
import { PlainEnd, PlainFlood, PlainTalk } from './plain_talk.ts';
import { ldap, mysql, postgres } from './starttls_binary.ts';
import { Declined, type Dialogue, Nonsense, type StarttlsEvents } from './starttls_dialogue.ts';
import { ftp, imap, pop3, smtp, xmpp } from './starttls_text.ts';
import { safe } from './terminal.ts';
import { filled } from './text.ts';
import { STARTTLS } from './texts/starttls.ts';

interface Protocol {
  readonly port: number;
  /** Speaks until the server has agreed; anything else is thrown. */
  readonly ask: (dialogue: Dialogue) => Promise<void>;
}

export type ProtocolName = (typeof CHOICES.starttls)[number];

export const PROTOCOLS = {
  smtp: { port: 25, ask: smtp },
  imap: { port: 143, ask: imap },
  pop3: { port: 110, ask: pop3 },
  ftp: { port: 21, ask: ftp },
  postgres: { port: 5432, ask: postgres },
  mysql: { port: 3306, ask: mysql },
  ldap: { port: 389, ask: ldap },
  xmpp: { port: 5222, ask: xmpp },
} as const satisfies Record<ProtocolName, Protocol>;

/** Rejects with a CliError: 64 when the server does not change over, 8 for what is not the protocol. */
export async function startTls(
  socket: Transport,
  name: ProtocolName,
  host: string,
  events: StarttlsEvents,
  signal: AbortSignal,
): Promise<void> {
  const talk = new PlainTalk(socket, signal);
  try {
    await PROTOCOLS[name].ask({ talk, host, events });
    // Time for the rest of a segment that came in two pieces is not needed: whoever wants to be believed sends both in one.
    const rest = talk.release();
    if (rest.length > 0) {
      const values = { count: rest.length, text: safe(JSON.stringify(rest.subarray(0, 60).toString('latin1'))) };
      throw new CliError(EXIT.starttls, filled(STARTTLS.injected, values), STARTTLS.injectedHint);
    }
  } catch (error) {
    throw failureOf(error, name, talk.heard);
  } finally {
    talk.release();
  }
}

function failureOf(error: unknown, name: ProtocolName, heard: string): unknown {
  const said = safe(JSON.stringify(heard.slice(0, 80)));
  if (error instanceof Declined) {
    const { en, zh } = filled(error.text, { protocol: name });
    if (error.line === '') return new CliError(EXIT.starttls, { en, zh }, STARTTLS.declinedHint);
    const line = safe(JSON.stringify(error.line.slice(0, 200)));
    return new CliError(EXIT.starttls, { en: `${en}: ${line}`, zh: `${zh}：${line}` }, STARTTLS.declinedHint);
  }
  if (error instanceof PlainEnd && heard === '') return new CliError(EXIT.starttls, STARTTLS.closed);
  if (error instanceof Nonsense || error instanceof PlainFlood || error instanceof PlainEnd) {
    return new CliError(EXIT.reply, filled(STARTTLS.nonsense, { protocol: name, said }), STARTTLS.nonsenseHint);
  }
  return error;
}
