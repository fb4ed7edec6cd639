// The TLS connection under connect: glasstls/node's socket, with the verdict answered here, at once or, when --aia has to
// fetch an issuer first, later. The handshake waits meanwhile and the engine never fetches anything.

import type { Socket } from 'node:net';
import { TlsClient } from '../engine/client.ts';
import type { Need, VerdictNeed } from '../handshake/shared/needs.ts';
import { type Judged, judge, type Trust } from '../host/trust.ts';
import { createSecureContext, type SecureOptions, serverNameOf } from '../node/options.ts';
import { TLSSocket } from '../node/tls_socket.ts';
import { type IssuerFetch, issuerPublished, judgeWithIssuers } from './issuer_fetch.ts';

export interface OpenTls {
  readonly transport: Socket;
  readonly host: string;
  readonly secure: SecureOptions;
  /** Undefined without --aia. */
  readonly fetch: IssuerFetch | undefined;
}

/** Begins the handshake in the next microtask. @throws TlsError ERR_TLS_CONFIG */
export function openTls({ transport, host, secure, fetch }: OpenTls): TLSSocket {
  const { common, trust } = createSecureContext(secure);
  const late = new Map<Need, Judged>();
  const tls: TLSSocket = new TLSSocket({
    transport,
    engine: new TlsClient({ ...common, serverName: serverNameOf({ host }) }),
    respond: (need) => {
      if (need.kind !== 'verdict') return undefined;
      const judged = judge(need, trust);
      tls.judgement = judged.judgement;
      if (fetch === undefined || !issuerPublished(judged)) return { answer: judged.verdict };
      late.set(need, judged);
      return undefined;
    },
  });
  tls.on('need', (id: number, need: Need) => {
    const judged = late.get(need);
    if (fetch === undefined || judged === undefined || need.kind !== 'verdict') return;
    answerLate(tls, id, need, judged, trust, fetch).catch((error: Error) => tls.destroy(error));
  });
  queueMicrotask(() => tls.start());
  return tls;
}

async function answerLate(
  tls: TLSSocket,
  id: number,
  need: VerdictNeed,
  first: Judged,
  trust: Trust,
  fetch: IssuerFetch,
): Promise<void> {
  const { judgement, verdict } = await judgeWithIssuers(need, first, trust, fetch);
  // Time may have run out, or the server may have gone.
  if (tls.destroyed) return;
  tls.judgement = judgement;
  tls.answer(id, verdict);
}
