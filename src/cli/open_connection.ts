// From an address to a TLS connection whose handshake is done: the way there, then TLS. Each stage tells what it does and takes its time.

import type { EngineSocket } from '../node/engine_socket.ts';
import { openTls } from './open_tls.ts';
import { type Opening, untilConnected } from './opening.ts';
import type { Endpoint } from './proxy_address.ts';
import { reach } from './reach.ts';
import { watching } from './watching.ts';

export interface OpenOptions {
  readonly to: Endpoint;
  /** Undefined: no session is asked for. */
  readonly resume: { readonly session: Uint8Array | undefined } | undefined;
  readonly earlyData: Uint8Array | undefined;
  onSession(session: Buffer): unknown;
  /** Ends everything; its reason is the error. */
  readonly whole: AbortSignal;
  /** Ends what comes before the handshake is done. */
  readonly early: AbortSignal;
}

/** Rejects with what ended it; the socket is destroyed then. */
export async function openConnection(opening: Opening, options: OpenOptions): Promise<EngineSocket> {
  const { settings, report, figures } = opening;
  const { to, resume, earlyData, whole, early } = options;
  const transport = await reach(opening, to, early);
  const tap = opening.files.pcapng?.record(transport, 'client');
  try {
    report.beginning(to.host);
    const socket = openTls({
      transport,
      host: to.host,
      secure: {
        rejectUnauthorized: !settings.insecure,
        policy: settings.policy,
        ...(settings.pins !== undefined && { pins: settings.pins }),
        ...(settings.trusted.ca !== undefined && { ca: settings.trusted.ca }),
        ...settings.tls,
        ...(settings.identity !== undefined && { cert: settings.identity.cert, key: settings.identity.key }),
        ...watching(opening, to, tap),
      },
      fetch: settings.aia ? { signal: early, tell: (text) => report.fetching(text) } : undefined,
      resume,
      earlyData,
      psk: settings.psk,
      crls: settings.crls,
      sni: settings.sni,
      onChain: (asked) => {
        opening.asked = asked;
        opening.chain = asked.need.chain;
      },
    });
    figures.socket = socket;
    socket.on('session', options.onSession);
    socket.once('earlyData', (accepted: boolean) => {
      figures.earlyData = (accepted ? 1 : -1) * (earlyData?.length ?? 0);
      report.earlyDataOutcome(accepted);
    });
    const abandon = (): void => void socket.destroy(whole.reason as Error);
    whole.addEventListener('abort', abandon);
    socket.once('close', () => whole.removeEventListener('abort', abandon));
    try {
      await untilConnected(opening, socket, early);
    } finally {
      report.certificate(socket.judgement, socket.isSessionReused(), opening.asked);
    }
    report.sharedKey(socket.agreement?.psk ?? false);
    report.skipped(socket.judgement);
    if (socket.isSessionReused()) opening.chain = socket.agreement?.peerChain ?? [];
    figures.appConnected = figures.now();
    return socket;
  } catch (error) {
    // A socket of TLS closes its transport itself, behind the alert that may be on its way.
    if (figures.socket === undefined) transport.destroy();
    throw error;
  }
}
