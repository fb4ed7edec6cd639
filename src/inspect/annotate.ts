// Bytes of a message as a tree of explained fields. The very codecs that the stack parses with are run again and report
// which bytes were which field; names, meanings and sections come from the tables in texts/. A pure function over bytes: it
// never throws, and of damaged bytes it returns what could be read and where reading stopped.

import { DecodeError } from '../bytes/decode_error.ts';
import type { Span, Spanned } from '../codec/run.ts';
import { EXTENSIONS, type ExtensionMessage, type ExtensionName } from '../wire/extensions.ts';
import { HANDSHAKE_HEADER_LENGTH, handshakeHeader } from '../wire/messages.ts';
import { CONTENT_TYPE, isGrease } from '../wire/registry/names.ts';
import { decodeSpans } from '../wire/spans.ts';
import { TlsError } from '../wire/tls_error.ts';
import { labelOf, prefixLength, valueText } from './display.ts';
import { escapeText } from './escape.ts';
import { type FormContext, type MessageForm, type MessageName, messageName, readForm, recordHeader } from './forms.ts';
import { type ContentReaders, isListOfNames, readableText } from './readable.ts';
import { type RemarkFacts, remarkOn } from './remarks.ts';
import type { FieldText, Text } from './text.ts';
import { EXTENSION_RFC } from './texts/extension_rfc.ts';
import { EXTENSION_FIELDS, EXTENSION_FRAME, EXTENSION_IN, EXTENSION_TEXTS } from './texts/fields_extensions.ts';
import { HANDSHAKE_FIELDS } from './texts/fields_handshake.ts';
import { HELLO_FIELDS } from './texts/fields_hello.ts';
import { KEY_EXCHANGE_FIELDS } from './texts/fields_key_exchange.ts';
import { FORM_RFC } from './texts/form_rfc.ts';

export interface AnnotateContext extends FormContext {
  /** The content type it came in: handshake (22, the default), change_cipher_spec (20) or alert (21). */
  readonly contentType?: number | undefined;
  /** For what takes X.509 to read; without them such values are shown as hexadecimal. */
  readonly readers?: ContentReaders | undefined;
  /** For extensions that the stack does not speak; without it they keep their bytes. */
  readonly others?: OtherExtensions | undefined;
}

/** What opens extensions that are only shown, and explains them. */
export interface OtherExtensions {
  /** The body of extension `id` under its name; undefined where there is no codec for this message, or it does not fit. */
  readonly read: (id: number, message: ExtensionMessage, body: Uint8Array) => Span | undefined;
  /** By number. */
  readonly texts: Readonly<Record<number, FieldText>>;
  /** By the extension's name and the names of the fields. */
  readonly fields: Readonly<Record<string, FieldText>>;
}

export interface AnnotatedField {
  /** The RFC's name of the field, `[2]` for an item of a list, the extension's name for its body. */
  readonly name: string;
  /** From the message inwards: `client_hello.extensions[0].server_name[0].host_name`. */
  readonly path: string;
  /** The bytes of the field in `raw`, its length prefix included: `start` inclusive, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** How many bytes at `start` are the length of what follows. */
  readonly prefixLength: number;
  /** The value as text, escaped. Long byte strings are shortened; the bytes themselves are in `raw`. */
  readonly value: string;
  /** The registry's name for the value. */
  readonly label: string | undefined;
  /** What the field is for. */
  readonly meaning: Text;
  /** What this very value tells, where it tells something. */
  readonly remark: Text | undefined;
  readonly rfc: string;
  readonly children: readonly AnnotatedField[];
}

/** Why reading stopped: `offset` counts from the start of `raw`; a rule broken by the whole message has none. */
export interface AnnotationError {
  readonly problem: string;
  readonly offset: number | undefined;
  readonly path: string;
}

export interface AnnotatedMessage {
  readonly name: MessageName | 'record';
  readonly form: MessageForm | 'record_header';
  readonly raw: Uint8Array;
  readonly rfc: string;
  /** Handshake header first where there is one, then the body. */
  readonly fields: readonly AnnotatedField[];
  readonly error: AnnotationError | undefined;
}

/**
 * Annotates a handshake message with its four-byte header, the byte of a ChangeCipherSpec, or the two of an alert.
 * Without a version or key exchange in the context the form is told from the bytes. Never throws.
 */
export function annotateMessage(raw: Uint8Array, context: AnnotateContext = {}): AnnotatedMessage {
  if (context.contentType === CONTENT_TYPE.change_cipher_spec) return annotateBare('change_cipher_spec', raw);
  if (context.contentType === CONTENT_TYPE.alert) return annotateBare('alert', raw);
  return annotateHandshake(raw, context);
}

/** Annotates the five bytes of a record header (RFC 8446 5.1). Bytes behind them are not looked at. */
export function annotateRecord(bytes: Uint8Array): AnnotatedMessage {
  const raw = bytes.subarray(0, 5);
  const read = decodeSpans(recordHeader, raw);
  const place: Place = { ...NO_PLACE, path: 'record', key: 'record_header' };
  return {
    name: 'record',
    form: 'record_header',
    raw,
    rfc: FORM_RFC.record_header,
    fields: read.spans.map((span) => field(span, place)),
    error: errorOf(read.error, 'record', 0),
  };
}

function annotateHandshake(raw: Uint8Array, context: AnnotateContext): AnnotatedMessage {
  const header = decodeSpans(handshakeHeader, raw.subarray(0, HANDSHAKE_HEADER_LENGTH));
  const headerPlace: Place = { ...NO_PLACE, path: 'handshake', key: 'handshake' };
  const headerFields = header.spans.map((span) => field(span, headerPlace));
  if (header.value === undefined) {
    const error = errorOf(header.error, 'handshake', 0);
    return { name: 'unknown', form: 'opaque', raw, rfc: FORM_RFC.opaque, fields: headerFields, error };
  }
  const { msg_type, length } = header.value;
  const body = raw.subarray(HANDSHAKE_HEADER_LENGTH, HANDSHAKE_HEADER_LENGTH + length);
  const name = messageName(msg_type, body);
  const { form, read, guessed } = readForm(name, body, context);
  const place: Place = {
    path: name,
    key: form,
    base: HANDSHAKE_HEADER_LENGTH,
    scope: { form },
    facts: { tls13: speaks13(form, read), guessed },
    readers: context.readers ?? {},
    others: context.others,
  };
  const fields = [...headerFields, ...read.spans.map((span) => field(span, place))];
  const error = errorOf(read.error, name, HANDSHAKE_HEADER_LENGTH) ?? lengthError(raw, length, name);
  return { name, form, raw, rfc: FORM_RFC[form], fields, error };
}

function annotateBare(name: 'change_cipher_spec' | 'alert', raw: Uint8Array): AnnotatedMessage {
  const { form, read } = readForm(name, raw, {});
  const error = errorOf(read.error, name, 0);
  const place: Place = { ...NO_PLACE, path: name, key: form, scope: { form } };
  return { name, form, raw, rfc: FORM_RFC[form], fields: read.spans.map((span) => field(span, place)), error };
}

/** Where in the tree a span stands: its public path, its key in the text tables, and what its children are. */
interface Place {
  readonly path: string;
  readonly key: string;
  readonly base: number;
  readonly scope: Scope;
  readonly facts: RemarkFacts;
  readonly readers: ContentReaders;
  readonly others: OtherExtensions | undefined;
}

interface Scope {
  readonly form: MessageForm | 'record_header';
  /** Set within the body of an extension: where it is described. */
  readonly extensionRfc?: string;
}

const NO_PLACE: Place = {
  path: '',
  key: '',
  base: 0,
  scope: { form: 'record_header' },
  facts: { tls13: false, guessed: undefined },
  readers: {},
  others: undefined,
};

function speaks13(form: MessageForm, { spans, error }: Spanned<unknown>): boolean | undefined {
  if (form !== 'client_hello') return form === 'server_hello_13';
  return offers13(spans) || (error === undefined ? false : undefined);
}

function field(span: Span, parent: Place): AnnotatedField {
  const isItem = span.name.startsWith('[');
  const path = isItem ? parent.path + span.name : `${parent.path}.${span.name}`;
  const key = isItem ? `${parent.key}[]` : `${parent.key}.${span.name}`;
  const place: Place = { ...parent, path, key };
  if (isItem && parent.scope.extensionRfc === undefined && parent.key.endsWith('extensions')) {
    return extensionField(span, place);
  }
  const text = textOf(key, parent);
  return build(
    span,
    place,
    text,
    span.children.map((child) => field(child, place)),
  );
}

/** One extension: type and length, then its body, opened when the table has a codec for it in this message. */
function extensionField(span: Span, place: Place): AnnotatedField {
  const [type, length, body] = span.children;
  const id = typeof type?.value === 'number' ? type.value : undefined;
  const name = type?.label !== undefined && type.label in EXTENSIONS ? (type.label as ExtensionName) : undefined;
  const frame = { ...place, key: 'extension_frame' };
  const children: AnnotatedField[] = [];
  if (type !== undefined) children.push(build(type, within(frame, type), EXTENSION_FRAME.type, []));
  if (length !== undefined) children.push(build(length, within(frame, length), EXTENSION_FRAME.length, []));
  if (body !== undefined && name !== undefined && body.name === name) {
    children.push(bodyField(body, place, extensionText(name, place.scope.form)));
  } else if (body !== undefined) {
    children.push(otherBody(id, body, place) ?? build(body, within(frame, body), EXTENSION_FRAME.data, []));
  }
  const opened = children.length > 2 && children.at(-1)?.name === type?.label;
  const text =
    name === undefined
      ? strangeText(id, place)
      : opened
        ? extensionText(name, place.scope.form)
        : EXTENSION_FRAME.misplaced;
  const built = build(span, place, text, children);
  const inner = children.at(-1);
  const value = opened && inner !== undefined ? [inner.value, inner.label].filter(Boolean).join(' ') : built.value;

  return { ...built, value, label: type?.label, remark: undefined };
}

/** The body of an extension under its name. */
function bodyField(body: Span, place: Place, text: FieldText): AnnotatedField {
  const { name } = body;
  const scope: Scope = { ...place.scope, extensionRfc: text.rfc ?? '' };
  const at: Place = { ...place, path: `${place.path}.${name}`, key: name, scope };
  return build(
    body,
    at,
    text,
    body.children.map((child) => field(child, at)),
  );
}

/** One that the stack does not speak, where there is a codec to show it with. */
function otherBody(id: number | undefined, { value, start }: Span, place: Place): AnnotatedField | undefined {
  const column = columnOf(place.scope.form);
  if (id === undefined || column === undefined || !(value instanceof Uint8Array)) return undefined;
  const body = place.others?.read(id, column, value);
  return body && bodyField(body, { ...place, base: place.base + start }, strangeText(id, place));
}

function within(place: Place, span: Span): Place {
  return { ...place, path: `${place.path}.${span.name}` };
}

function build(span: Span, place: Place, text: FieldText, children: readonly AnnotatedField[]): AnnotatedField {
  return {
    name: span.name,
    path: place.path,
    start: span.start + place.base,
    end: span.end + place.base,
    prefixLength: prefixLength(span),
    value: readableText(place.key, span.value, place.readers) ?? listOfNames(place, children) ?? valueText(span),
    label: labelOf(span),
    meaning: { en: text.en, zh: text.zh },
    remark: remarkOn(place.key, span, place.facts),
    rfc: text.rfc ?? rfcOf(place),
    children,
  };
}

/** A list of names by its first names. */
function listOfNames({ key, readers }: Place, items: readonly AnnotatedField[]): string | undefined {
  if (items.length === 0 || readers.distinguishedName === undefined || !isListOfNames(key)) return undefined;
  const more = items.length > SHOWN_NAMES ? `; … (+${items.length - SHOWN_NAMES})` : '';
  return `${items
    .slice(0, SHOWN_NAMES)
    .map((item) => item.value)
    .join('; ')}${more}`;
}

const SHOWN_NAMES = 3;
const NO_TEXT: FieldText = { en: '', zh: '' };

function textOf(key: string, { scope, others }: Place): FieldText {
  const own = key.startsWith('handshake.') || scope.extensionRfc === undefined;
  return (
    (own
      ? (HELLO_FIELDS[key] ?? HANDSHAKE_FIELDS[key] ?? KEY_EXCHANGE_FIELDS[key] ?? frameListText(key))
      : (EXTENSION_FIELDS[key] ?? others?.fields[key])) ?? NO_TEXT
  );
}

function frameListText(key: string): FieldText | undefined {
  return key.endsWith('.extensions') ? HELLO_FIELDS['client_hello.extensions'] : undefined;
}

function extensionText(name: ExtensionName, form: Scope['form']): FieldText {
  const column = columnOf(form);
  const text = (column === undefined ? undefined : EXTENSION_IN[`${name}@${column}`]) ?? EXTENSION_TEXTS[name];
  return { ...text, rfc: EXTENSION_RFC[name] };
}

function strangeText(id: number | undefined, { others }: Place): FieldText {
  if (id !== undefined && isGrease(id)) return EXTENSION_FRAME.grease;
  return (id === undefined ? undefined : others?.texts[id]) ?? EXTENSION_FRAME.unknown;
}

function rfcOf({ scope }: Place): string {
  return scope.extensionRfc ?? FORM_RFC[scope.form];
}

/** The column of the table of extensions that a form of message reads. */
function columnOf(form: Scope['form']): ExtensionMessage | undefined {
  switch (form) {
    case 'client_hello':
    case 'server_hello_12':
    case 'server_hello_13':
    case 'hello_retry_request':
    case 'encrypted_extensions':
      return form;
    case 'certificate_13':
      return 'certificate';
    case 'certificate_request_13':
      return 'certificate_request';
    case 'new_session_ticket_13':
      return 'new_session_ticket';
    default:
      return undefined;
  }
}

function offers13(spans: readonly Span[]): boolean {
  const extensions = spans.find((span) => span.name === 'extensions')?.children ?? [];
  const versions = extensions.flatMap((item) => item.children.filter((child) => child.name === 'supported_versions'));
  return versions.some((list) => Array.isArray(list.value) && list.value.includes(0x0304));
}

function errorOf(error: unknown, name: string, base: number): AnnotationError | undefined {
  if (error === undefined) return undefined;
  if (error instanceof DecodeError) {
    const path = [name, ...error.path].join('.').replaceAll('.[', '[');
    return { problem: escapeText(error.problem), offset: error.offset + base, path };
  }
  const field = error instanceof TlsError ? error.where?.field : undefined;
  const problem = error instanceof Error ? error.message : String(error);
  return { problem: escapeText(problem), offset: undefined, path: field === undefined ? name : `${name}.${field}` };
}

function lengthError(raw: Uint8Array, length: number, path: string): AnnotationError | undefined {
  const there = raw.length - HANDSHAKE_HEADER_LENGTH;
  if (there === length) return undefined;
  if (there < length)
    return { problem: `the header announces ${length} bytes, ${there} are there`, offset: raw.length, path };
  const extra = `${there - length} bytes follow the message`;
  return { problem: extra, offset: HANDSHAKE_HEADER_LENGTH + length, path };
}
