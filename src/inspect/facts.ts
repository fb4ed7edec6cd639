// The few facts of a message that are worth a place beside its name: the host that is asked for, the suite that was chosen,
// the group, the scheme. Read from the annotated bytes, and therefore escaped.

import { type AnnotatedField, annotateMessage } from './annotate.ts';
import type { FormContext, MessageName } from './forms.ts';
import { suiteNames } from './negotiated.ts';
import type { Lang } from './text.ts';

/** What kind of message it came as, besides what the codecs need to know. */
export interface FactsOf extends FormContext {
  readonly name: MessageName;
  readonly contentType: number;
  readonly raw: Uint8Array;
}

export interface Fact {
  readonly text: string;
  /** A shorter way to say it, for narrow places. */
  readonly short?: string;
  /** The first to be left out. */
  readonly minor?: true;
}

/** Short texts, the most telling first; empty for a message without any, or one that cannot be read. */
export function factsOf(message: FactsOf, lang: Lang): readonly Fact[] {
  const rows = ROWS[message.name];
  if (rows === undefined) return [];
  const { fields } = annotateMessage(message.raw, message);
  return rows.flatMap((row) => {
    const fact = row(fields, lang);
    return fact === undefined ? [] : [typeof fact === 'string' ? { text: fact } : fact];
  });
}

type Row = (fields: readonly AnnotatedField[], lang: Lang) => string | Fact | undefined;

/** The label of a field, else its value. */
function say(path: readonly string[], prefix = ''): Row {
  return (fields) => {
    const found = find(fields, path);
    const text = found === undefined ? '' : (found.label ?? found.value);
    return text === '' ? undefined : prefix + text;
  };
}

function extension(name: string, prefix: string): Row {
  return (fields) => {
    const list = find(fields, ['extensions'])?.children ?? [];
    const body = list.find((one) => one.label === name)?.children.find((one) => one.name === name);
    return body === undefined || body.value === '' ? undefined : prefix + (body.label ?? body.value);
  };
}

const certificates: Row = (fields, lang) => {
  const count = find(fields, ['certificate_list'])?.children.length;
  if (count === undefined) return undefined;
  if (lang === 'zh') return `${count} 张证书`;
  return count === 1 ? '1 certificate' : `${count} certificates`;
};

const ROWS: Readonly<Partial<Record<MessageName, readonly Row[]>>> = {
  client_hello: [
    extension('server_name', 'SNI '),
    extension('application_layer_protocol_negotiation', 'ALPN '),
    ticket,
  ],
  hello_retry_request: [extension('key_share', '')],
  server_hello: [version, suite, keyShareGroup],
  encrypted_extensions: [extension('application_layer_protocol_negotiation', 'ALPN ')],
  certificate: [certificates],
  server_key_exchange: [say(['params', 'named_curve']), say(['algorithm'])],
  certificate_verify: [say(['algorithm'])],
  key_update: [say(['request_update'])],
  alert: [say(['level']), say(['description'])],
};

/** A ticket that is brought, not the empty extension that asks for one. */
function ticket(fields: readonly AnnotatedField[], lang: Lang): Fact | undefined {
  const list = find(fields, ['extensions'])?.children ?? [];
  const body = list
    .find((one) => one.label === 'session_ticket')
    ?.children.find((one) => one.name === 'session_ticket');
  if (body === undefined || body.start === body.end) return undefined;
  return { text: lang === 'zh' ? '会话票据' : 'ticket', minor: true };
}

function suite(fields: readonly AnnotatedField[]): Fact | undefined {
  const found = find(fields, ['cipher_suite']);
  if (found === undefined) return undefined;
  return { text: found.label ?? found.value, short: suiteNames(Number(found.value)).openssl };
}

function version(fields: readonly AnnotatedField[], lang: Lang): Fact | undefined {
  const found = extension('supported_versions', '')(fields, lang) ?? say(['legacy_version'])(fields, lang);
  return typeof found === 'string' ? { text: found, minor: true } : found;
}

function keyShareGroup(fields: readonly AnnotatedField[]): string | undefined {
  const list = find(fields, ['extensions'])?.children ?? [];
  const body = list.find((one) => one.label === 'key_share')?.children.find((one) => one.name === 'key_share');
  return body?.children.find((one) => one.name === 'group')?.label;
}

function find(fields: readonly AnnotatedField[], path: readonly string[]): AnnotatedField | undefined {
  let level = fields;
  let found: AnnotatedField | undefined;
  for (const name of path) {
    found = level.find((one) => one.name === name);
    if (found === undefined) return undefined;
    level = found.children;
  }
  return found;
}
