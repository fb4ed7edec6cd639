// Which reader a file needs, told from its first bytes; the packets then come out of one iterator, whatever the format.

import { concat, EMPTY, latin1 } from '../bytes/bytes.ts';
import type { CaptureItem, PacketReader } from './packets.ts';
import { isPcap, PcapReader } from './pcap.ts';
import { isPcapng, PcapngReader } from './pcapng.ts';
import { MAX_TEXT } from './texts_in.ts';

/** Undefined for bytes that are neither pcap nor pcapng. */
export function readerFor(head: Uint8Array): PacketReader | undefined {
  if (isPcapng(head)) return new PcapngReader();
  return isPcap(head) ? new PcapReader() : undefined;
}

/** A file that begins like no capture: all of it, as Latin-1. */
export interface OtherText {
  readonly kind: 'text';
  readonly text: string;
}

/** The items of a capture file in the order of the file; anything else comes as one text, or is said to be no capture. */
export async function* readCapture(file: AsyncIterable<Uint8Array>): AsyncGenerator<CaptureItem | OtherText> {
  let reader: PacketReader | undefined;
  let head: Uint8Array = EMPTY;
  const text: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of file) {
    if (reader !== undefined) {
      yield* reader.push(chunk);
      continue;
    }
    if (text.length === 0) {
      head = concat(head, chunk);
      if (head.length < 4) continue;
      reader = readerFor(head);
      if (reader !== undefined) yield* reader.push(head);
      else text.push(head);
    } else text.push(chunk.slice());
    length += chunk.length;
    if (reader === undefined && (length > MAX_TEXT || isBinary(chunk))) break;
  }
  if (reader !== undefined) yield* reader.end();
  else if (text.length === 0 || length > MAX_TEXT || text.some(isBinary)) {
    yield { kind: 'remark', fault: 'not_a_capture', offset: 0 };
  } else yield { kind: 'text', text: latin1(concat(...text)) };
}

function isBinary(bytes: Uint8Array): boolean {
  return bytes.includes(0);
}
