// Where the answer goes: standard output, or the file of -o. Pieces are written as they come and no faster than they are taken.

import { once } from 'node:events';
import { closeSync, openSync, writeSync } from 'node:fs';
import { CliError, EXIT } from './exit_codes.ts';
import { cannotWrite } from './private_file.ts';
import { safe, type Terminal } from './terminal.ts';

export interface Sink {
  /** Status line and headers. */
  head(lines: readonly string[]): void;
  write(chunk: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** A sink that is opened when there is something to come: a handshake that fails leaves files as they are. */
export interface LateSink {
  /** @throws CliError with exit code 23 */
  open(): Sink;
  close(): Promise<void>;
}

/** `file`: `-` is standard output, null is nowhere. */
export function lateSink(file: string | null, terminal: Terminal): LateSink {
  let sink: Sink | undefined;
  return {
    open: () => {
      sink ??= file === null ? NOWHERE : file === '-' ? standardOutput(terminal) : fileSink(file);
      return sink;
    },
    close: async () => sink?.close(),
  };
}

const NOWHERE: Sink = { head: () => {}, write: async () => {}, close: async () => {} };

function standardOutput({ out }: Terminal): Sink {
  return {
    // Headers are the peer's text: a terminal gets them escaped, a pipe gets them as they came.
    head: (lines) => out.text([...lines, ''].map((line) => `${out.isTerminal ? safe(line) : `${line}\r`}\n`).join('')),
    write: async (chunk) => {
      if (out.isTerminal && chunk.includes(0)) {
        throw new CliError(
          EXIT.write,
          { en: 'the answer is binary and was not shown', zh: '应答是二进制内容，未显示' },
          { en: 'Use -o FILE, or a pipe.', zh: '请用 -o FILE 保存，或通过管道输出。' },
        );
      }
      if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
    },
    close: async () => {},
  };
}

function fileSink(file: string): Sink {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'w');
  } catch (error) {
    throw cannotWrite(file, error);
  }
  const put = (bytes: Buffer): void => {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    } catch (error) {
      throw cannotWrite(file, error);
    }
  };
  return {
    head: (lines) => put(Buffer.from(`${[...lines, '', ''].join('\r\n')}`, 'latin1')),
    write: async (chunk) => put(chunk),
    close: async () => closeSync(descriptor),
  };
}
