// A capture file to TLS connections: packets, links, IP, TCP, TLS, one after the other, each connection handed out when it ends.
// Memory is bounded by what the connections that are open at one time may keep, never by the length of the file.

import type { CryptoProvider, PrivateKey } from '../crypto/provider.ts';
import { type CapturedConnection, ConnectionReader } from './connection.ts';
import { type Flow, FlowTable } from './flows.ts';
import { IpReader } from './ip.ts';
import { KeyLog } from './keylog.ts';
import { ipPacketIn, isKnownLink } from './link.ts';
import { readCapture } from './open_file.ts';
import type { CaptureItem, CaptureRemark, Packet } from './packets.ts';
import type { Decompressor, PassiveOptions } from './passive.ts';
import { Budget } from './recorder.ts';
import { Secrets } from './secrets.ts';
import { Attempts, MAX_ATTEMPTS_IN_FILE } from './seeking.ts';
import { connectionsOf } from './text_decode.ts';
import { piecesOf } from './texts_in.ts';

export interface DecodeOptions {
  readonly provider: CryptoProvider;
  /** Secrets from outside the file; those that the file brings are added to it. */
  readonly keyLog?: KeyLog | undefined;
  /** Private keys of servers, for RSA key exchange. */
  readonly rsaKeys?: readonly PrivateKey[] | undefined;
  /** Pre-shared keys and those of tickets. */
  readonly psks?: readonly Uint8Array[] | undefined;
  /** For compressed certificates, which cannot be judged without. */
  readonly decompressors?: readonly Decompressor[] | undefined;
  /** Whether the secrets are told in the traces, with what was derived from them. Default false. */
  readonly showSecrets?: boolean | undefined;
  /** Bytes that are kept of each piece of application data, 16 MB in all at one time. Default 0. */
  readonly contentLength?: number | undefined;
  /** Records and messages that are kept of all connections which are open at one time. */
  readonly maxItems?: number | undefined;
  /** Bytes of messages that they keep. */
  readonly maxBytes?: number | undefined;
}

/** About the file as a whole. */
export interface CaptureSummary {
  readonly packets: number;
  readonly connections: number;
  /** Connections of TCP in which no TLS was found. */
  readonly otherConnections: number;
  /** Packets that the capture cut off (a snap length). */
  readonly snapped: number;
  /** Fragments that never became a packet. */
  readonly fragmentsLost: number;
  /** Packets of a link whose type is not known here, and the first such type. */
  readonly unknownLink: number;
  readonly unknownLinkType: number | undefined;
  readonly remarks: readonly CaptureRemark[];
}

export type Decoded =
  | { readonly kind: 'connection'; readonly connection: CapturedConnection }
  | { readonly kind: 'summary'; readonly summary: CaptureSummary };

const MAX_ITEMS = 400_000;
/** Of messages. */
const MAX_BYTES = 64 * 2 ** 20;
const MAX_REMARKS = 100;

/**
 * Reads a pcap or pcapng file, or one of the texts of texts_in.ts. The last thing that comes is the summary; nothing that a file
 * holds makes this throw.
 */
export async function* decodeCapture(file: AsyncIterable<Uint8Array>, options: DecodeOptions): AsyncGenerator<Decoded> {
  const decoder = new CaptureDecoder(options);
  for await (const item of readCapture(file)) {
    if (item.kind === 'text') yield* decoder.text(item.text);
    else yield* decoder.accept(item);
  }
  yield* decoder.end();
}

/** The same for items that come from elsewhere. */
export class CaptureDecoder {
  private readonly passive: PassiveOptions;
  private readonly secrets: Secrets;
  private readonly ip = new IpReader();
  private readonly table = new FlowTable();
  private readonly readers = new Map<Flow, ConnectionReader>();
  private readonly budget: Budget;
  private readonly remarks: CaptureRemark[] = [];
  private packets = 0;
  private flows = 0;
  private connections = 0;
  private snapped = 0;
  private unknownLink = 0;
  private unknownLinkType: number | undefined;
  private lastTime = 0;
  private origin: number | undefined;

  constructor(options: DecodeOptions) {
    this.secrets = new Secrets(options.keyLog ?? new KeyLog(), options.rsaKeys, options.psks);
    this.budget = new Budget(options.maxItems ?? MAX_ITEMS, options.maxBytes ?? MAX_BYTES);
    const { provider, showSecrets = false, contentLength = 0, decompressors = [] } = options;
    const attempts = new Attempts(MAX_ATTEMPTS_IN_FILE);
    this.passive = { provider, showSecrets, contentLength, decompressors, attempts, secrets: this.secrets };
  }

  *accept(item: CaptureItem): Iterable<Decoded> {
    if (item.kind === 'packet') yield* this.packet(item);
    else if (item.kind === 'secrets') this.secrets.log.add(item.text);
    else if (this.remarks.length < MAX_REMARKS) this.remarks.push(item);
  }

  /** A text in place of a capture. */
  *text(text: string): Iterable<Decoded> {
    const pieces = piecesOf(text);
    if (pieces === undefined) {
      this.remarks.push({ kind: 'remark', fault: 'not_a_capture', offset: 0 });
      return;
    }
    for (const connection of connectionsOf(pieces, this.passive, this.budget)) {
      this.flows++;
      this.connections++;
      yield { kind: 'connection', connection };
    }
  }

  *end(): Iterable<Decoded> {
    for (const event of this.table.end()) yield* this.event(event);
    const { packets, connections, flows, snapped, unknownLink, unknownLinkType, remarks } = this;
    const otherConnections = flows - connections;
    const fragmentsLost = this.ip.dropped;
    yield {
      kind: 'summary',
      summary: {
        packets,
        connections,
        otherConnections,
        snapped,
        fragmentsLost,
        unknownLink,
        unknownLinkType,
        remarks,
      },
    };
  }

  private *packet({ linkType, data, length, time, number }: Packet): Iterable<Decoded> {
    this.packets++;
    if (data.length < length) this.snapped++;
    // Simple Packet Blocks have no time: that of the packet before has to do.
    this.lastTime = time ?? this.lastTime;
    this.origin ??= this.lastTime;
    const packet = ipPacketIn(linkType, data);
    if (packet === undefined) {
      if (!isKnownLink(linkType)) {
        this.unknownLink++;
        this.unknownLinkType ??= linkType;
      }
      return;
    }
    const ip = this.ip.read(packet);
    if (ip === undefined) return;
    const place = { frame: number, time: this.lastTime };
    for (const event of this.table.accept(ip, place)) yield* this.event(event);
  }

  private *event(event: Parameters<ConnectionReader['accept']>[0]): Iterable<Decoded> {
    const { flow, delivery } = event;
    let reader = this.readers.get(flow);
    if (reader === undefined) {
      if (delivery.kind === 'closed') return;
      reader = new ConnectionReader(flow, ++this.flows, this.passive, this.budget);
      this.readers.set(flow, reader);
    }
    reader.accept(event);
    if (delivery.kind !== 'closed') return;
    this.readers.delete(flow);
    const connection = reader.result(this.origin ?? 0);
    if (connection === undefined) return;
    this.connections++;
    yield { kind: 'connection', connection };
  }
}
