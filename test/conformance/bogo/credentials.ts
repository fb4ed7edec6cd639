// What the shim proves itself with: the files of BoGo's credential flags as credentials of the engine, with their keys.

import { readFileSync } from 'node:fs';
import { opaque, vector } from '../../../src/codec/codec.ts';
import { decode } from '../../../src/codec/run.ts';
import { SCHEMES } from '../../../src/crypto/schemes.ts';
import type { CredentialOption } from '../../../src/engine/options.ts';
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
    privateKey: importPrivateKey(readFileSync(keyFile, 'latin1')),
    ocspResponse: staple,
    timestamps: timestamps && timestampsOf(timestamps),
  };
  const option: CredentialOption = {
    ...credentialOf(identity),
    schemes: schemes ?? SCHEMES.map(({ id }) => id),
    ...(flags['must-match-issuer'] && { onlyForAuthorities: true }),
  };
  return { number, identity, option };
}

export function readChain(file: string): readonly Uint8Array[] {
  return readPem(readFileSync(file, 'latin1'), 'CERTIFICATE').map(({ der }) => der);
}

/** RFC 6962 3.3: SignedCertificateTimestampList. @throws DecodeError */
function timestampsOf(list: Uint8Array): readonly Uint8Array[] {
  return decode(vector(2, opaque(2, 1), 1), list);
}
