// One TLS connection between two pairs of Web Streams: the transport's bytes on one side, data on the other. It moves bytes and
// keeps order; verdicts, keys and the protocol are others' doing. Backpressure holds both ways: nothing is read from the
// transport while nobody reads the data, and a write is done when the transport wants more.

import { concat } from '../bytes/bytes.ts';
import type { Connection } from '../engine/connection.ts';
import type { TlsEvent } from '../engine/events.ts';
import type { Agreement } from '../handshake/context.ts';
import type { Answers, Need } from '../handshake/shared/needs.ts';
import { type Reply, settle } from '../host/respond.ts';
import { TlsError } from '../wire/tls_error.ts';
import {
  type ByteSink,
  type ByteSource,
  type ByteStreams,
  type BytesIn,
  type BytesOut,
  makers,
  type SourceController,
} from './streams.ts';

/** Answers a need: at once, later, or not at all, which leaves it open. */
export type Answer = (need: Need) => Reply | Promise<Reply> | undefined;

export class TlsStreams {
  /** Data of the peer; ends with its close_notify, and fails with a TlsError when the stream is cut or something is wrong. */
  readonly readable: BytesOut;
  /** Data for the peer; closing it says close_notify. */
  readonly writable: BytesIn;
  /** What the handshake agreed on. Rejects with a TlsError when it fails. */
  readonly opened: Promise<Agreement>;
  /** Resolves when both sides have closed. Rejects with what ended the connection otherwise. */
  readonly closed: Promise<void>;
  readonly connection: Connection;
  private readonly answer: Answer;
  private readonly reader: ReturnType<ByteSource['getReader']>;
  private readonly writer: ReturnType<ByteSink['getWriter']>;
  private readonly late = new Map<Need, Promise<Reply>>();
  private controller: SourceController | undefined;
  private sinkController: { error(reason: unknown): void } | undefined;
  private resolveOpened: (agreement: Agreement) => void = () => {};
  private rejectOpened: (error: unknown) => void = () => {};
  private resolveClosed: () => void = () => {};
  private rejectClosed: (error: unknown) => void = () => {};
  private wake: (() => void) | undefined;
  private over = false;

  /** @internal */
  constructor(transport: ByteStreams, connection: Connection, answer: Answer) {
    this.connection = connection;
    this.answer = answer;
    this.reader = transport.readable.getReader();
    this.writer = transport.writable.getWriter();
    this.opened = new Promise((resolve, reject) => {
      this.resolveOpened = resolve;
      this.rejectOpened = reject;
    });
    this.closed = new Promise((resolve, reject) => {
      this.resolveClosed = resolve;
      this.rejectClosed = reject;
    });
    // Who does not look at them is told by the streams.
    for (const promise of [this.opened, this.closed]) promise.catch(() => {});
    this.readable = this.makeReadable() as BytesOut;
    this.writable = this.makeWritable() as BytesIn;
    this.handle(() => connection.start());
    void this.pump();
  }

  private makeReadable(): ByteSource {
    return new makers.ReadableStream(
      {
        start: (controller) => {
          this.controller = controller;
        },
        pull: () => this.wake?.(),
        cancel: (reason) => this.abandon(reason),
      },
      { highWaterMark: 1 },
    );
  }

  private makeWritable(): ByteSink {
    return new makers.WritableStream({
      start: (controller) => {
        this.sinkController = controller;
      },
      write: async (chunk) => {
        await this.opened;
        this.handle(() => this.connection.write(chunk));
        await this.writer.ready;
      },
      close: async () => {
        await this.opened;
        this.handle(() => this.connection.close());
        await this.writer.ready;
      },
      abort: (reason) => this.abandon(reason),
    });
  }

  private async pump(): Promise<void> {
    try {
      for (;;) {
        if ((this.controller?.desiredSize ?? 1) <= 0) await new Promise<void>((resolve) => (this.wake = resolve));
        const { done, value } = await this.reader.read();
        if (this.over) return;
        if (value !== undefined) this.handle(() => this.connection.receive(value));
        if (!done) continue;
        this.handle(() => this.connection.end());
        return;
      }
    } catch (error) {
      this.fail(error);
    }
  }

  /** Events in order; needs that are answered later go on by themselves. */
  private handle(act: () => TlsEvent[]): void {
    if (this.over) return;
    const events = settle(this.connection, act(), (need) => this.answerNow(need));
    for (const event of events) this.onEvent(event);
  }

  private answerNow(need: Need): Reply | undefined {
    const reply = this.answer(need);
    if (reply === undefined || !('then' in reply)) return reply;
    this.late.set(need, reply);
    return undefined;
  }

  private onEvent(event: TlsEvent): void {
    switch (event.type) {
      case 'send':
        // A failure of the transport is told by reading from it, or by `ready`.
        this.writer.write(concat(...event.pieces)).catch((error: unknown) => this.fail(error));
        return;
      case 'need':
        return this.answerLater(event.id, event.need);
      case 'connected':
        return this.resolveOpened(event.agreement);
      case 'data':
      case 'early_data':
        this.controller?.enqueue(event.data);
        return;
      case 'end':
        this.controller?.close();
        return;
      case 'error':
        return this.fail(event.error);
      case 'closed':
        return this.finish();
    }
  }

  private answerLater(id: number, need: Need): void {
    const later = this.late.get(need);
    this.late.delete(need);
    later?.then(
      ({ answer }) => this.handle(() => this.connection.answer(id, answer as Answers[keyof Answers])),
      (cause: unknown) => this.fail(new TlsError('ERR_TLS_ANSWER', `a ${need.kind} need was not answered`, { cause })),
    );
  }

  private finish(): void {
    if (this.over) return;
    this.over = true;
    // Both have said close_notify: that the peer released the transport first takes nothing away.
    this.writer.close().catch(() => {});
    this.resolveClosed();
  }

  private fail(error: unknown): void {
    if (this.over) return;
    this.over = true;
    this.rejectOpened(error);
    this.rejectClosed(error);
    try {
      this.controller?.error(error);
    } catch {
      // It was closed by the peer's close_notify.
    }
    this.sinkController?.error(error);
    // Our alert is written before it.
    this.writer.close().catch(() => {});
    this.reader.cancel(error).catch(() => {});
  }

  /** The program gave up one of the streams. */
  private abandon(reason: unknown): void {
    if (this.over) return;
    this.over = true;
    const error = reason ?? new TlsError('ERR_TLS_USAGE', 'the streams were given up');
    this.rejectOpened(error);
    this.rejectClosed(error);
    this.writer.abort(error).catch(() => {});
    this.reader.cancel(error).catch(() => {});
  }
}
