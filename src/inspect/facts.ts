// The few facts of a message that are worth a place beside its name: the host that is asked for, the suite that was chosen,
// the group, the scheme, whose key, how many certificates. Read from the annotated bytes, and therefore escaped.

import { type AnnotateContext, type AnnotatedField, annotateMessage } from './annotate.ts';
import { dhPrime } from './dh_primes.ts';
import type { MessageName } from './forms.ts';
import { suiteNames } from './negotiated.ts';
import type { Lang } from './text.ts';
import { FACT_WORDS, type FactWords } from './texts/facts.ts';
import { durationText } from './texts/remarks.ts';

/** What kind of message it came as, besides what the codecs need to know. */
export interface FactsOf extends AnnotateContext {
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
  const seen: Seen = { fields, raw: message.raw, lang, words: FACT_WORDS[lang] };
  return rows.flatMap((row) => {
    const fact = row(seen);
    return fact === undefined ? [] : [typeof fact === 'string' ? { text: fact } : fact];
  });
}

interface Seen {
  readonly fields: readonly AnnotatedField[];
  readonly raw: Uint8Array;
  readonly lang: Lang;
  readonly words: FactWords;
}
type Row = (seen: Seen) => string | Fact | undefined;

/** The label of a field, else its value. */
function say(...path: readonly string[]): Row {
  return ({ fields }) => {
    const found = find(fields, path);
    const text = found === undefined ? '' : (found.label ?? found.value);
    return text === '' ? undefined : text;
  };
}

function extension(name: string, prefix: string): Row {
  return ({ fields }) => {
    const body = extensionBody(fields, name);
    return body === undefined || body.value === '' ? undefined : prefix + (body.label ?? body.value);
  };
}

/** A fact that follows from an extension being there. */
function whenThere(name: string, text: (words: FactWords, body: AnnotatedField) => string | undefined): Row {
  return ({ fields, words }) => {
    const body = extensionBody(fields, name);
    const said = body === undefined ? undefined : text(words, body);
    return said === undefined
      ? undefined
      : { text: said, short: said === words.preSharedKey ? 'PSK' : said, minor: true };
  };
}

/** Like `say`, for a value of which there is only one line: `identity "Client_identity"`. */
function named(field: string, text: (words: FactWords, value: string) => string): Row {
  return ({ fields, words }) => {
    const found = find(fields, [field]);
    return found === undefined || found.value === '(empty)' ? undefined : text(words, found.value);
  };
}

const ROWS: Readonly<Partial<Record<MessageName, readonly Row[]>>> = {
  client_hello: [
    extension('server_name', 'SNI '),
    extension('application_layer_protocol_negotiation', 'ALPN '),
    // A ticket that is brought, not the empty extension that asks for one.
    whenThere('session_ticket', (words, body) => (body.start === body.end ? undefined : words.ticket)),
    whenThere('pre_shared_key', (words, body) => {
      const count = body.children.find((one) => one.name === 'identities')?.children.length ?? 0;
      return count === 1 ? words.preSharedKey : words.preSharedKeys(count);
    }),
    whenThere('early_data', (words) => words.earlyData),
    whenThere('cookie', (words) => words.cookie),
  ],
  hello_retry_request: [extension('key_share', ''), whenThere('cookie', (words) => words.cookie)],
  server_hello: [version, suite, keyShareGroup, whenThere('pre_shared_key', (words) => words.pskTaken)],
  encrypted_extensions: [
    extension('application_layer_protocol_negotiation', 'ALPN '),
    whenThere('early_data', (words) => words.earlyDataAccepted),
  ],
  certificate: [certificates, stapled, timestamps],
  compressed_certificate: [say('algorithm'), unpacked],
  certificate_status: [ocsp],
  certificate_request: [authorities],
  server_key_exchange: [
    say('params', 'named_curve'),
    prime,
    say('algorithm'),
    named('psk_identity_hint', (words, value) => words.hint(value)),
  ],
  client_key_exchange: [named('psk_identity', (words, value) => words.identity(value))],
  certificate_verify: [say('algorithm')],
  new_session_ticket: [lifetime],
  key_update: [say('request_update')],
  alert: [say('level'), say('description')],
};

function certificates({ fields, words }: Seen): string | undefined {
  const list = find(fields, ['certificate_list']);
  if (list === undefined) return undefined;
  return list.children.length === 0 ? words.noCertificate : words.certificates(list.children.length);
}

/** Of the sender's own certificate (RFC 8446 4.4.2.1). */
function stapled({ fields, words }: Seen): Fact | undefined {
  const [own] = find(fields, ['certificate_list'])?.children ?? [];
  return own !== undefined && extensionBody(own.children, 'status_request') !== undefined
    ? { text: words.stapled, minor: true }
    : undefined;
}

function timestamps({ fields, words }: Seen): Fact | undefined {
  const [own] = find(fields, ['certificate_list'])?.children ?? [];
  const list = own === undefined ? undefined : extensionBody(own.children, 'signed_certificate_timestamp');
  return list === undefined ? undefined : { text: words.timestamps(list.children.length), minor: true };
}

function unpacked({ fields, words }: Seen): string | undefined {
  const length = Number(find(fields, ['uncompressed_length'])?.value);
  return Number.isNaN(length) ? undefined : words.unpacked(length);
}

/** What the response says where somebody could read it, else only that there is one. */
function ocsp({ fields }: Seen): string | undefined {
  const response = find(fields, ['response']);
  if (response === undefined) return undefined;
  return /^(?:[0-9a-f]|\()/.test(response.value) ? 'OCSP' : `OCSP ${response.value}`;
}

function authorities({ fields, words }: Seen): string | undefined {
  const list = find(fields, ['certificate_authorities']) ?? extensionBody(fields, 'certificate_authorities');
  return list === undefined || list.children.length === 0 ? undefined : words.authorities(list.children.length);
}

/** The name of the group, or how long its prime is. */
function prime({ fields, raw, words }: Seen): string | undefined {
  const found = find(fields, ['params', 'dh_p']);
  if (found === undefined) return undefined;
  const { bits, group } = dhPrime(raw.subarray(found.start + found.prefixLength, found.end));
  return group ?? words.bits(bits);
}

function lifetime({ fields, lang, words }: Seen): string | undefined {
  const ticket = find(fields, ['ticket']);
  if (ticket?.value === '(empty)') return words.noTicket;
  const seconds = Number((find(fields, ['ticket_lifetime']) ?? find(fields, ['ticket_lifetime_hint']))?.value);
  return Number.isNaN(seconds) || seconds === 0 ? undefined : durationText(seconds)[lang];
}

function suite({ fields }: Seen): Fact | undefined {
  const found = find(fields, ['cipher_suite']);
  if (found === undefined) return undefined;
  return { text: found.label ?? found.value, short: suiteNames(Number(found.value)).openssl };
}

function version(seen: Seen): Fact | undefined {
  const found = extension('supported_versions', '')(seen) ?? say('legacy_version')(seen);
  return typeof found === 'string' ? { text: found, minor: true } : found;
}

function keyShareGroup({ fields }: Seen): string | undefined {
  return extensionBody(fields, 'key_share')?.children.find((one) => one.name === 'group')?.label;
}

/** The opened body of an extension of the message, or of a certificate in it. */
function extensionBody(fields: readonly AnnotatedField[], name: string): AnnotatedField | undefined {
  const list = find(fields, ['extensions'])?.children ?? [];
  return list.find((one) => one.label === name)?.children.find((one) => one.name === name);
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
