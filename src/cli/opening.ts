// A connection that is being opened, as the stages of it share it: what was asked for, what was seen and judged so far, where it is.

import type { Observation } from '../engine/observe.ts';
import type { EngineSocket } from '../node/engine_socket.ts';
import type { Judgement } from '../x509/verify.ts';
import type { Asked } from './chain_remarks.ts';
import { explainFailure, type Failure } from './failure.ts';
import type { Figures } from './figures.ts';
import { type Endpoint, endpointText } from './proxy_address.ts';
import { safe } from './terminal.ts';
import { ROUTE } from './texts/route.ts';
import type { Watched } from './watching.ts';

export interface Opening extends Watched {
  readonly figures: Figures;
  /** The verdict on the server's certificate, as soon as there is one. */
  judgement: Judgement | undefined;
  /** What of the server was to be judged; undefined when it showed no certificate. */
  asked: Asked | undefined;
  /** DER certificates as the server sent them, or as the session has them. */
  chain: readonly Uint8Array[];
  /** While a proxy's own TLS is made, and what is seen and judged is the proxy's. */
  atProxy: Endpoint | undefined;
}

/** Waits for the handshake of `socket`; afterwards, well or not, the verdict stands in `opening`. */
export async function untilConnected(opening: Opening, socket: EngineSocket, signal: AbortSignal): Promise<void> {
  const abandon = (): void => void socket.destroy(signal.reason as Error);
  signal.addEventListener('abort', abandon);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('the connection closed')));
    });
  } finally {
    signal.removeEventListener('abort', abandon);
    opening.judgement = socket.judgement;
  }
}

/** What is left of a connection when the next one begins. */
export function forget(opening: Opening): void {
  opening.seen.length = 0;
  opening.judgement = undefined;
  opening.asked = undefined;
  opening.chain = [];
  opening.atProxy = undefined;
}

/** Explains what ended it, and reports that. */
export function failed(opening: Opening, error: unknown): Failure {
  const { settings, terminal, report, seen, judgement, atProxy, figures } = opening;
  const { method, status, headers, downloaded: received } = figures;
  const answer = method === '' ? undefined : { method, status, headers, received };
  const failure = explainFailure(
    { error, role: 'client', seen, judgement, aia: settings.aia, psk: settings.psk !== undefined, answer },
    terminal.lang,
  );
  if (atProxy !== undefined) {
    opening.figures.proxyJudgement = judgement;
    opening.judgement = undefined;
  }
  const told =
    atProxy === undefined ? failure : { ...failure, rows: [...proxyRows(opening, atProxy), ...failure.rows] };
  report.failure(told);
  return told;
}

function proxyRows({ terminal: { say } }: Opening, proxy: Endpoint): Failure['rows'] {
  const label = say(ROUTE.atProxy);
  return [
    { label, value: say(ROUTE.atProxyText, { proxy: safe(endpointText(proxy)) }), style: 'warning' },
    { label, value: say(ROUTE.atProxyHint) },
  ];
}

export function isOffer(seen: Observation): boolean {
  return seen.kind === 'decision' && seen.about === 'resumption' && seen.chosen === 'offered';
}
