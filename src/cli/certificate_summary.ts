// From x509's judgement to what the renderers show of a certificate: names, dates, the name that matched, the verify result.

import { keyBits, type PublicKey } from '../crypto/keys.ts';
import type { CertificateSummary, ChainEntry } from '../inspect/certificate_summary.ts';
import type { Certificate } from '../x509/certificate.ts';
import { nameTextInOrder } from '../x509/names.ts';
import { oidName } from '../x509/oids.ts';
import type { Judgement } from '../x509/verify.ts';

/** `host`: the name that was asked for. Undefined when not even the leaf could be read. */
export function summaryOf(judgement: Judgement, host: string, ignored: boolean): CertificateSummary | undefined {
  const { leaf } = judgement;
  if (leaf === undefined) return undefined;
  const mismatch = !judgement.ok && NAME_FAULTS.has(judgement.refusal.code);
  const matched = judgement.ok ? judgement.matched : undefined;
  // A refusal before names were compared says nothing about the name.
  const name = judgement.ok || mismatch ? { host, matched } : undefined;
  return {
    subject: readable(() => nameTextInOrder(leaf.subject)),
    issuer: readable(() => nameTextInOrder(leaf.issuer)),
    notBefore: leaf.notBefore,
    notAfter: leaf.notAfter,
    ...(name !== undefined && { name }),
    verify: judgement.ok ? { kind: 'ok' } : { kind: 'failed', problem: judgement.refusal.text, ignored },
    chain: (judgement.ok ? judgement.path : [leaf]).flatMap(entryOf),
  };
}

const NAME_FAULTS: ReadonlySet<string> = new Set(['name_mismatch', 'no_alternative_name', 'common_name_only']);

function entryOf(certificate: Certificate): ChainEntry[] {
  try {
    const { key } = certificate.spki;
    if (key === undefined) return [];
    const signedUsing = oidName(certificate.signatureAlgorithm.oid);
    return [{ keyType: keyTypeOf(key), keyBits: keyBits(key), signedUsing }];
  } catch {
    return [];
  }
}

function keyTypeOf(key: PublicKey): string {
  return key.kind === 'ec' ? `EC/${key.curve}` : key.kind.toUpperCase();
}

function readable(read: () => string): string {
  try {
    return read();
  } catch {
    return '(unreadable)';
  }
}
