// What a transfer measured, for -w, --json and --repeat: times since it began, sizes, addresses, what was negotiated. Times of a
// stage that was not reached are 0, as curl's are.

import { performance } from 'node:perf_hooks';
import type { EngineSocket } from '../node/engine_socket.ts';
import type { Judgement } from '../x509/verify.ts';
import type { Header } from './request.ts';

export class Figures {
  private readonly started = performance.now();
  /** Milliseconds. */
  nameLookup = 0;
  connected = 0;
  appConnected = 0;
  preTransfer = 0;
  startTransfer = 0;
  redirect = 0;
  total = 0;
  redirects = 0;
  /** Where a redirect would have led that was not followed. */
  redirectUrl = '';
  url = '';
  method = '';
  status = 0;
  proxyStatus = 0;
  /** Whether a proxy stood between. */
  proxied = false;
  /** Of the certificate of an HTTPS proxy. */
  proxyJudgement: Judgement | undefined;
  httpVersion = '';
  headers: readonly Header[] = [];
  headerBytes = 0;
  requestBytes = 0;
  uploaded = 0;
  downloaded = 0;
  connections = 0;
  remoteAddress = '';
  remotePort = 0;
  localAddress = '';
  localPort = 0;
  /** Of the last connection whose handshake was done, or failed. */
  socket: EngineSocket | undefined;
  /** Bytes of early data; negative when they were rejected. */
  earlyData = 0;

  /** Milliseconds since the beginning. */
  now(): number {
    return performance.now() - this.started;
  }

  /** A connection begins anew: what belonged to the one before is forgotten, but for the time it took. */
  restart(url: string): void {
    if (this.connections > 0) this.redirect = this.now();
    this.url = url;
    this.nameLookup = this.connected = this.appConnected = this.preTransfer = this.startTransfer = 0;
    this.status = this.headerBytes = this.downloaded = 0;
    this.httpVersion = this.redirectUrl = '';
    this.headers = [];
    this.socket = undefined;
  }
}
