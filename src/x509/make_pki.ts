// A small certification hierarchy in one call: root, intermediate and any number of end entities. For demonstrations,
// `glasstls serve` and tests; keys come from a generator that the caller gives, because providers never see private keys.

import type { CryptoProvider, PrivateKey } from '../crypto/provider.ts';
import { type CertificateSource, makeCertificate, type NameSource } from './make.ts';

export interface Issued {
  readonly der: Uint8Array;
  readonly key: PrivateKey;
  readonly subject: NameSource;
}

export interface IssueOptions {
  /** Host names and addresses for subjectAltName. */
  readonly names?: readonly string[];
  readonly commonName?: string;
  readonly role?: 'server' | 'client';
  readonly key?: PrivateKey;
  /** Anything else of the certificate. */
  readonly overrides?: Partial<CertificateSource>;
}

export interface TestPki {
  readonly root: Issued;
  readonly intermediate: Issued;
  /** An end entity under the intermediate. */
  issue(options: IssueOptions): Issued;
  /** What a peer sends: the end entity, then the intermediate. */
  chainOf(issued: Issued): Uint8Array[];
}

export interface PkiOptions {
  readonly provider: CryptoProvider;
  /** A new private key at each call. */
  readonly generateKey: () => PrivateKey;
  /** The moment that lies inside every validity, in milliseconds since 1970. */
  readonly now: number;
  /** Names begin with it; default `glasstls test`. */
  readonly label?: string;
  readonly root?: Partial<CertificateSource>;
  readonly intermediate?: Partial<CertificateSource>;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export function makeTestPki(options: PkiOptions): TestPki {
  const { provider, now, generateKey } = options;
  const label = options.label ?? 'glasstls test';
  const validity = (days: number) => ({ notBefore: now - HOUR, notAfter: now + days * DAY });

  const rootKey = generateKey();
  const rootName: NameSource = [
    ['O', label],
    ['CN', `${label} root`],
  ];
  const root: Issued = {
    key: rootKey,
    subject: rootName,
    der: makeCertificate({
      subject: rootName,
      publicKey: rootKey.publicKey,
      signer: rootKey,
      provider,
      isCa: true,
      ...validity(3650),
      ...options.root,
    }),
  };
  const intermediate = makeIntermediate(options, root, `${label} intermediate`, options.intermediate);
  return {
    root,
    intermediate,
    issue: (wanted) => {
      const key = wanted.key ?? generateKey();
      const subject: NameSource = wanted.commonName === undefined ? [['O', label]] : [['CN', wanted.commonName]];
      const certificate = makeCertificate({
        subject,
        issuer: intermediate.subject,
        publicKey: key.publicKey,
        signer: intermediate.key,
        provider,
        ...(wanted.names === undefined ? {} : { san: wanted.names }),
        extKeyUsage: [wanted.role === 'client' ? 'clientAuth' : 'serverAuth'],
        ...validity(90),
        ...wanted.overrides,
      });
      return { der: certificate, key, subject: wanted.overrides?.subject ?? subject };
    },
    chainOf: (issued) => [issued.der, intermediate.der],
  };
}

/** Another CA under `issuer`. */
export function makeIntermediate(
  options: Pick<PkiOptions, 'provider' | 'generateKey' | 'now'>,
  issuer: Issued,
  commonName: string,
  overrides: Partial<CertificateSource> = {},
): Issued {
  const key = options.generateKey();
  const subject: NameSource = overrides.subject ?? [['CN', commonName]];
  const certificate = makeCertificate({
    subject,
    issuer: issuer.subject,
    publicKey: key.publicKey,
    signer: issuer.key,
    provider: options.provider,
    isCa: true,
    notBefore: options.now - HOUR,
    notAfter: options.now + 1825 * DAY,
    ...overrides,
  });
  return { der: certificate, key, subject };
}
