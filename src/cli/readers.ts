// What inspect cannot read by itself, because it takes X.509: names of authorities, certificates, OCSP responses, object
// identifiers, each as a line of text.

import { keyBits } from '../crypto/keys.ts';
import type { ContentReaders } from '../inspect/readable.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { DerReader } from '../x509/der.ts';
import { displayName, nameText, parseName } from '../x509/names.ts';
import { oidName } from '../x509/oids.ts';
import { ocspText } from './staple.ts';
import { fill, type Lang } from './text.ts';
import { READERS } from './texts/readers.ts';

export function readersIn(lang: Lang): ContentReaders {
  return {
    distinguishedName: (der) => nameText(parseName(der)),
    certificate: (der) => certificateText(der, lang),
    ocspResponse: (der) => ocspText(der, lang),
    objectIdentifier: (der) => oidName(new DerReader(der).oid()),
  };
}

/** `localhost, by Test CA, EC 256, until 2026-01-31` */
function certificateText(der: Uint8Array, lang: Lang): string {
  const { subject, issuer, spki, notAfter } = parseCertificate(der);
  const { key } = spki;
  return fill(READERS.certificate[lang], {
    subject: displayName(subject),
    issuer: displayName(issuer),
    key: key === undefined ? '' : `${key.kind.toUpperCase()} ${keyBits(key)}`,
    until: new Date(notAfter).toISOString().slice(0, 10),
  });
}
