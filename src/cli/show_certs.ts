// --showcerts: the certificates as the server sent them, as PEM with subject and issuer in front of each, in lines that programs
// that read PEM pass over (RFC 7468 2).

import { parseCertificate } from '../x509/certificate.ts';
import { nameTextInOrder } from '../x509/names.ts';
import { writePem } from '../x509/pem.ts';
import { safe } from './terminal.ts';

/** `chain`: DER, leaf first. */
export function chainPem(chain: readonly Uint8Array[]): string {
  return chain.map((der, i) => `${titleOf(der, i)}${writePem('CERTIFICATE', der)}`).join('');
}

function titleOf(der: Uint8Array, index: number): string {
  try {
    const { subject, issuer } = parseCertificate(der);
    return ` ${index} s:${safe(nameTextInOrder(subject))}\n   i:${safe(nameTextInOrder(issuer))}\n`;
  } catch {
    return ` ${index} s:(unreadable)\n`;
  }
}
