// The policy's row `profile`: MUSTs of RFC 5280 4 and the CA/Browser Forum's profile that do not change what a path
// proves but tell a careful CA from a careless one. Applied under `web`, and not to anchors that a root program vetted.

import type { Certificate } from './certificate.ts';
import { excerpt } from './escape.ts';
import { type Fault, refuse } from './fault.ts';
import { oddAddress } from './identity.ts';
import { OID } from './oids.ts';
import type { CertificateRef } from './refusal.ts';

type Place = 'leaf' | 'issuer' | 'anchor';

export function profileFault(certificate: Certificate, ref: CertificateRef, place: Place): Fault | undefined {
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

function versionFault(certificate: Certificate, ref: CertificateRef): Fault | undefined {
  if (certificate.version === 3) return undefined;
  return refuse('not_version_3', ref, { version: certificate.version, issuer: false });
}

/** RFC 5280 4.1.2.2: positive, at most 20 octets. Zero in old roots is common and harmless. */
function serialFault(certificate: Certificate, ref: CertificateRef, place: Place): Fault | undefined {
  const { serial } = certificate;
  const negative = ((serial[0] as number) & 0x80) !== 0;
  const zero = serial.length === 1 && serial[0] === 0 && place !== 'anchor';
  if (!negative && !zero && serial.length <= 20) return undefined;
  return refuse('bad_serial_number', ref, { negative, zero, bytes: serial.length });
}

function nameFault(certificate: Certificate, ref: CertificateRef, place: Place): Fault | undefined {
  const unnamed = place !== 'leaf' && certificate.subject.rdns.length === 0;
  const which = unnamed ? 'subject' : certificate.issuer.rdns.length === 0 ? 'issuer' : undefined;
  return which && refuse('empty_name', ref, { which });
}

const NEVER_CRITICAL = [OID.authorityKeyIdentifier, OID.subjectKeyIdentifier, OID.authorityInfoAccess, OID.freshestCrl];
const ALWAYS_CRITICAL = [OID.policyConstraints, OID.inhibitAnyPolicy];

function criticalityFault(certificate: Certificate, ref: CertificateRef, place: Place): Fault | undefined {
  const wrong = (extension: string, wanted: boolean): Fault =>
    refuse('wrong_criticality', ref, { extension, critical: !wanted });
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

function keyIdentifierFault(certificate: Certificate, ref: CertificateRef, place: Place): Fault | undefined {
  const missing = (extension: string): Fault => refuse('missing_key_identifier', ref, { extension });
  if (place !== 'leaf' && certificate.subjectKeyIdentifier === undefined) return missing(OID.subjectKeyIdentifier);
  const authority = certificate.authorityKeyIdentifier;
  // RFC 5280 4.2.1.1: only a self-signed certificate may leave it out; above an anchor there is no path to build.
  if (authority === undefined)
    return place === 'anchor' || certificate.selfIssued ? undefined : missing(OID.authorityKeyIdentifier);
  const form =
    authority.keyId === undefined
      ? 'no_identifier'
      : authority.issuer !== undefined
        ? 'issuer'
        : authority.serial !== undefined
          ? 'serial'
          : rootMismatch(certificate, authority.keyId, place);
  return form && refuse('authority_key_identifier_form', ref, { form });
}

function rootMismatch(certificate: Certificate, keyId: Uint8Array, place: Place): 'other_identifier' | undefined {
  const own = certificate.subjectKeyIdentifier;
  if (place !== 'anchor' || !certificate.selfIssued || own === undefined) return undefined;
  return keyId.length === own.length && keyId.every((byte, i) => byte === own[i]) ? undefined : 'other_identifier';
}

function misplacedFault(certificate: Certificate, ref: CertificateRef, place: Place): Fault | undefined {
  const ca = certificate.basicConstraints?.ca === true;
  const what =
    !ca && certificate.nameConstraints !== undefined
      ? 'name_constraints'
      : !ca && certificate.basicConstraints?.pathLength !== undefined
        ? 'path_length'
        : place === 'anchor' && certificate.selfIssued && certificate.extendedKeyUsage !== undefined
          ? 'root_purpose'
          : undefined;
  return what && refuse('misplaced_extension', ref, { what });
}

function usageFault(certificate: Certificate, ref: CertificateRef): Fault | undefined {
  const usage = certificate.keyUsage;
  const ca = certificate.basicConstraints?.ca === true;
  // RFC 5280 4.2.1.3: "If the keyCertSign bit is asserted, then the cA bit ... MUST also be asserted."
  if (!ca && usage?.includes('keyCertSign') === true) return refuse('inconsistent_key_usage', ref);
  // A CA without keyUsage at all breaks RFC 5280 4.2.1.3 too, but openssl makes them by default and browsers take them.
  return undefined;
}

function commonNameFault(certificate: Certificate, ref: CertificateRef, place: Place): Fault | undefined {
  const odd = place === 'leaf' ? oddAddress(certificate) : undefined;
  if (odd === undefined) return undefined;
  return refuse('common_name_form', ref, { name: excerpt(odd) });
}
