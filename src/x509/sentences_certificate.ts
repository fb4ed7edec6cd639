// What refusals of a certificate's names, purposes and form say (RFC 5280 4.2, RFC 9525, the policy's profile). See sentences.ts.

import { oidName } from './oids.ts';
import { type CertificateRef, refText } from './refusal.ts';
import type { Sentence } from './sentences.ts';
import { usageText } from './sentences_path.ts';

export const CERTIFICATE_SENTENCES = {
  wrong_purpose: ['RFC 5280 4.2.1.12: extended key usage', purposeSentence],
  issuer_wrong_purpose: ['chained extended key usage (BR 7.1.2.10.6)', purposeSentence],
  key_usage_not_for_tls: [
    'RFC 5280 4.2.1.3: key usage',
    (who, { usage }: { usage: readonly string[] }) => [
      'digitalSignature, keyEncipherment or keyAgreement',
      usageText(usage),
      `the keyUsage of ${who} is ${usageText(usage)}: nothing that a handshake needs`,
    ],
  ],
  unknown_critical_extension: [
    'RFC 5280 4.2: unrecognized critical extension',
    (who, { extension }: { extension: string }) => [
      'critical extensions that are known',
      oidName(extension),
      `${who} has the critical extension ${oidName(extension)}, which is not known here`,
    ],
  ],
  name_not_permitted: [
    'RFC 5280 6.1.3 (b): permitted subtrees',
    (who, { name, listed, authority }: Subtrees) => [
      `a name within ${listed.join(', ')}`,
      name,
      `${who} has the name ${name}, but ${refText(authority)} only permits ${listed.join(', ')}`,
    ],
  ],
  name_excluded: [
    'RFC 5280 6.1.3 (c): excluded subtrees',
    (who, { name, listed, authority }: Subtrees) => [
      `a name outside ${listed.join(', ')}`,
      name,
      `${who} has the name ${name}, but ${refText(authority)} excludes ${listed.join(', ')}`,
    ],
  ],
  name_constraint_unsupported: [
    'RFC 5280 4.2.1.10: process the constraint or reject',
    (who, { name, form, authority }: { name: string; form: string; authority: CertificateRef }) => [
      'constraints on DNS, IP, email, URI and directory names',
      name,
      `${refText(authority)} constrains names of the form "${form}", which are not understood here, and ${who} has one`,
    ],
  ],
  malformed_name_constraints: [
    'RFC 5280 4.2.1.10: forms of constraints',
    (who, { name, form }: { name: string; form: 'dns' | 'ip' | 'email' | 'uri' }) => [
      'a constraint of RFC 5280 4.2.1.10',
      name,
      `${who} constrains names by ${name}, which is ${NO_CONSTRAINT[form]}`,
    ],
  ],
  malformed_alternative_name: [
    'RFC 5280 4.2.1.6: forms of names',
    (who, { name, within }: { name: string; within?: { base: string; authority: CertificateRef } }) =>
      within === undefined
        ? ['4 or 16 bytes', name, `${who} has an iPAddress name that is not 4 or 16 bytes long: ${name}`]
        : [
            `a well-formed name within ${within.base}`,
            name,
            `${who} has the malformed name ${name}, which the constraints of ${refText(within.authority)} cannot allow`,
          ],
  ],
  policy_required: [
    'RFC 5280 6.1.5 (g): explicit policy',
    (who, { mapsAny, policies }: { mapsAny: boolean; policies: readonly string[] | undefined }) =>
      mapsAny
        ? ['mappings of named policies', 'a mapping of anyPolicy', `${who} maps the policy anyPolicy`]
        : [
            'a policy that the whole path shares',
            policies?.join(', ') ?? 'no policies',
            `a CA of this path requires an explicit policy, and at ${who} none is left that all certificates share`,
          ],
  ],
  no_alternative_name: [
    'RFC 9525 6: names in subjectAltName',
    (who, { name }: Named) => [
      name,
      'no names in subjectAltName',
      `${who} names no host at all, so it does not speak for ${name}`,
    ],
  ],
  common_name_only: [
    'RFC 9525 2: the common name does not count',
    (who, { name, subject }: { name: string; subject: string }) => [
      name,
      `CN=${subject}`,
      `${who} has ${name} only as its common name, which does not count; subjectAltName is empty`,
    ],
  ],
  pin_mismatch: [
    'RFC 7469 2.6: a pinned public key',
    (_who, { pin, pins }: { pin: string; pins: readonly string[] }) => [
      pins.join(', ') || 'no key at all',
      pin,
      `its public key is ${pin}, which is not pinned`,
    ],
  ],
  name_mismatch: [
    'RFC 9525 6: the name that was asked for',
    (who, { name, names, more }: { name: string; names: readonly string[]; more: number }) => {
      const actual = names.join(', ').slice(0, 2000) + (more > 0 ? `, and ${more} more` : '');
      return [name, actual, `${who} speaks for ${actual}, not for ${name}`];
    },
  ],
  leaf_is_ca: [
    'policy: leafMayBeCa',
    (who, { policy }: { policy: string }) => [
      'cA FALSE',
      'cA TRUE',
      `${who} is a CA certificate; the policy "${policy}" does not let one be an end entity`,
    ],
  ],
  common_name_form: [
    'policy: profile (BR 7.1.4.3)',
    (who, { name }: Named) => [
      'the usual text of an IP address',
      name,
      `the common name of ${who} is an IP address in an odd spelling: ${name}`,
    ],
  ],
  wrong_criticality: [
    'policy: profile (criticality of extensions)',
    (who, values: { extension: string; critical: boolean }) => {
      const critical = `${oidName(values.extension)} critical`;
      const not = `${oidName(values.extension)} not critical`;
      const [expected, actual] = values.critical ? [not, critical] : [critical, not];
      return [expected, actual, `${who} has ${actual}`];
    },
  ],
  bad_serial_number: [
    'policy: profile (RFC 5280 4.1.2.2)',
    (who, { negative, zero, bytes }: { negative: boolean; zero: boolean; bytes: number }) => {
      const actual = negative ? 'a negative number' : zero ? 'zero' : `${bytes} bytes`;
      return ['a positive number of at most 20 bytes', actual, `the serial number of ${who} is ${actual}`];
    },
  ],
  empty_name: [
    'policy: profile (RFC 5280 4.1.2.4, 4.1.2.6)',
    (who, { which }: { which: 'subject' | 'issuer' }) => [
      `a ${which} that is not empty`,
      `an empty ${which}`,
      `the ${which} of ${who} is empty`,
    ],
  ],
  missing_key_identifier: [
    'policy: profile (RFC 5280 4.2.1.1, 4.2.1.2)',
    (who, { extension }: { extension: string }) => {
      const name = oidName(extension);
      return [name, `no ${name}`, `${who} has no ${name}`];
    },
  ],
  authority_key_identifier_form: [
    'policy: profile (BR 7.1.2.1.3, 7.1.2.11.1)',
    (who, { form }: { form: keyof typeof KEY_IDENTIFIER_FORMS }) => {
      const actual = KEY_IDENTIFIER_FORMS[form];
      return ['the keyIdentifier of the issuer alone', actual, `${who} has an authorityKeyIdentifier ${actual}`];
    },
  ],
  misplaced_extension: [
    'policy: profile (RFC 5280 4.2.1.9, 4.2.1.10; BR 7.1.2.1.2)',
    (who, { what }: { what: keyof typeof MISPLACED }) => [
      `no ${MISPLACED[what]}`,
      MISPLACED[what],
      `${who} has ${MISPLACED[what]}`,
    ],
  ],
  inconsistent_key_usage: [
    'policy: profile (RFC 5280 4.2.1.3, 4.2.1.9)',
    (who) => ['cA TRUE', 'keyCertSign without cA TRUE', `${who} has keyCertSign without cA TRUE`],
  ],
} as const satisfies Record<string, Sentence>;

export interface Named {
  readonly name: string;
}

export interface Subtrees {
  readonly name: string;
  readonly listed: readonly string[];
  readonly authority: CertificateRef;
}

const NO_CONSTRAINT = {
  dns: 'no DNS name',
  ip: 'no address with a mask',
  email: 'no mailbox, host or domain',
  uri: 'no host or domain',
};

const KEY_IDENTIFIER_FORMS = {
  no_identifier: 'without keyIdentifier',
  issuer: 'with authorityCertIssuer',
  serial: 'with authorityCertSerialNumber',
  other_identifier: 'that is not the subjectKeyIdentifier of this root',
};

const MISPLACED = {
  name_constraints: 'name constraints without being a CA',
  path_length: 'a path length without being a CA',
  root_purpose: 'an extended key usage in a root',
};

function purposeSentence(
  who: string,
  values: { readonly purposes: readonly string[]; readonly wanted: string },
): readonly [string, string, string] {
  const [wanted, actual] = [oidName(values.wanted), values.purposes.map(oidName).join(', ')];
  return [wanted, actual, `${who} may be used for ${actual}, not for ${wanted}`];
}
