// What makes a TLSSocket a client: its options in the words of the engine, the verdict about the server, shared keys.

import { checkServerIdentity as nodesCheck } from 'node:tls';
import { concat } from '../bytes/bytes.ts';
import { clientSetup } from '../engine/client.ts';
import { configFor } from '../engine/config.ts';
import { Connection } from '../engine/connection.ts';
import type { Watching } from '../engine/context.ts';
import type { ClientOptions } from '../engine/options.ts';
import type { Setup } from '../engine/setup.ts';
import type { Need, Psk, Verdict, VerdictNeed } from '../handshake/shared/needs.ts';
import { judge, type Trust } from '../host/trust.ts';
import type { Judgement } from '../x509/verify.ts';
import { refusalOf } from './node_errors.ts';
import { contextOf, type SecureContext, type SecureOptions, serverNameOf } from './options.ts';
import { certificateObjects, type PeerCertificate } from './peer_certificate.ts';
import { protocolsOf } from './protocol_options.ts';
import { type Answering, answerWithAnyKey } from './signing.ts';
import { ALTNAME_INVALID, NAME_REFUSALS, verifyCodeOf } from './verify_codes.ts';

export interface ClientSideOptions extends SecureOptions {
  readonly host?: string | undefined;
  /** The name to ask for and to compare; an empty one asks for none, and `host` is compared. */
  readonly servername?: string | undefined;
  /** What a `session` event or `getSession` gave, to resume if it still may be. */
  readonly session?: Uint8Array | undefined;
  /** Whether to ask for tickets. Default true. */
  readonly tickets?: boolean | undefined;
  /**
   * In place of our comparison of names: undefined for a certificate that fits, an error for one that does not. It is called
   * for a chain that is trusted, before anything is sent to the server; sessions made under one function are not resumed
   * under another.
   */
  readonly checkServerIdentity?: ((host: string, certificate: PeerCertificate) => Error | undefined) | undefined;
  /**
   * The key shared with the server, for the suites that have one (RFC 4279); `hint` is the server's, null when it gave none.
   * Null for no such key, which ends the handshake.
   */
  readonly pskCallback?:
    | ((hint: string | null) => { readonly psk: Uint8Array; readonly identity: string } | null)
    | undefined;
  /** Bits that the prime of a Diffie-Hellman group must have, in TLS 1.2. Default 2048. */
  readonly minDHSize?: number | undefined;
  /** Whether `OCSPResponse` tells what the server stapled (null for nothing). A response is asked for anyhow. */
  readonly requestOCSP?: boolean | undefined;
  /**
   * Sent before the server has answered when `session` allows so much, otherwise first of all after the handshake. Others may
   * repeat it to the server (RFC 8446 8): only what may safely be done twice, an HTTP GET for one.
   */
  readonly earlyData?: Uint8Array | undefined;
  /** What the ClientHello says, and what it is taken for, beyond node:tls. */
  readonly hello?: HelloOptions | undefined;
  /** Options read beforehand; then those about certificates, keys and the protocol given here do not count. */
  readonly secureContext?: SecureContext | undefined;
}

/** The engine's options for a client alone. */
export type HelloOptions = Pick<
  ClientOptions,
  | 'statusRequest'
  | 'timestamps'
  | 'maxFragmentLength'
  | 'padding'
  | 'grease'
  | 'permuteExtensions'
  | 'extensionOrder'
  | 'falseStart'
  | 'fallback'
  | 'minDhBits'
  | 'keyShares'
  | 'sendServerName'
  | 'allowLegacyRenegotiation'
  | 'renegotiation'
  | 'requireCredential'
  | 'postHandshakeAuth'
  | 'authorities'
>;

/** What a side tells its socket. */
export interface Told {
  judged(judgement: Judgement, need: VerdictNeed): void;
}

export class ClientSide {
  readonly isServer = false;
  private readonly options: ClientSideOptions;
  private readonly context: SecureContext;
  private readonly trust: Trust;
  private readonly told: Told;
  private setup: Setup;
  private name: string;
  private readonly custom: ClientSideOptions['checkServerIdentity'];

  /** @throws TlsError ERR_TLS_CONFIG for options that cannot work */
  constructor(options: ClientSideOptions, told: Told) {
    this.options = options;
    this.told = told;
    this.context = contextOf(options.secureContext, options);
    this.trust = this.context.trustFor(options.rejectUnauthorized);
    const { checkServerIdentity } = options;
    // node:tls's own function compares no better than ours, which speaks before anything is sent.
    this.custom = checkServerIdentity === nodesCheck ? undefined : checkServerIdentity;
    this.name = serverNameOf(options);
    this.setup = this.makeSetup(options.servername !== '');
  }

  /** The name that is compared. */
  get host(): string {
    return this.name;
  }

  /** Offered, best first. */
  get protocols(): readonly string[] {
    return this.setup.config.alpn;
  }

  /** @throws TlsError ERR_TLS_CONFIG for what is no name */
  setServername(name: string): void {
    this.name = serverNameOf({ servername: name });
    this.setup = this.makeSetup(true);
  }

  /** The chain of one of our certificates, by its place. */
  chainOf(credential: number | undefined): readonly Uint8Array[] | undefined {
    return credential === undefined ? undefined : this.context.identities[credential]?.chain;
  }

  open(watching: Watching): Connection {
    return new Connection({ ...this.setup, watching });
  }

  get watching(): Watching {
    return this.setup.watching;
  }

  answer(need: Need): Answering {
    if (need.kind === 'psk' && need.role === 'client') return { answer: pskFor(this.options.pskCallback, need.hint) };
    if (need.kind === 'verdict') return { answer: this.verdictOn(need) };
    return answerWithAnyKey(this.context.identities, need);
  }

  private makeSetup(sendServerName: boolean): Setup {
    const { options, context, name: serverName } = this;
    const { hello, tickets = true, ALPNProtocols, minDHSize, pskCallback, earlyData } = options;
    const peer = { serverName, sendServerName, session: options.session ?? undefined };
    const own = [hello, ALPNProtocols, minDHSize, pskCallback, earlyData, this.custom];
    // Most connections differ in their peer alone; then what the context has resolved once serves them all.
    if (tickets && own.every((one) => one === undefined)) {
      return clientSetup(context.common, configFor(context.clientConfigFor(this.trust), peer));
    }
    const binding = context.bindingFor(this.trust);
    return clientSetup({
      ...context.common,
      ...hello,
      ...(ALPNProtocols !== undefined && { alpn: protocolsOf(ALPNProtocols) }),
      ...(minDHSize !== undefined && { minDhBits: Math.max(1024, minDHSize) }),
      ...peer,
      sendServerName: sendServerName && hello?.sendServerName !== false,
      credentials: context.credentials,
      psk: pskCallback !== undefined,
      sessionBinding: this.custom === undefined ? binding : concat(binding, markOf(this.custom)),
      tickets,
      earlyData: earlyData !== undefined,
    });
  }

  private verdictOn(need: VerdictNeed): Verdict {
    const { custom, trust, name } = this;
    const { verdict, judgement } = judge(custom === undefined ? need : { ...need, serverName: undefined }, trust);
    this.told.judged(judgement, need);
    if (!verdict.accepted) return verdict;
    if (!verdict.authorized) return { ...verdict, reason: shortReason(judgement) };
    const error = custom?.(name, certificateObjects(need.chain) as PeerCertificate);
    if (error === undefined || error === null) return verdict;
    const reason = (error as NodeJS.ErrnoException).code ?? error.message;
    if (trust.rejectUnauthorized === false) return { ...verdict, authorized: false, reason };
    return { accepted: false, alert: 'bad_certificate', reason: error.message, cause: error };
  }
}

/** As `authorizationError` has it. */
export function shortReason(judgement: Judgement): string {
  const refusal = judgement.ok ? undefined : refusalOf({ cause: judgement.refusal });
  if (refusal === undefined) return 'UNSPECIFIED';
  return NAME_REFUSALS.includes(refusal.code) ? ALTNAME_INVALID : verifyCodeOf(refusal)[0];
}

const marks = new WeakMap<object, Uint8Array>();

/** Sixteen random bytes that stand for a function in this process. */
function markOf(check: object): Uint8Array {
  const known = marks.get(check) ?? crypto.getRandomValues(new Uint8Array(16));
  marks.set(check, known);
  return known;
}

/** RFC 4279 5.1: identities and hints are UTF-8. */
function pskFor(callback: ClientSideOptions['pskCallback'], hint: Uint8Array | undefined): Psk | undefined {
  const found = callback?.(hint === undefined ? null : Buffer.from(hint).toString('utf8'));
  return found ? { identity: new Uint8Array(Buffer.from(found.identity, 'utf8')), key: found.psk } : undefined;
}
