// The TCP connection under connect: names are resolved by the system or by --resolve, all addresses are tried (RFC 8305, by
// node:net), and each attempt is told, as curl does.

import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { CliError, EXIT } from './exit_codes.ts';
import { safe } from './terminal.ts';
import { filled } from './text.ts';
import { ROUTE } from './texts/route.ts';

export interface DialTarget {
  readonly host: string;
  readonly port: number;
  /** In place of what DNS would say. */
  readonly address: string | undefined;
  readonly family?: 4 | 6 | undefined;
  /** Whether it is a proxy's. */
  readonly isProxy?: boolean;
}

export interface DialEvents {
  trying(address: string, port: number): void;
  failed(address: string, port: number, why: string): void;
  /** The name has an address. */
  resolved(): void;
}

/**
 * Opens a TCP connection; rejects with a CliError, code 6 or 7, or with what `signal` was aborted for.
 */
export function dial(target: DialTarget, events: DialEvents, signal: AbortSignal): Promise<Socket> {
  const { host, port, address, family } = target;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const socket = connect({
      host: address ?? host,
      port,
      noDelay: true,
      allowHalfOpen: true,
      ...(family !== undefined && { family }),
    });
    const abandon = (): void => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abandon, { once: true });
    let resolved = false;
    socket.on('connectionAttempt', (ip: string, attempted: number) => {
      if (!resolved) events.resolved();
      resolved = true;
      events.trying(ip, attempted);
    });
    socket.on('connectionAttemptFailed', (ip: string, attempted: number, _family: number, error: Error) =>
      events.failed(ip, attempted, codeOf(error)),
    );
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', abandon);
      reject(target.isProxy ? proxyFailure(error, target) : failureOf(error, target));
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      signal.removeEventListener('abort', abandon);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

/** The address of a host, for a proxy that is told addresses alone. Rejects as {@link dial} does. */
export async function addressFor(target: DialTarget, signal: AbortSignal): Promise<string> {
  const { host, address, family } = target;
  if (address !== undefined || isIP(host) !== 0) return address ?? host;
  try {
    const found = await lookup(host, family === undefined ? {} : { family });
    signal.throwIfAborted();
    return found.address;
  } catch (error) {
    throw signal.aborted ? signal.reason : failureOf(error as NodeJS.ErrnoException, target);
  }
}

function proxyFailure(error: NodeJS.ErrnoException, { host, port }: DialTarget): CliError {
  const values = { host: safe(host), port, code: codeOf(error) };
  if (isLookup(error)) return new CliError(EXIT.resolveProxy, filled(ROUTE.resolveProxy, values), ROUTE.proxyHint);
  return new CliError(EXIT.connect, filled(ROUTE.proxyDown, values), ROUTE.proxyHint);
}

function isLookup({ syscall }: NodeJS.ErrnoException): boolean {
  return syscall === 'getaddrinfo' || syscall?.startsWith('query') === true;
}

function failureOf(error: NodeJS.ErrnoException, { host, port }: DialTarget): CliError {
  const code = codeOf(error);
  const shown = JSON.stringify(host).slice(1, -1);
  if (isLookup(error)) {
    const late = code === 'EAI_AGAIN';
    return new CliError(
      EXIT.resolve,
      { en: `could not resolve host ${shown} (${code})`, zh: `无法解析域名 ${shown}（${code}）` },
      late
        ? { en: 'The name server did not answer: is there a network?', zh: 'DNS 服务器没有应答，请检查网络。' }
        : {
            en: 'Is the name right? --resolve gives an address by hand.',
            zh: '请检查域名；也可用 --resolve 直接指定地址。',
          },
    );
  }
  return new CliError(
    EXIT.connect,
    { en: `no TCP connection to ${shown} port ${port} (${code})`, zh: `无法连接到 ${shown} 端口 ${port}（${code}）` },
    CONNECT_HINTS[code],
  );
}

const CONNECT_HINTS: Readonly<Record<string, CliError['hint']>> = {
  ECONNREFUSED: {
    en: 'Nobody listens on that port, or a firewall refuses. TLS has not begun.',
    zh: '该端口没有程序在监听，或被防火墙拒绝。此时 TLS 尚未开始。',
  },
  ETIMEDOUT: {
    en: 'No answer at all: a firewall, or the host is down.',
    zh: '没有任何应答：可能被防火墙丢弃，或主机不在线。',
  },
  EHOSTUNREACH: { en: 'There is no way to that host from here.', zh: '从本机无法到达该主机。' },
  ENETUNREACH: { en: 'There is no way to that network from here.', zh: '从本机无法到达该网络。' },
};

/** When every address failed, the errors are in a bundle, the last one most telling. */
function codeOf(error: NodeJS.ErrnoException): string {
  const inner =
    error instanceof AggregateError ? (error.errors.at(-1) as NodeJS.ErrnoException | undefined) : undefined;
  return error.code ?? inner?.code ?? 'error';
}
