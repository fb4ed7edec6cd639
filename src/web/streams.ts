// Web Streams, as much of them as is used here. The core is compiled without the DOM's and Node's types, so they are declared
// by their form; where a program has the real types, it gets those.

/** A source of bytes: a ReadableStream of Uint8Array. */
export interface ByteSource {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
    cancel(reason?: unknown): Promise<void>;
  };
}

/** Where bytes go: a WritableStream of Uint8Array. */
export interface ByteSink {
  getWriter(): {
    readonly ready: Promise<unknown>;
    write(chunk: Uint8Array): Promise<void>;
    close(): Promise<void>;
    abort(reason?: unknown): Promise<void>;
  };
}

/** A transport: a socket of the Direct Sockets API, a WebTransport stream, a pair of TransformStreams, `connect()` of an edge. */
export interface ByteStreams {
  readonly readable: ByteSource;
  readonly writable: ByteSink;
}

type Global = typeof globalThis;

/** The program's own ReadableStream, where it has the type. */
export type BytesOut = Global extends { ReadableStream: { prototype: infer T } } ? T : ByteSource;
/** The program's own WritableStream, where it has the type. */
export type BytesIn = Global extends { WritableStream: { prototype: infer T } } ? T : ByteSink;

export interface SourceController {
  readonly desiredSize: number | null;
  enqueue(chunk: Uint8Array): void;
  close(): void;
  error(reason: unknown): void;
}

interface Source {
  start(controller: SourceController): void;
  pull(): void;
  cancel(reason: unknown): void;
}

interface Sink {
  start(controller: { error(reason: unknown): void }): void;
  write(chunk: Uint8Array): Promise<void>;
  close(): Promise<void>;
  abort(reason: unknown): void;
}

interface StreamMakers {
  readonly ReadableStream: new (source: Source, strategy: { highWaterMark: number }) => ByteSource;
  readonly WritableStream: new (sink: Sink) => ByteSink;
}

/** Every browser, Node and edge has both. */
export const makers = globalThis as unknown as StreamMakers;
