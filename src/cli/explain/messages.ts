// What `glasstls explain` says of messages: the paragraphs of the lesson, told apart by version where they differ.

import { messageTitle } from '../../inspect/names.ts';
import { FORM_RFC } from '../../inspect/texts/form_rfc.ts';
import { MESSAGE_TEXTS, type MessageKey } from '../../inspect/texts/messages.ts';
import type { HandshakeKind } from '../../inspect/timeline.ts';
import { HANDSHAKE_TYPE } from '../../wire/registry/names.ts';
import type { Text } from '../text.ts';
import { EXPLAIN, MESSAGES_BESIDES } from '../texts/explain.ts';
import type { Entry } from './entries.ts';

/** Handshake messages by number, and what is no handshake message. */
export function messageEntries(): readonly Entry[] {
  const numbered = Object.entries(HANDSHAKE_TYPE).map(([name, number]) => entryOf(name, number));
  const others = ['hello_retry_request', 'change_cipher_spec', 'application_data', 'alert'].map((name) =>
    entryOf(name),
  );
  return [...numbered, ...others];
}

function entryOf(name: string, number?: number): Entry {
  const title = messageTitle(name as never);
  const besides = MESSAGES_BESIDES[name];
  return {
    kind: 'message',
    title,
    names: [title, name, ...(number === undefined ? [] : [String(number), `message ${number}`, `handshake ${number}`])],
    ...(number !== undefined && { number: String(number) }),
    what: besides === undefined ? textsOf(name) : [besides.text],
    rfc: besides?.rfc ?? rfcOf(name),
  };
}

/** The kinds of handshakes in which words are looked for, and what is put in front of them. */
const VERSIONS: readonly (readonly [Text, readonly HandshakeKind[]])[] = [
  [EXPLAIN.tls13, ['tls13', 'resumed13']],
  [EXPLAIN.tls12, ['ecdhe12', 'rsa12', 'resumed12']],
];

function textsOf(name: string): readonly Text[] {
  const found: Text[] = [];
  for (const [lead, kinds] of VERSIONS) {
    for (const key of keysOf(name)) {
      const kind = kinds.find((one) => MESSAGE_TEXTS[one][key] !== undefined);
      const text = kind === undefined ? undefined : MESSAGE_TEXTS[kind][key];
      if (text === undefined) continue;
      const { line, paragraph } = text;
      const said = {
        en: `${lead.en}${[line.en, paragraph.en].filter(Boolean).join(' ')}`,
        zh: `${lead.zh}${[line.zh, paragraph.zh].filter(Boolean).join('')}`,
      };
      const again = found.some(({ en }) => en.endsWith(said.en.slice(lead.en.length)));
      if (!again) found.push(said);
    }
  }
  return found;
}

/** Some are explained by who sends them. */
function keysOf(name: string): readonly MessageKey[] {
  switch (name) {
    case 'finished':
    case 'change_cipher_spec':
      return [`client_${name}`, `server_${name}`];
    case 'certificate':
    case 'certificate_verify':
      return [name, `client_${name}`];
    case 'alert':
      return ['alert', 'close_notify'];
    default:
      return [name as MessageKey];
  }
}

function rfcOf(name: string): string {
  const found = Object.entries(FORM_RFC).filter(([form]) => form === name || form.replace(/_1[23]$/, '') === name);
  if (found.length > 0) return found.map(([, rfc]) => rfc).join(', ');
  const part = Object.entries(FORM_RFC).find(([form]) => form.startsWith(name));
  return part?.[1] ?? 'RFC 8446 4, 5';
}
