// What the shim proves itself with: the files of BoGo's credential flags as credentials of the engine, with their keys.

import { readFileSync } from 'node:fs';
import { opaque, vector } from '../../../src/codec/codec.ts';
import { decode } from '../../../src/codec/run.ts';
import type { PrivateKey } from '../../../src/crypto/provider.ts';
import { SCHEMES } from '../../../src/crypto/schemes.ts';
import type { CredentialOption } from '../../../src/engine/options.ts';
import type { Answers, PskNeed } from '../../../src/handshake/shared/needs.ts';
import { credentialOf, type Identity } from '../../../src/host/credential.ts';
import { importPrivateKey } from '../../../src/providers/node.ts';
import { readPem } from '../../../src/x509/pem.ts';
import { type CredentialSettings, type Settings, Unimplemented } from './flags.ts';

export interface OwnCredential {
  /** The place that BoGo counts, or -1 for the default credential. */
  readonly number: number;
  readonly identity: Identity;
  readonly option: CredentialOption;
}

/** In BoringSSL's order: the default credential comes last. */
export function ownCredentials(settings: Settings): readonly OwnCredential[] {
  const { own, credentials } = settings;
  const all = credentials.map((one, number) => load(one, number, settings));
  return own['cert-file'] === undefined ? all : [...all, load(own, -1, settings)];
}

function load(flags: CredentialSettings, number: number, settings: Settings): OwnCredential {
  const { 'cert-file': certFile, 'key-file': keyFile, 'signing-prefs': schemes } = flags;
  if (certFile === undefined || keyFile === undefined) throw new Unimplemented('a credential without files');
  const timestamps = flags['signed-cert-timestamps'];
  const staple = settings['decline-ocsp-callback'] ? undefined : flags['ocsp-response'];
  const identity: Identity = {
    chain: readChain(certFile),
    privateKey: readKey(keyFile),
    ocspResponse: staple,
    timestamps: timestamps && timestampsOf(timestamps),
  };
  const option: CredentialOption = {
    ...credentialOf(identity),
    schemes: schemes ?? DEFAULT_SCHEMES,
    ...(flags['must-match-issuer'] && { onlyForAuthorities: true }),
  };
  return { number, identity, option };
}

/** BoringSSL signs with SHA-1 where the peer knows nothing else. */
const DEFAULT_SCHEMES = [...SCHEMES.map(({ id }) => id), 0x0203, 0x0201];

function readKey(file: string): PrivateKey {
  try {
    return importPrivateKey(readFileSync(file, 'latin1'));
  } catch (error) {
    throw new Unimplemented('a key of this kind', { cause: error });
  }
}

export function readChain(file: string): readonly Uint8Array[] {
  return readPem(readFileSync(file, 'latin1'), 'CERTIFICATE').map(({ der }) => der);
}

/** RFC 6962 3.3: SignedCertificateTimestampList. @throws DecodeError */
function timestampsOf(list: Uint8Array): readonly Uint8Array[] {
  return decode(vector(2, opaque(2, 1), 1), list);
}

/** BoGo's -psk is TLS 1.2's alone. @throws Error for another identity or hint than is expected */
export function sharedKey(settings: Settings, need: PskNeed, state: string): Answers['psk'] {
  const { psk, 'psk-identity': name = '' } = settings;
  if (psk === undefined || ['choose_external_psk', 'find_external_psk'].includes(state)) return undefined;
  const identity = new TextEncoder().encode(name);
  const said = need.role === 'client' ? need.hint : need.identity;
  if (Buffer.compare(said ?? new Uint8Array(0), identity) !== 0) throw new Error('another PSK identity or hint');
  return { identity, key: new TextEncoder().encode(psk) };
}
