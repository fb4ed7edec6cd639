// Which reader a file needs, told from its first bytes; the packets then come out of one iterator, whatever the format.

import { concat, EMPTY } from '../bytes/bytes.ts';
import type { CaptureItem, PacketReader } from './packets.ts';
import { isPcap, PcapReader } from './pcap.ts';
import { isPcapng, PcapngReader } from './pcapng.ts';

/** Undefined for bytes that are neither pcap nor pcapng. */
export function readerFor(head: Uint8Array): PacketReader | undefined {
  if (isPcapng(head)) return new PcapngReader();
  return isPcap(head) ? new PcapReader() : undefined;
}

/** The items of a capture file in the order of the file. Bytes that are no capture give one remark, `not_a_capture`. */
export async function* readCapture(file: AsyncIterable<Uint8Array>): AsyncGenerator<CaptureItem> {
  let reader: PacketReader | undefined;
  let head: Uint8Array = EMPTY;
  for await (const chunk of file) {
    if (reader === undefined) {
      head = concat(head, chunk);
      if (head.length < 4) continue;
      reader = readerFor(head);
      if (reader === undefined) break;
      yield* reader.push(head);
      continue;
    }
    yield* reader.push(chunk);
  }
  if (reader === undefined) yield { kind: 'remark', fault: 'not_a_capture', offset: 0 };
  else yield* reader.end();
}
