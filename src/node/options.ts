// Options with the names and meaning of node:tls, turned into what the engine and x509 want. Certificates and keys are read
// here, once: a SecureContext serves any number of connections.

import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';
import { domainToASCII } from 'node:url';
import type { GroupName } from '../crypto/keys.ts';
import type { CryptoProvider, PrivateKey } from '../crypto/provider.ts';
import { resolveClient } from '../engine/config.ts';
import type { Observer } from '../engine/observe.ts';
import type { CommonOptions, CredentialOption, ServerOptions, VersionOption } from '../engine/options.ts';
import type { ClientConfig } from '../handshake/shared/config.ts';
import { clientBinding, serverBinding } from '../host/binding.ts';
import { credentialOf, type Identity } from '../host/credential.ts';
import type { Trust } from '../host/trust.ts';
import { importPrivateKey, nodeProvider } from '../providers/node.ts';
import { TlsError } from '../wire/tls_error.ts';
import { TrustAnchors, trustAnchors } from '../x509/anchors.ts';
import { readPem } from '../x509/pem.ts';
import { COMPATIBLE, type Policy } from '../x509/policy.ts';
import { groupByName } from './group_names.ts';

type Pem = string | Uint8Array;

/** Options of both roles; those with node:tls's names mean what they mean there. */
export interface SecureOptions {
  /** PEM or DER certificates to trust, instead of the built-in roots. */
  readonly ca?: Pem | readonly Pem[];
  /** PEM: own certificate first, then the rest of its chain. Several for keys of several kinds. */
  readonly cert?: Pem | readonly Pem[];
  /** PEM or DER private key, or a key that is elsewhere; as many as there are in `cert`. */
  readonly key?: Pem | PrivateKey | readonly (Pem | PrivateKey)[];
  readonly passphrase?: string;
  /** DER OCSPResponses to staple, in the order of `cert` (RFC 6066 8). */
  readonly ocspResponse?: Uint8Array | readonly (Uint8Array | undefined)[];
  readonly minVersion?: VersionOption;
  readonly maxVersion?: VersionOption;
  /** OpenSSL's list, `ECDHE+AESGCM:!SHA1`, in which names of TLS 1.3 suites may stand too; best first. */
  readonly ciphers?: string;
  /** Groups, separated by colons, best first: X25519MLKEM768, X25519, P-256 (prime256v1), P-384, P-521, X448, ffdhe2048 ... */
  readonly ecdhCurve?: string;
  /** Signature schemes by IANA's name, separated by colons, best first. */
  readonly sigalgs?: string;
  readonly ALPNProtocols?: readonly string[];
  /** False to go on with a peer that is not trusted; then `authorized` is false. Default true. */
  readonly rejectUnauthorized?: boolean;

  // What node:tls does not have.
  /** Default: node:crypto's. */
  readonly provider?: CryptoProvider;
  /** Adds RSA key exchange and CBC. Default false. */
  readonly legacy?: boolean;
  /** What else the engine can do and node:tls has no name for: record_size_limit, extended_master_secret ... */
  readonly engine?: EngineOptions;
  /** `sha256//BASE64` of public keys, one of which must be the server's, trusted or not; the form of curl's pins. */
  readonly pins?: readonly string[];
  /** Which certificates are good enough. Default `COMPATIBLE`, what node:tls accepts. */
  readonly policy?: Policy;
  readonly observe?: Observer;
  readonly observeSecrets?: boolean;
  readonly keyLog?: (line: string) => void;
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
  private judging: Trust | undefined;
  private binding: Uint8Array | undefined;
  private proofs: readonly CredentialOption[] | undefined;
  private resolved: ClientConfig | undefined;

  /** @throws TlsError ERR_TLS_CONFIG, and what reading certificates and keys throws */
  constructor(options: SecureOptions) {
    this.source = options;
    this.common = commonOptions(options);
    this.identities = identitiesOf(options);
    this.pins = options.pins?.map(pinOfText);
    if (options.ca !== undefined) this.given = anchorsOf(options.ca);
  }

  /** What a client judges servers by; the built-in roots are read when they are first needed. */
  get trust(): Trust {
    const { policy = COMPATIBLE, rejectUnauthorized } = this.source;
    const { pins, common } = this;
    this.judging ??= {
      anchors: this.given ?? anchorsOf(undefined),
      provider: common.provider,
      policy,
      rejectUnauthorized,
      pins,
    };
    return this.judging;
  }

  /** What the sessions of a client belong to. */
  get clientBinding(): Uint8Array {
    this.binding ??= clientBinding(
      this.trust,
      this.identities.flatMap(({ chain }) => chain),
    );
    return this.binding;
  }

  /** What both roles prove themselves with. */
  get credentials(): readonly CredentialOption[] {
    this.proofs ??= this.identities.map(credentialOf);
    return this.proofs;
  }

  /** What a client is configured with, but for whom it speaks to. @throws TlsError ERR_TLS_CONFIG */
  get clientConfig(): ClientConfig {
    const { common, credentials, clientBinding: sessionBinding } = this;
    this.resolved ??= resolveClient({ ...common, credentials, sessionBinding });
    return this.resolved;
  }

  get serverOptions(): ServerOptions {
    return this.serverOptionsFor('none');
  }

  /** `asking`: what clients are asked for, by a server that does ask; who is trusted then belongs to its sessions. */
  serverOptionsFor(asking: 'none' | 'request' | 'require'): ServerOptions {
    const options = { ...this.common, credentials: this.credentials, clientCertificate: asking };
    const parts = asking === 'none' ? [] : [clientBinding(this.trust)];
    const authorities = asking === 'none' || this.given === undefined ? [] : this.given.all.map(({ name }) => name.raw);
    return { ...options, clientAuthorities: authorities, sessionBinding: serverBinding(options, parts) };
  }
}

/** @throws TlsError ERR_TLS_CONFIG, and what reading certificates and keys throws */
export function createSecureContext(options: SecureOptions = {}): SecureContext {
  return new SecureContext(options);
}

export interface ClientName {
  readonly host?: string | undefined;
  readonly servername?: string | undefined;
}

/** The name to speak to, as an A-label or an IP address. @throws TlsError ERR_TLS_CONFIG */
export function serverNameOf({ servername, host }: ClientName): string {
  const name = servername || host || 'localhost';
  const serverName = isIP(name) ? name : domainToASCII(name);
  if (serverName === '') throw new TlsError('ERR_TLS_CONFIG', `${JSON.stringify(name)} is not a host name`);
  return serverName;
}

function commonOptions(options: SecureOptions): CommonOptions {
  const {
    provider = nodeProvider,
    minVersion,
    maxVersion,
    legacy,
    observe,
    observeSecrets,
    keyLog,
    ALPNProtocols,
  } = options;
  return {
    provider,
    ...(minVersion !== undefined && { minVersion }),
    ...(maxVersion !== undefined && { maxVersion }),
    ...(options.ciphers !== undefined && { cipherSuites: options.ciphers }),
    ...(options.ecdhCurve !== undefined &&
      options.ecdhCurve !== 'auto' && { groups: options.ecdhCurve.split(':').map(groupOf) }),
    ...(options.sigalgs !== undefined && { signatureSchemes: options.sigalgs.split(':') }),
    ...(ALPNProtocols !== undefined && { alpn: ALPNProtocols }),
    ...options.engine,
    ...(legacy !== undefined && { legacy }),
    ...(observe !== undefined && { observe }),
    ...(observeSecrets !== undefined && { observeSecrets }),
    ...(keyLog !== undefined && { keyLog }),
  };
}

function groupOf(name: string): GroupName {
  const group = groupByName(name);
  if (group === undefined) throw new TlsError('ERR_TLS_CONFIG', `there is no group named ${JSON.stringify(name)}`);
  return group;
}

function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as T];
}

/** Nothing given means the built-in roots; it never means that everything is trusted. */
function anchorsOf(ca: SecureOptions['ca']): TrustAnchors {
  if (ca === undefined) return builtInRoots();
  return trustAnchors(listOf(ca).map(pemOrDer));
}

let roots: TrustAnchors | undefined;

/** Node's Mozilla roots and NODE_EXTRA_CA_CERTS, read when first needed. */
function builtInRoots(): TrustAnchors {
  if (roots === undefined) {
    const mozilla = trustAnchors(rootCertificates, { vetted: true }).all;
    const file = process.env.NODE_EXTRA_CA_CERTS;
    const extra = file ? trustAnchors([readFileSync(file, 'latin1')]).all : [];
    roots = new TrustAnchors([...mozilla, ...extra]);
  }
  return roots;
}

function identitiesOf({ cert, key, passphrase, ocspResponse }: SecureOptions): readonly Identity[] {
  const certs = listOf(cert);
  const keys = listOf(key);
  if (certs.length !== keys.length) {
    throw new TlsError('ERR_TLS_CONFIG', `${certs.length} certificates and ${keys.length} private keys were given`);
  }
  const responses = listOf(ocspResponse);
  return certs.map((chain, index) => ({
    chain: chainOf(chain),
    privateKey: privateKeyOf(keys[index], passphrase),
    ocspResponse: responses[index],
  }));
}

function chainOf(cert: Pem): readonly Uint8Array[] {
  const source = pemOrDer(cert);
  if (typeof source !== 'string') return [source];
  const chain = readPem(source, 'CERTIFICATE').map((block) => block.der);
  if (chain.length === 0) throw new TlsError('ERR_TLS_CONFIG', 'cert holds no PEM certificate');
  return chain;
}

function privateKeyOf(key: Pem | PrivateKey | undefined, passphrase: string | undefined): PrivateKey {
  if (key === undefined) throw new TlsError('ERR_TLS_CONFIG', 'a certificate has no private key');
  if (typeof key === 'object' && 'sign' in key) return key;
  return importPrivateKey(pemOrDer(key), passphrase);
}

/** Bytes that hold PEM are text. */
function pemOrDer(source: Pem): string | Uint8Array {
  if (typeof source === 'string') return source;
  const text = Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString('latin1');
  return text.includes('-----BEGIN ') ? text : source;
}

function pinOfText(text: string): Uint8Array {
  const hash = /^sha256\/\/([A-Za-z0-9+/]{43}=)$/.exec(text)?.[1];
  if (hash === undefined)
    throw new TlsError('ERR_TLS_CONFIG', `${JSON.stringify(text)} is not sha256//BASE64 of a key`);
  return new Uint8Array(Buffer.from(hash, 'base64'));
}
