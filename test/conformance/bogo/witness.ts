// What is seen while a connection goes on, and the secrets that it writes into its key log.

import { concat, u16Bytes } from '../../../src/bytes/bytes.ts';
import type { Observation } from '../../../src/engine/observe.ts';
import { Mismatch, type Seen } from './checks.ts';

export function witness(seen: Seen, one: Observation): void {
  if (one.kind === 'decision' && one.about === 'version') seen.version = Number(one.chosen);
  if (one.kind === 'decision' && one.about === 'early_data') seen.earlyDataDecision = String(one.chosen);
  if (one.kind !== 'message') return;
  if (one.name === 'new_session_ticket' && one.direction === 'in') seen.ticket = one.raw.slice();
  if (one.name === 'hello_retry_request') seen.helloRetry = true;
  if (one.name === 'certificate_verify' && one.direction === 'in') {
    seen.peerScheme = ((one.raw[4] ?? 0) << 8) | (one.raw[5] ?? 0);
  }
  if (one.name === 'certificate_request' && one.direction === 'in') seen.wasAsked = true;
  if (one.name === 'server_hello') seen.serverHello = one.raw;
}

export class Secrets {
  private readonly byLabel = new Map<string, Uint8Array>();

  keep(line: string): void {
    const [label = '', , secret = ''] = line.split(' ');
    this.byLabel.set(label, new Uint8Array(Buffer.from(secret, 'hex')));
  }

  /** The length of both as the machine writes a u16, what we read with, what we write with. */
  traffic(isServer: boolean): Uint8Array {
    const client = this.byLabel.get('CLIENT_TRAFFIC_SECRET_0');
    const server = this.byLabel.get('SERVER_TRAFFIC_SECRET_0');
    if (client === undefined || server === undefined) throw new Mismatch('no traffic secrets');
    const [read, write] = isServer ? [client, server] : [server, client];
    return concat(u16Bytes(read.length).reverse(), read, write);
  }
}
