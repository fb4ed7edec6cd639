// The protocols of lines that change over to TLS: SMTP (RFC 3207), IMAP (RFC 9051 6.2.1), POP3 (RFC 2595 4), FTP (RFC 4217 4), and
// XMPP (RFC 6120 5), whose lines are XML.

import { Declined, type Dialogue, Nonsense } from './starttls_dialogue.ts';
import { STARTTLS } from './texts/starttls.ts';

export async function smtp(dialogue: Dialogue): Promise<void> {
  await expect(dialogue, 220);
  say(dialogue, 'EHLO glasstls.invalid');
  const offers = await replies(dialogue, 250);
  if (!offers.some((line) => /^STARTTLS$/i.test(line.trim()))) throw new Declined(STARTTLS.notOffered, '');
  say(dialogue, 'STARTTLS');
  await expect(dialogue, 220);
}

export async function ftp(dialogue: Dialogue): Promise<void> {
  await expect(dialogue, 220);
  say(dialogue, 'AUTH TLS');
  await expect(dialogue, 234);
}

export async function imap(dialogue: Dialogue): Promise<void> {
  const greeting = await hear(dialogue);
  if (!/^\* (?:OK|PREAUTH)\b/i.test(greeting)) throw declinedOr(greeting, /^\* BYE\b/i);
  const offers = await tagged(dialogue, 'a1', 'CAPABILITY');
  const known = offers.flatMap((line) => (/^\* CAPABILITY /i.test(line) ? line.toUpperCase().split(/\s+/) : []));
  if (!known.includes('STARTTLS')) throw new Declined(STARTTLS.notOffered, '');
  await tagged(dialogue, 'a2', 'STARTTLS');
}

export async function pop3(dialogue: Dialogue): Promise<void> {
  const greeting = await hear(dialogue);
  if (!greeting.startsWith('+OK')) throw declinedOr(greeting, /^-ERR\b/);
  say(dialogue, 'STLS');
  const answer = await hear(dialogue);
  if (!answer.startsWith('+OK')) throw declinedOr(answer, /^-ERR\b/);
}

export async function xmpp(dialogue: Dialogue): Promise<void> {
  const { host } = dialogue;
  const to = host.replace(/[<>&'"]/g, '');
  const open = `<stream:stream to='${to}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`;
  say(dialogue, `<?xml version='1.0'?>${open}`, '');
  const features = await hearXml(
    dialogue,
    /<\/stream:features>|<stream:features\s*\/>|<\/?stream:error|<\/stream:stream>/,
  );
  if (!features.includes('<stream:stream')) throw new Nonsense();
  if (!/<starttls[\s/>]/.test(features)) throw new Declined(STARTTLS.notOffered, '');
  say(dialogue, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", '');
  const answer = await hearXml(dialogue, /<(?:proceed|failure|stream:error)[^>]*>|<\/stream:stream>/);
  if (!/<proceed[\s/>]/.test(answer)) throw new Declined(STARTTLS.refused, answer.trim());
  // `<proceed ...></proceed>` is the same as `<proceed .../>`.
  if (!/\/>$/.test(answer)) await dialogue.talk.through(/<\/proceed>/);
}

/** A line out; `end` goes behind it unseen. */
function say({ talk, events }: Dialogue, line: string, end = '\r\n'): void {
  events.said(line);
  talk.send(line + end);
}

async function hear({ talk, events }: Dialogue): Promise<string> {
  const line = await talk.line();
  events.heard(line);
  return line;
}

async function hearXml({ talk, events }: Dialogue, pattern: RegExp): Promise<string> {
  const text = await talk.through(pattern);
  events.heard(text);
  return text;
}

/** The lines of a reply of SMTP or FTP, without its number (RFC 5321 4.2.1, RFC 959 4.2). */
async function replies(dialogue: Dialogue, wanted: number): Promise<readonly string[]> {
  const lines: string[] = [];
  for (;;) {
    const line = await hear(dialogue);
    const [, code, mark, text = ''] = /^(\d{3})([ -]|$)(.*)$/.exec(line) ?? [];
    if (code === undefined) {
      // Between the first and the last line of a reply FTP allows lines of any form.
      if (lines.length === 0) throw new Nonsense();
      lines.push(line);
      continue;
    }
    if (Number(code) !== wanted) throw new Declined(STARTTLS.refused, line);
    lines.push(text);
    if (mark !== '-') return lines;
  }
}

async function expect(dialogue: Dialogue, wanted: number): Promise<void> {
  await replies(dialogue, wanted);
}

/** A command of IMAP and the lines that come before its tagged answer, which has to be OK. */
async function tagged(dialogue: Dialogue, tag: string, command: string): Promise<readonly string[]> {
  say(dialogue, `${tag} ${command}`);
  const lines: string[] = [];
  for (;;) {
    const line = await hear(dialogue);
    if (line.startsWith(`${tag} `)) {
      if (!/^\S+ OK\b/i.test(line)) throw new Declined(STARTTLS.refused, line);
      return lines;
    }
    if (!line.startsWith('* ')) throw new Nonsense();
    lines.push(line);
  }
}

function declinedOr(line: string, refusal: RegExp): Error {
  return refusal.test(line) ? new Declined(STARTTLS.refused, line) : new Nonsense();
}
