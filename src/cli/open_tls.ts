// The TLS connection under connect: glasstls/node's socket, with the verdict answered here, at once or, when --aia has to
// fetch an issuer first, later. The handshake waits meanwhile and the engine never fetches anything.

import { TlsClient } from '../engine/client.ts';
import type { Need, VerdictNeed } from '../handshake/shared/needs.ts';
import { clientBinding } from '../host/binding.ts';
import { answerWithKeys } from '../host/respond.ts';
import { type Judged, judge, type Trust } from '../host/trust.ts';
import { EngineSocket } from '../node/engine_socket.ts';
import { createSecureContext, type SecureContext, type SecureOptions, serverNameOf } from '../node/options.ts';
import type { Transport } from '../node/socket_base.ts';
import type { Judgement } from '../x509/verify.ts';
import type { Asked } from './chain_remarks.ts';
import { type IssuerFetch, issuerPublished, judgeWithIssuers } from './issuer_fetch.ts';
import { answerPsk, type SharedKey } from './shared_key.ts';

export interface OpenTls {
  readonly transport: Transport;
  readonly host: string;
  readonly secure: SecureOptions;
  /** Undefined without --aia. */
  readonly fetch: IssuerFetch | undefined;
  /** Undefined without --session: then no session is asked for either. */
  readonly resume: { readonly session: Uint8Array | undefined } | undefined;
  /** To be sent with the ClientHello if the session allows it, else when the handshake is done. */
  readonly earlyData: Uint8Array | undefined;
  /** A key shared with the server. */
  readonly psk: SharedKey | undefined;
  /** CRLs in DER. */
  readonly crls?: readonly Uint8Array[] | undefined;
  /** Takes the certificates as the server sent them, and by what they are judged. */
  readonly onChain?: (asked: Asked) => void;
  /** Whether the server is told which name is wanted. */
  readonly sni?: boolean;
}

/** Begins the handshake in the next microtask. @throws TlsError ERR_TLS_CONFIG */
export function openTls(options: OpenTls): EngineSocket {
  const { transport, host, secure, fetch, resume, earlyData, psk, crls, sni = true } = options;
  // As curl has it: whatever was given is trusted, roots or not.
  const context = createSecureContext({ ...secure, allowPartialTrustChain: true });
  const { common, identities } = context;
  const trust: Trust = crls === undefined ? context.trust : { ...context.trust, crls };
  const serverName = serverNameOf({ host });
  const session = resume?.session;
  const late = new Map<Need, Judged>();
  const tls: EngineSocket = new EngineSocket({
    transport,
    engine: new TlsClient({
      ...common,
      serverName,
      credentials: context.credentials,
      tickets: resume !== undefined,
      earlyData: earlyData !== undefined,
      psk: psk !== undefined,
      sendServerName: sni,
      ...(resume !== undefined && { sessionBinding: bindingOf(context, trust, crls) }),
      ...(session !== undefined && { session }),
    }),
    session,
    earlyData,
    respond: (need) => {
      if (need.kind === 'psk') return answerPsk(psk, need);
      if (need.kind !== 'verdict') return answerWithKeys(identities, need);
      options.onChain?.({ need, trust, fetches: fetch !== undefined });
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
  tls.once('secureConnect', () => {
    if (tls.isSessionReused()) tls.judgement = judgeAgain(tls, serverName, trust);
  });
  queueMicrotask(() => tls.start());
  // Who was spoken to in the clear before was told to wait.
  transport.resume();
  return tls;
}

/** A session that was made without these revocation lists must not be a way around them. */
function bindingOf(context: SecureContext, trust: Trust, crls: readonly Uint8Array[] | undefined): Uint8Array {
  if (crls === undefined) return context.clientBinding;
  return clientBinding(trust, [...context.identities.flatMap(({ chain }) => chain), ...crls]);
}

/**
 * A resumed connection shows no certificate: the one that the session began with is judged as of now, to be told. When that
 * comes out otherwise than the session says (an issuer was fetched then), there is nothing to tell.
 */
function judgeAgain(tls: EngineSocket, serverName: string, trust: Trust): Judgement | undefined {
  const chain = tls.agreement?.peerChain ?? [];
  const { judgement } = judge({ kind: 'verdict', role: 'server', chain, serverName, now: Date.now() }, trust);
  return judgement.ok === tls.authorized ? judgement : undefined;
}

async function answerLate(
  tls: EngineSocket,
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
