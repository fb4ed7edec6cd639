// What is shown of a certificate and of the judgement on it: plain data that the host fills in from its own parser, so that
// nothing here needs to know X.509. All texts count as hostile and are escaped when shown.

export interface CertificateSummary {
  /** Distinguished names as text, `C=US; O=Example; CN=example.com`. */
  readonly subject: string;
  readonly issuer: string;
  /** Milliseconds since 1970, UTC. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** The name that was asked for and the entry of subjectAltName that covers it, when one does. */
  readonly name?: { readonly host: string; readonly matched: string | undefined };
  readonly verify: VerifyResult;
  /** The chain, own certificate first. */
  readonly chain?: readonly ChainEntry[];
}

export type VerifyResult =
  | { readonly kind: 'ok' }
  /** Refused; with `ignored` the connection goes on all the same (`-k`). */
  | { readonly kind: 'failed'; readonly problem: string; readonly ignored: boolean }
  /** Nobody looked. */
  | { readonly kind: 'skipped' };

export interface ChainEntry {
  /** `RSA`, `EC/secp256r1`, `ED25519`. */
  readonly keyType: string;
  readonly keyBits: number;
  /** `sha256WithRSAEncryption`. */
  readonly signedUsing: string;
}
