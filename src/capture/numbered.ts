// The messages of a connection one after the other, numbered as they are shown: handshake messages, ChangeCipherSpecs, alerts, pieces
// of data, and records that stayed sealed.

import { decode } from '../codec/run.ts';
import type { MessageName } from '../inspect/forms.ts';
import type { Side } from '../inspect/trace.ts';
import { clientHello, HANDSHAKE_HEADER_LENGTH } from '../wire/messages.ts';
import { CONTENT_TYPE } from '../wire/registry/names.ts';
import type { CapturedConnection } from './connection.ts';
import type { Epoch } from './key_change.ts';
import { sealedName, wiresharkName } from './wireshark_names.ts';

export interface NumberedMessage {
  /** Counts from 1 within the connection. */
  readonly number: number;
  readonly frame: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly from: Side;
  readonly contentType: number;
  /** Undefined for data, and for what stayed sealed. */
  readonly name: MessageName | undefined;
  /** In Wireshark's words. */
  readonly title: string;
  readonly raw: Uint8Array | undefined;
  /** The first bytes of application data, where they were kept (`contentLength`). */
  readonly content: Uint8Array | undefined;
  readonly length: number;
  readonly epoch: Epoch;
  readonly sealed: boolean;
}

export function messagesOf({ items }: CapturedConnection): readonly NumberedMessage[] {
  const out: NumberedMessage[] = [];
  for (const { frame, time, observation, sealed, content } of items) {
    if (!('direction' in observation)) continue;
    const from: Side = observation.direction === 'out' ? 'client' : 'server';
    const common = { number: out.length + 1, frame, time, from, sealed, content };
    if (observation.kind === 'message') {
      const { type: contentType, name, raw, epoch } = observation;
      const title = wiresharkName(name, raw) + (name === 'client_hello' ? serverNameIn(raw) : '');
      out.push({ ...common, contentType, name, title, raw, length: raw.length, epoch });
    } else if (observation.kind === 'data') {
      const { length } = observation;
      const epoch = 'application';
      const contentType = CONTENT_TYPE.application_data;
      out.push({ ...common, contentType, name: undefined, title: 'Application Data', raw: undefined, length, epoch });
    } else if (observation.kind === 'record' && sealed) {
      const { type: contentType, length, epoch } = observation;
      out.push({
        ...common,
        contentType,
        name: undefined,
        title: sealedName(contentType),
        raw: undefined,
        length,
        epoch,
      });
    }
  }
  return out;
}

/** ` (SNI=localhost)` as Wireshark has it since 4.2. The name is hostile text: who shows it escapes it. */
function serverNameIn(raw: Uint8Array): string {
  try {
    const hello = decode(clientHello, raw.subarray(HANDSHAKE_HEADER_LENGTH));
    const name = hello.extensions.known.server_name?.[0]?.host_name;
    return name === undefined ? '' : ` (SNI=${name})`;
  } catch {
    return '';
  }
}
