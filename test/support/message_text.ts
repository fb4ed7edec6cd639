// Messages as `openssl s_client -msg` prints them (s_server: `sent` is `in`), out of what a client saw.

import { toHex } from '../../src/bytes/bytes.ts';
import type { Observation } from '../../src/engine/observe.ts';
import { CONTENT_TYPE } from '../../src/wire/registry/names.ts';

export type SeenMessage = Pick<Extract<Observation, { kind: 'message' }>, 'direction' | 'type' | 'raw'>;

const KINDS: Readonly<Record<number, string>> = {
  [CONTENT_TYPE.handshake]: 'Handshake',
  [CONTENT_TYPE.change_cipher_spec]: 'ChangeCipherSpec',
  [CONTENT_TYPE.alert]: 'Alert',
};

export function opensslText(messages: readonly SeenMessage[], sent: 'in' | 'out' = 'out'): string {
  return messages
    .map(({ direction, type, raw }) => {
      const arrow = direction === sent ? '>>>' : '<<<';
      const length = raw.length.toString(16).padStart(4, '0');
      return `${arrow} TLS 1.2, RecordHeader [length 0005]\n    16 03 03 00 00\n${arrow} TLS 1.3, ${KINDS[type]} [length ${length}], Name\n${hexLines(raw)}`;
    })
    .join('\n');
}

function hexLines(bytes: Uint8Array): string {
  return (toHex(bytes).match(/.{1,32}/g) ?? []).map((line) => `    ${line.match(/../g)?.join(' ')}`).join('\n');
}
