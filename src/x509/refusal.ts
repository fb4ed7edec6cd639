// Why a chain was refused, as data: a code of its own for each fault, the certificate at fault, the rule, the two values
// that were compared, one English sentence, and the alert that a TLS endpoint sends (RFC 8446 6.2). All text that came
// from a certificate is escaped already. Rules find faults (fault.ts); the texts are put to them at the end (sentences.ts).

import type { Certificate } from './certificate.ts';
import { displayName } from './names.ts';
import type { SENTENCES } from './sentences.ts';

export type Alert =
  | 'unknown_ca'
  | 'certificate_expired'
  | 'bad_certificate'
  | 'unsupported_certificate'
  | 'certificate_revoked'
  | 'certificate_unknown'
  | 'bad_certificate_status_response';

/** Which certificate: its place in the chain as sent (0 is the leaf), a trust anchor, or one that the trust store holds beside these. */
export type CertificateRef =
  | { readonly kind: 'chain'; readonly index: number; readonly subject: string }
  | { readonly kind: 'anchor' | 'held'; readonly subject: string };

export interface Refusal {
  readonly code: RefusalCode;
  readonly certificate: CertificateRef | undefined;
  /** The rule, with the section that states it. */
  readonly check: string;
  readonly expected: string;
  readonly actual: string;
  readonly text: string;
  readonly alert: Alert;
  /** For a missing issuer: where the certificate says it is published (authority information access), escaped. */
  readonly published?: readonly string[];
}

export type RefusalCode = keyof typeof SENTENCES;

/** A reference whose subject is decoded only when somebody reads it. (A getter in an object literal would cost more.) */
class LazyRef {
  readonly kind: CertificateRef['kind'];
  readonly index: number;
  private readonly certificate: Certificate;
  private text: string | undefined;

  /** `index` below zero: one of the trust store's, an anchor (-1) or not. */
  constructor(index: number, certificate: Certificate) {
    this.kind = index >= 0 ? 'chain' : index === -1 ? 'anchor' : 'held';
    this.index = index;
    this.certificate = certificate;
  }

  get subject(): string {
    this.text ??= subjectText(this.certificate);
    return this.text;
  }

  toJSON(): CertificateRef {
    return plainRef(this as CertificateRef);
  }
}

export function chainRef(index: number, certificate: Certificate): CertificateRef {
  return new LazyRef(index, certificate) as CertificateRef;
}

/** The reference as plain data. */
export function plainRef(ref: CertificateRef): CertificateRef {
  const { kind, subject } = ref;
  return kind === 'chain' ? { kind, index: ref.index, subject } : { kind, subject };
}

/** `the leaf (example.com)`, `certificate 1 (R3)`, `the trust anchor (ISRG Root X1)` ...: for sentences. */
export function refText(ref: CertificateRef): string {
  if (ref.kind !== 'chain')
    return `the ${ref.kind === 'anchor' ? 'trust anchor' : 'intermediate held here'} (${ref.subject})`;
  const place = ref.index === 0 ? 'the leaf' : `certificate ${ref.index}`;
  return `${place} (${ref.subject})`;
}

/** What to call `certificate` in texts: escaped and cut. */
export function subjectText(certificate: Certificate): string {
  try {
    const text = displayName(certificate.subject);
    return text.length > 120 ? `${text.slice(0, 120)}...` : text;
  } catch {
    return '(unreadable name)';
  }
}
