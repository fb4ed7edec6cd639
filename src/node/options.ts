// Options with the names and meaning of node:tls, turned into what the engine and x509 want. Certificates and keys are read
// here, once: a SecureContext serves any number of connections.

import { constants } from 'node:crypto';
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import type { CryptoProvider } from '../crypto/provider.ts';
import { resolveClient } from '../engine/config.ts';
import type { Observer } from '../engine/observe.ts';
import type { CommonOptions, CredentialOption, ServerOptions } from '../engine/options.ts';
import type { ClientConfig } from '../handshake/shared/config.ts';
import { clientBinding, serverBinding } from '../host/binding.ts';
import { credentialOf, type Identity } from '../host/credential.ts';
import type { Trust } from '../host/trust.ts';
import { TlsError } from '../wire/tls_error.ts';
import { TrustAnchors, trustAnchors } from '../x509/anchors.ts';
import { readPem } from '../x509/pem.ts';
import { COMPATIBLE, type Policy } from '../x509/policy.ts';
import { type IdentityOptions, identitiesOf, listOf, type Pem, pemOrDer } from './identity_options.ts';
import { commonOptions, type NodeVersion, type Protocols } from './protocol_options.ts';
import { anchorsOf, rootsAlone } from './roots.ts';

/** Options of both roles; those with node:tls's names mean what they mean there. */
export interface SecureOptions extends IdentityOptions {
  /** PEM or DER certificates to trust, instead of the built-in roots. */
  readonly ca?: Pem | readonly Pem[] | undefined;
  /** Whether those of `ca` that are no roots are trusted too, and not only used to find a path to a root. Default false. */
  readonly allowPartialTrustChain?: boolean | undefined;
  /** PEM or DER certificate revocation lists. With them, every certificate of a path needs one of its issuer's. */
  readonly crl?: Pem | readonly Pem[] | undefined;
  /** `TLSv1` and `TLSv1.1` mean the lowest that is spoken, TLSv1.2. */
  readonly minVersion?: NodeVersion | undefined;
  readonly maxVersion?: NodeVersion | undefined;
  /** OpenSSL's methods, `TLSv1_2_method`; for new code minVersion and maxVersion. */
  readonly secureProtocol?: string | undefined;
  /** OpenSSL's SSL_OP_*: those that turn versions or tickets off, or the server's order on, count; no others are needed. */
  readonly secureOptions?: number | undefined;
  /** OpenSSL's list, `ECDHE+AESGCM:!SHA1`, in which names of TLS 1.3 suites may stand too; best first. */
  readonly ciphers?: string | undefined;
  /** False for a server that follows the client's order. Default true. */
  readonly honorCipherOrder?: boolean | undefined;
  /** Groups, separated by colons, best first: X25519MLKEM768, X25519, P-256 (prime256v1), P-384, P-521, X448, ffdhe2048 ... */
  readonly ecdhCurve?: string | undefined;
  /** Signature schemes by IANA's or OpenSSL's name, separated by colons, best first. */
  readonly sigalgs?: string | undefined;
  readonly ALPNProtocols?: Protocols | undefined;
  /** False to go on with a peer that is not trusted; then `authorized` is false. Default true. */
  readonly rejectUnauthorized?: boolean | undefined;
  /** `auto`, or nothing: groups are those of RFC 7919. */
  readonly dhparam?: string | Uint8Array | undefined;
  /** What sessions of a server belong to besides its certificates and protocols. */
  readonly sessionIdContext?: string | undefined;
  /** Seconds that a session may be used. Default 7200. */
  readonly sessionTimeout?: number | undefined;
  readonly clientCertEngine?: string | undefined;
  readonly privateKeyEngine?: string | undefined;
  readonly privateKeyIdentifier?: string | undefined;

  // What node:tls does not have.
  /** Default: node:crypto's. */
  readonly provider?: CryptoProvider | undefined;
  /** Adds RSA key exchange and CBC. Default false. */
  readonly legacy?: boolean | undefined;
  /** What else the engine can do and node:tls has no name for: record_size_limit, extended_master_secret ... */
  readonly engine?: EngineOptions | undefined;
  /** `sha256//BASE64` of public keys, one of which must be the server's, trusted or not; the form of curl's pins. */
  readonly pins?: readonly string[] | undefined;
  /** Which certificates are good enough. Default `COMPATIBLE`, what node:tls accepts. */
  readonly policy?: Policy | undefined;
  readonly observe?: Observer | undefined;
  readonly observeSecrets?: boolean | undefined;
  readonly keyLog?: ((line: string) => void) | undefined;
}

/** The engine's own options, but for those that are told from others here. */
export type EngineOptions = Pick<
  CommonOptions,
  | 'certificateSignatureSchemes'
  | 'certificateCompression'
  | 'extendedMasterSecret'
  | 'recordSizeLimit'
  | 'recordPadding'
  | 'smallFirstRecords'
  | 'pskWithoutDhe'
  | 'middleboxCompatibility'
  | 'limits'
  | 'now'
>;

/**
 * Options that were read and checked, for any number of connections: certificates and keys are parsed once. The role is
 * open until `connect` or `createServer` uses it.
 */
export class SecureContext {
  readonly common: CommonOptions;
  readonly identities: readonly Identity[];
  private readonly source: SecureOptions;
  private readonly pins: readonly Uint8Array[] | undefined;
  private readonly given: TrustAnchors | undefined;
  /** DER names of the authorities in `ca` and `pfx`. */
  private readonly authorities: readonly Uint8Array[];
  private readonly judging = new Map<boolean, Trust>();
  private readonly bindings = new Map<Trust, Uint8Array>();
  private readonly clients = new Map<Trust, ClientConfig>();
  private readonly crls: readonly Uint8Array[] | undefined;
  private proofs: readonly CredentialOption[] | undefined;

  /** @throws TlsError ERR_TLS_CONFIG, and what reading certificates and keys throws */
  constructor(options: SecureOptions) {
    this.source = options;
    this.common = commonOptions(options);
    const { identities, authorities } = identitiesOf(options);
    this.identities = identities;
    this.pins = options.pins?.map(pinOfText);
    this.crls = options.crl === undefined ? undefined : listOf(options.crl).flatMap(crlsOf);
    let given = options.ca === undefined || options.ca === null ? undefined : anchorsOf(options.ca);
    // node:tls trusts the authorities of a pfx beside what it trusts anyhow.
    if (authorities.length > 0) {
      given = new TrustAnchors([...anchorsOf(options.ca).all, ...trustAnchors(authorities).all]);
    }
    this.authorities = given === undefined ? [] : given.all.map(({ name }) => name.raw);
    this.given = options.allowPartialTrustChain === true ? given : given && rootsAlone(given);
  }

  /** Whether a server chooses by the client's order. */
  get followsClient(): boolean {
    return this.source.honorCipherOrder === false;
  }

  /** Whether `secureOptions` turns tickets off. */
  get withoutTickets(): boolean {
    return ((this.source.secureOptions ?? 0) & constants.SSL_OP_NO_TICKET) !== 0;
  }

  /** What peers are judged by; the built-in roots are read when they are first needed. */
  get trust(): Trust {
    return this.trustFor(undefined);
  }

  /** {@link trust} for a connection that says itself whether it insists. */
  trustFor(rejectUnauthorized = this.source.rejectUnauthorized ?? true): Trust {
    const known = this.judging.get(rejectUnauthorized);
    if (known !== undefined) return known;
    const { pins, crls, common } = this;
    const { policy = COMPATIBLE } = this.source;
    const anchors = this.given ?? anchorsOf(undefined);
    const trust: Trust = { anchors, provider: common.provider, policy, rejectUnauthorized, pins, crls };
    this.judging.set(rejectUnauthorized, trust);
    return trust;
  }

  /** What the sessions of a client belong to. */
  get clientBinding(): Uint8Array {
    return this.bindingFor(this.trust);
  }

  bindingFor(trust: Trust): Uint8Array {
    const known = this.bindings.get(trust);
    if (known !== undefined) return known;
    const chains = this.identities.flatMap(({ chain }) => chain);
    const binding = clientBinding(trust, [...chains, ...(this.crls ?? [])]);
    this.bindings.set(trust, binding);
    return binding;
  }

  /** What a client is configured with, but for whom it speaks to. @throws TlsError ERR_TLS_CONFIG */
  clientConfigFor(trust: Trust): ClientConfig {
    const known = this.clients.get(trust);
    if (known !== undefined) return known;
    const { common, credentials } = this;
    const config = resolveClient({ ...common, credentials, sessionBinding: this.bindingFor(trust) });
    this.clients.set(trust, config);
    return config;
  }

  /** What both roles prove themselves with. */
  get credentials(): readonly CredentialOption[] {
    this.proofs ??= this.identities.map(credentialOf);
    return this.proofs;
  }

  /** `asking`: what clients are asked for, by a server that does ask; who is trusted then belongs to its sessions. */
  serverOptionsFor(asking: 'none' | 'request' | 'require', rejectUnauthorized?: boolean): ServerOptions {
    const options = { ...this.common, credentials: this.credentials, clientCertificate: asking };
    const { sessionIdContext, sessionTimeout } = this.source;
    const parts = asking === 'none' ? [] : [clientBinding(this.trustFor(rejectUnauthorized), this.crls)];
    if (sessionIdContext !== undefined) parts.push(new Uint8Array(Buffer.from(sessionIdContext)));
    return {
      ...options,
      clientAuthorities: asking === 'none' ? [] : this.authorities,
      sessionBinding: serverBinding(options, parts),
      ...(sessionTimeout !== undefined && { sessionLifetime: sessionTimeout }),
    };
  }
}

/** The context that was given, or one of the options. @throws TlsError ERR_TLS_CONFIG for one of another module */
export function contextOf(given: SecureContext | null | undefined, options: SecureOptions): SecureContext {
  if (given === undefined || given === null) return new SecureContext(options);
  if (given instanceof SecureContext) return given;
  throw new TlsError(
    'ERR_TLS_CONFIG',
    "a secureContext comes from this module's createSecureContext, not from node:tls",
  );
}

/** @throws TlsError ERR_TLS_CONFIG, and what reading certificates and keys throws */
export function createSecureContext(options: SecureOptions = {}): SecureContext {
  return new SecureContext(options);
}

export interface ClientName {
  readonly host?: string | undefined;
  readonly servername?: string | undefined;
}

/** What domainToASCII, which is slow, gives back as it is: no number at the end, which may be an address, and no A-label. */
const PLAIN_NAME = /^(?!(?:.*\.)?xn--)(?:[a-z0-9_-]{1,63}\.)*[a-z][a-z0-9-]{0,62}$/;

/** The name to speak to, as an A-label or an IP address. @throws TlsError ERR_TLS_CONFIG */
export function serverNameOf({ servername, host }: ClientName): string {
  const name = servername || host || 'localhost';
  if (PLAIN_NAME.test(name)) return name;
  const serverName = isIP(name) ? name : domainToASCII(name);
  if (serverName === '') throw new TlsError('ERR_TLS_CONFIG', `${JSON.stringify(name)} is not a host name`);
  return serverName;
}

function pinOfText(text: string): Uint8Array {
  const hash = /^sha256\/\/([A-Za-z0-9+/]{43}=)$/.exec(text)?.[1];
  if (hash === undefined)
    throw new TlsError('ERR_TLS_CONFIG', `${JSON.stringify(text)} is not sha256//BASE64 of a key`);
  return new Uint8Array(Buffer.from(hash, 'base64'));
}

function crlsOf(crl: Pem): readonly Uint8Array[] {
  const source = pemOrDer(crl);
  if (typeof source !== 'string') return [source];
  const lists = readPem(source, 'X509 CRL').map(({ der }) => der);
  if (lists.length === 0) throw new TlsError('ERR_TLS_CONFIG', 'crl holds no PEM certificate revocation list');
  return lists;
}
