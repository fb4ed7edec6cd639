// The policy's row `profile`: MUSTs of RFC 5280 4 and the CA/Browser Forum's profile that do not change what a path
// proves but tell a careful CA from a careless one. Applied under `web`, and not to anchors that a root program vetted.

import type { Certificate } from './certificate.ts';
import { excerpt } from './escape.ts';
import { oddAddress } from './identity.ts';
import { OID, oidName } from './oids.ts';
import { type CertificateRef, type Refusal, refText, refuse } from './refusal.ts';

type Place = 'leaf' | 'issuer' | 'anchor';

export function profileFault(certificate: Certificate, ref: CertificateRef, place: Place): Refusal | undefined {
  return (
    versionFault(certificate, ref) ??
    serialFault(certificate, ref, place) ??
    nameFault(certificate, ref, place) ??
    criticalityFault(certificate, ref, place) ??
    keyIdentifierFault(certificate, ref, place) ??
    misplacedFault(certificate, ref, place) ??
    usageFault(certificate, ref) ??
    commonNameFault(certificate, ref, place)
  );
}

function versionFault(certificate: Certificate, ref: CertificateRef): Refusal | undefined {
  if (certificate.version === 3) return undefined;
  const actual = `version ${certificate.version}`;
  return refuse('not_version_3', ref, { expected: 'version 3', actual, text: `${refText(ref)} is of ${actual}` });
}

/** RFC 5280 4.1.2.2: positive, at most 20 octets. Zero in old roots is common and harmless. */
function serialFault(certificate: Certificate, ref: CertificateRef, place: Place): Refusal | undefined {
  const { serial } = certificate;
  const negative = ((serial[0] as number) & 0x80) !== 0;
  const zero = serial.length === 1 && serial[0] === 0 && place !== 'anchor';
  if (!negative && !zero && serial.length <= 20) return undefined;
  const actual = negative ? 'a negative number' : zero ? 'zero' : `${serial.length} bytes`;
  const text = `the serial number of ${refText(ref)} is ${actual}`;
  return refuse('bad_serial_number', ref, { expected: 'a positive number of at most 20 bytes', actual, text });
}

function nameFault(certificate: Certificate, ref: CertificateRef, place: Place): Refusal | undefined {
  const empty = (which: string): Refusal =>
    refuse('empty_name', ref, {
      expected: `a ${which} that is not empty`,
      actual: `an empty ${which}`,
      text: `the ${which} of ${refText(ref)} is empty`,
    });
  if (place !== 'leaf' && certificate.subject.rdns.length === 0) return empty('subject');
  return certificate.issuer.rdns.length === 0 ? empty('issuer') : undefined;
}

const NEVER_CRITICAL = [OID.authorityKeyIdentifier, OID.subjectKeyIdentifier, OID.authorityInfoAccess, OID.freshestCrl];
const ALWAYS_CRITICAL = [OID.policyConstraints, OID.inhibitAnyPolicy];

function criticalityFault(certificate: Certificate, ref: CertificateRef, place: Place): Refusal | undefined {
  const wrong = (oid: string, critical: boolean): Refusal => {
    const expected = `${oidName(oid)} ${critical ? 'critical' : 'not critical'}`;
    const actual = `${oidName(oid)} ${critical ? 'not critical' : 'critical'}`;
    return refuse('wrong_criticality', ref, { expected, actual, text: `${refText(ref)} has ${actual}` });
  };
  const critical = (oid: string): boolean | undefined => certificate.extensions.get(oid)?.critical;
  for (const oid of NEVER_CRITICAL) if (critical(oid) === true) return wrong(oid, false);
  for (const oid of ALWAYS_CRITICAL) if (critical(oid) === false) return wrong(oid, true);
  if (place !== 'leaf' && critical(OID.basicConstraints) === false) return wrong(OID.basicConstraints, true);
  if (place !== 'leaf') return undefined;
  // BR 7.1.2.7.6: extKeyUsage of a subscriber is not critical; RFC 5280 4.2.1.6: without a subject the SAN is.
  if (critical(OID.extendedKeyUsage) === true) return wrong(OID.extendedKeyUsage, false);
  const unnamed = certificate.subject.rdns.length === 0;
  const sanCritical = critical(OID.subjectAltName);
  return sanCritical !== undefined && sanCritical !== unnamed ? wrong(OID.subjectAltName, unnamed) : undefined;
}

function keyIdentifierFault(certificate: Certificate, ref: CertificateRef, place: Place): Refusal | undefined {
  const missing = (oid: string): Refusal => {
    const expected = oidName(oid);
    const text = `${refText(ref)} has no ${expected}`;
    return refuse('missing_key_identifier', ref, { expected, actual: `no ${expected}`, text });
  };
  if (place !== 'leaf' && certificate.subjectKeyIdentifier === undefined) return missing(OID.subjectKeyIdentifier);
  const authority = certificate.authorityKeyIdentifier;
  // RFC 5280 4.2.1.1: only a self-signed certificate may leave it out; above an anchor there is no path to build.
  if (authority === undefined)
    return place === 'anchor' || certificate.selfIssued ? undefined : missing(OID.authorityKeyIdentifier);
  const form =
    authority.keyId === undefined
      ? 'without keyIdentifier'
      : authority.issuer !== undefined
        ? 'with authorityCertIssuer'
        : authority.serial !== undefined
          ? 'with authorityCertSerialNumber'
          : rootMismatch(certificate, authority.keyId, place);
  if (form === undefined) return undefined;
  const text = `${refText(ref)} has an authorityKeyIdentifier ${form}`;
  return refuse('authority_key_identifier_form', ref, {
    expected: 'the keyIdentifier of the issuer alone',
    actual: form,
    text,
  });
}

function rootMismatch(certificate: Certificate, keyId: Uint8Array, place: Place): string | undefined {
  const own = certificate.subjectKeyIdentifier;
  if (place !== 'anchor' || !certificate.selfIssued || own === undefined) return undefined;
  return keyId.length === own.length && keyId.every((byte, i) => byte === own[i])
    ? undefined
    : 'that is not the subjectKeyIdentifier of this root';
}

function misplacedFault(certificate: Certificate, ref: CertificateRef, place: Place): Refusal | undefined {
  const misplaced = (actual: string): Refusal =>
    refuse('misplaced_extension', ref, { expected: `no ${actual}`, actual, text: `${refText(ref)} has ${actual}` });
  const ca = certificate.basicConstraints?.ca === true;
  if (!ca && certificate.nameConstraints !== undefined) return misplaced('name constraints without being a CA');
  if (!ca && certificate.basicConstraints?.pathLength !== undefined)
    return misplaced('a path length without being a CA');
  if (place === 'anchor' && certificate.selfIssued && certificate.extendedKeyUsage !== undefined) {
    return misplaced('an extended key usage in a root');
  }
  return undefined;
}

function usageFault(certificate: Certificate, ref: CertificateRef): Refusal | undefined {
  const usage = certificate.keyUsage;
  const ca = certificate.basicConstraints?.ca === true;
  const contradiction = (expected: string, actual: string): Refusal =>
    refuse('inconsistent_key_usage', ref, { expected, actual, text: `${refText(ref)} has ${actual}` });
  // RFC 5280 4.2.1.3: "If the keyCertSign bit is asserted, then the cA bit ... MUST also be asserted."
  if (!ca && usage?.includes('keyCertSign') === true) return contradiction('cA TRUE', 'keyCertSign without cA TRUE');
  // A CA without keyUsage at all breaks RFC 5280 4.2.1.3 too, but openssl makes them by default and browsers take them.
  return undefined;
}

function commonNameFault(certificate: Certificate, ref: CertificateRef, place: Place): Refusal | undefined {
  const odd = place === 'leaf' ? oddAddress(certificate) : undefined;
  if (odd === undefined) return undefined;
  const actual = excerpt(odd);
  const text = `the common name of ${refText(ref)} is an IP address in an odd spelling: ${actual}`;
  return refuse('common_name_form', ref, { expected: 'the usual text of an IP address', actual, text });
}
