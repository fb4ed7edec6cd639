// Cipher suites, groups and versions in each program's spelling. Tests say IANA and RFC names only; these tables are the
// one place where `ECDHE-RSA-AES128-GCM-SHA256` and `+GROUP-SECP256R1` stand. Suites of shared keys, DHE, CCM and CBC are
// in them too, but a program gets them only when a test asks for them.

export type Version = 'TLSv1.2' | 'TLSv1.3';
export type Group =
  | 'x25519'
  | 'x448'
  | 'secp256r1'
  | 'secp384r1'
  | 'secp521r1'
  | 'ffdhe2048'
  | 'ffdhe3072'
  | 'ffdhe4096'
  | 'X25519MLKEM768';

export interface SuiteSpelling {
  readonly version: Version;
  readonly openssl: string;
  /** Key exchange, cipher and MAC in a GnuTLS priority string. */
  readonly gnutls: readonly [keyExchange: string, cipher: string, mac: string];
}

/** What every program here offers by default. */
const COMMON_SUITES = {
  TLS_AES_128_GCM_SHA256: tls13('TLS_AES_128_GCM_SHA256', 'AES-128-GCM'),
  TLS_AES_256_GCM_SHA384: tls13('TLS_AES_256_GCM_SHA384', 'AES-256-GCM'),
  TLS_CHACHA20_POLY1305_SHA256: tls13('TLS_CHACHA20_POLY1305_SHA256', 'CHACHA20-POLY1305'),
  TLS_RSA_WITH_AES_128_GCM_SHA256: tls12('AES128-GCM-SHA256', 'RSA', 'AES-128-GCM'),
  TLS_RSA_WITH_AES_256_GCM_SHA384: tls12('AES256-GCM-SHA384', 'RSA', 'AES-256-GCM'),
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: tls12('ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA', 'AES-128-GCM'),
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: tls12('ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-RSA', 'AES-256-GCM'),
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: tls12('ECDHE-RSA-CHACHA20-POLY1305', 'ECDHE-RSA', 'CHACHA20-POLY1305'),
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: tls12('ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA', 'AES-128-GCM'),
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: tls12('ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA', 'AES-256-GCM'),
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: tls12(
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA',
    'CHACHA20-POLY1305',
  ),
} as const satisfies Record<string, SuiteSpelling>;

/** What they have and must be asked for. */
const NAMED_SUITES = {
  TLS_AES_128_CCM_SHA256: tls13('TLS_AES_128_CCM_SHA256', 'AES-128-CCM'),
  TLS_AES_128_CCM_8_SHA256: tls13('TLS_AES_128_CCM_8_SHA256', 'AES-128-CCM-8'),
  TLS_RSA_WITH_AES_128_CBC_SHA: tls12('AES128-SHA', 'RSA', 'AES-128-CBC', 'SHA1'),
  TLS_RSA_WITH_AES_256_CBC_SHA: tls12('AES256-SHA', 'RSA', 'AES-256-CBC', 'SHA1'),
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: tls12('ECDHE-RSA-AES128-SHA', 'ECDHE-RSA', 'AES-128-CBC', 'SHA1'),
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384: tls12('ECDHE-RSA-AES256-SHA384', 'ECDHE-RSA', 'AES-256-CBC', 'SHA384'),
  TLS_DHE_RSA_WITH_AES_128_GCM_SHA256: tls12('DHE-RSA-AES128-GCM-SHA256', 'DHE-RSA', 'AES-128-GCM'),
  TLS_DHE_RSA_WITH_AES_256_GCM_SHA384: tls12('DHE-RSA-AES256-GCM-SHA384', 'DHE-RSA', 'AES-256-GCM'),
  TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256: tls12('DHE-RSA-CHACHA20-POLY1305', 'DHE-RSA', 'CHACHA20-POLY1305'),
  TLS_DHE_RSA_WITH_AES_128_CBC_SHA: tls12('DHE-RSA-AES128-SHA', 'DHE-RSA', 'AES-128-CBC', 'SHA1'),
  TLS_DHE_RSA_WITH_AES_256_CBC_SHA256: tls12('DHE-RSA-AES256-SHA256', 'DHE-RSA', 'AES-256-CBC', 'SHA256'),
  TLS_DHE_RSA_WITH_AES_128_CCM: tls12('DHE-RSA-AES128-CCM', 'DHE-RSA', 'AES-128-CCM'),
  TLS_DHE_RSA_WITH_AES_256_CCM: tls12('DHE-RSA-AES256-CCM', 'DHE-RSA', 'AES-256-CCM'),
  TLS_RSA_WITH_AES_128_CCM: tls12('AES128-CCM', 'RSA', 'AES-128-CCM'),
  TLS_RSA_WITH_AES_256_CCM: tls12('AES256-CCM', 'RSA', 'AES-256-CCM'),
  TLS_RSA_WITH_AES_128_CCM_8: tls12('AES128-CCM8', 'RSA', 'AES-128-CCM-8'),
  TLS_RSA_WITH_AES_256_CCM_8: tls12('AES256-CCM8', 'RSA', 'AES-256-CCM-8'),
  TLS_ECDHE_ECDSA_WITH_AES_128_CCM: tls12('ECDHE-ECDSA-AES128-CCM', 'ECDHE-ECDSA', 'AES-128-CCM'),
  TLS_ECDHE_ECDSA_WITH_AES_256_CCM: tls12('ECDHE-ECDSA-AES256-CCM', 'ECDHE-ECDSA', 'AES-256-CCM'),
  TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8: tls12('ECDHE-ECDSA-AES128-CCM8', 'ECDHE-ECDSA', 'AES-128-CCM-8'),
  TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8: tls12('ECDHE-ECDSA-AES256-CCM8', 'ECDHE-ECDSA', 'AES-256-CCM-8'),
  TLS_PSK_WITH_AES_128_GCM_SHA256: tls12('PSK-AES128-GCM-SHA256', 'PSK', 'AES-128-GCM'),
  TLS_PSK_WITH_AES_256_GCM_SHA384: tls12('PSK-AES256-GCM-SHA384', 'PSK', 'AES-256-GCM'),
  TLS_PSK_WITH_CHACHA20_POLY1305_SHA256: tls12('PSK-CHACHA20-POLY1305', 'PSK', 'CHACHA20-POLY1305'),
  TLS_PSK_WITH_AES_128_CCM: tls12('PSK-AES128-CCM', 'PSK', 'AES-128-CCM'),
  TLS_PSK_WITH_AES_256_CCM: tls12('PSK-AES256-CCM', 'PSK', 'AES-256-CCM'),
  TLS_PSK_WITH_AES_128_CCM_8: tls12('PSK-AES128-CCM8', 'PSK', 'AES-128-CCM-8'),
  TLS_PSK_WITH_AES_256_CCM_8: tls12('PSK-AES256-CCM8', 'PSK', 'AES-256-CCM-8'),
  TLS_PSK_WITH_AES_128_CBC_SHA256: tls12('PSK-AES128-CBC-SHA256', 'PSK', 'AES-128-CBC', 'SHA256'),
  TLS_PSK_WITH_AES_256_CBC_SHA: tls12('PSK-AES256-CBC-SHA', 'PSK', 'AES-256-CBC', 'SHA1'),
  TLS_DHE_PSK_WITH_AES_128_GCM_SHA256: tls12('DHE-PSK-AES128-GCM-SHA256', 'DHE-PSK', 'AES-128-GCM'),
  TLS_DHE_PSK_WITH_AES_256_GCM_SHA384: tls12('DHE-PSK-AES256-GCM-SHA384', 'DHE-PSK', 'AES-256-GCM'),
  TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256: tls12('DHE-PSK-CHACHA20-POLY1305', 'DHE-PSK', 'CHACHA20-POLY1305'),
  TLS_DHE_PSK_WITH_AES_128_CCM: tls12('DHE-PSK-AES128-CCM', 'DHE-PSK', 'AES-128-CCM'),
  TLS_DHE_PSK_WITH_AES_128_CBC_SHA256: tls12('DHE-PSK-AES128-CBC-SHA256', 'DHE-PSK', 'AES-128-CBC', 'SHA256'),
  TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256: tls12('ECDHE-PSK-CHACHA20-POLY1305', 'ECDHE-PSK', 'CHACHA20-POLY1305'),
  TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256: tls12('ECDHE-PSK-AES128-CBC-SHA256', 'ECDHE-PSK', 'AES-128-CBC', 'SHA256'),
  TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA384: tls12('ECDHE-PSK-AES256-CBC-SHA384', 'ECDHE-PSK', 'AES-256-CBC', 'SHA384'),
} as const satisfies Record<string, SuiteSpelling>;

export const SUITES = { ...COMMON_SUITES, ...NAMED_SUITES };

export type Suite = keyof typeof SUITES;

/** What a program offers when a test pins nothing. */
export const DEFAULT_SUITES = Object.keys(COMMON_SUITES) as readonly Suite[];

export const GROUPS: Readonly<Record<Group, { openssl: string; gnutls: string; nginx: string }>> = {
  x25519: { openssl: 'X25519', gnutls: 'GROUP-X25519', nginx: 'X25519' },
  secp256r1: { openssl: 'P-256', gnutls: 'GROUP-SECP256R1', nginx: 'prime256v1' },
  secp384r1: { openssl: 'P-384', gnutls: 'GROUP-SECP384R1', nginx: 'secp384r1' },
  secp521r1: { openssl: 'P-521', gnutls: 'GROUP-SECP521R1', nginx: 'secp521r1' },
  x448: { openssl: 'X448', gnutls: 'GROUP-X448', nginx: 'X448' },
  ffdhe2048: { openssl: 'ffdhe2048', gnutls: 'GROUP-FFDHE2048', nginx: 'ffdhe2048' },
  ffdhe3072: { openssl: 'ffdhe3072', gnutls: 'GROUP-FFDHE3072', nginx: 'ffdhe3072' },
  ffdhe4096: { openssl: 'ffdhe4096', gnutls: 'GROUP-FFDHE4096', nginx: 'ffdhe4096' },
  // From OpenSSL 3.5 and GnuTLS 3.8.8 on.
  X25519MLKEM768: { openssl: 'X25519MLKEM768', gnutls: 'GROUP-X25519-MLKEM768', nginx: 'X25519MLKEM768' },
};

/** What a test may pin on either side of a connection. Absent: the program's default. */
export interface Pins {
  readonly version?: Version;
  readonly suites?: readonly Suite[];
  readonly groups?: readonly Group[];
  readonly alpn?: readonly string[];
}

/** What a peer says was negotiated. `suite` is the IANA name where the peer's own is known here. */
export interface Negotiated {
  readonly version?: string | undefined;
  readonly suite?: string | undefined;
  readonly group?: string | undefined;
  readonly alpn?: string | undefined;
  readonly extendedMasterSecret?: boolean | undefined;
}

/** The IANA name of a suite in OpenSSL's spelling, or the text itself when it is none of ours. */
export function suiteFromOpenssl(name: string | undefined): string | undefined {
  for (const [iana, spelling] of Object.entries(SUITES)) if (spelling.openssl === name) return iana;
  return name;
}

/** A group in any program's spelling (`X25519`, `ECDH, prime256v1`, `P-384`, `secp521r1`, `SECP256R1`), as the RFC names it. */
export function groupFrom(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const plain = text.toLowerCase().replace(/[^a-z0-9]/g, '');
  for (const [pattern, group] of GROUP_PATTERNS) if (pattern.test(plain)) return group;
  return text;
}

/** OpenSSL's cipher list for the 1.2 suites among `suites`, and for the 1.3 ones. */
export function opensslSuites(suites: readonly Suite[]): { tls12: string; tls13: string } {
  const of = (version: Version): string =>
    suites
      .filter((suite) => SUITES[suite].version === version)
      .map((suite) => SUITES[suite].openssl)
      .join(':');
  return { tls12: of('TLSv1.2'), tls13: of('TLSv1.3') };
}

/** A GnuTLS priority string that allows exactly what is pinned. */
export function gnutlsPriority(pins: Pins): string {
  const suites = pins.suites ?? DEFAULT_SUITES;
  const versions = pins.version ? [pins.version] : (['TLSv1.3', 'TLSv1.2'] as const);
  const parts = suites.flatMap((suite) => SUITES[suite].gnutls);
  const groups = pins.groups?.map((group) => GROUPS[group].gnutls) ?? ['GROUP-ALL'];
  const words = [
    ...versions.map((version) => `VERS-${version.replace('v', '')}`),
    ...new Set(parts.filter((part) => part !== '')),
    ...groups,
    'SIGN-ALL',
    'COMP-NULL',
    'CTYPE-X509',
  ];
  return `NONE:${words.map((word) => `+${word}`).join(':')}`;
}

/** The name of an alert (RFC 8446 6, RFC 5246 7.2, RFC 7301 3.2), or `alert N`. */
export function alertName(description: number): string {
  return ALERTS.get(description) ?? `alert ${description}`;
}

const ALERTS = new Map([
  [0, 'close_notify'],
  [10, 'unexpected_message'],
  [20, 'bad_record_mac'],
  [22, 'record_overflow'],
  [40, 'handshake_failure'],
  [42, 'bad_certificate'],
  [43, 'unsupported_certificate'],
  [44, 'certificate_revoked'],
  [45, 'certificate_expired'],
  [46, 'certificate_unknown'],
  [47, 'illegal_parameter'],
  [48, 'unknown_ca'],
  [49, 'access_denied'],
  [50, 'decode_error'],
  [51, 'decrypt_error'],
  [70, 'protocol_version'],
  [71, 'insufficient_security'],
  [80, 'internal_error'],
  [86, 'inappropriate_fallback'],
  [90, 'user_canceled'],
  [100, 'no_renegotiation'],
  [109, 'missing_extension'],
  [110, 'unsupported_extension'],
  [112, 'unrecognized_name'],
  [113, 'bad_certificate_status_response'],
  [115, 'unknown_psk_identity'],
  [116, 'certificate_required'],
  [120, 'no_application_protocol'],
]);

const GROUP_PATTERNS: readonly [RegExp, Group][] = [
  [/x25519mlkem768/, 'X25519MLKEM768'],
  [/x25519/, 'x25519'],
  [/x448/, 'x448'],
  [/ffdhe2048/, 'ffdhe2048'],
  [/ffdhe3072/, 'ffdhe3072'],
  [/ffdhe4096/, 'ffdhe4096'],
  [/prime256v1|secp256r1|p256/, 'secp256r1'],
  [/secp384r1|p384/, 'secp384r1'],
  [/secp521r1|p521/, 'secp521r1'],
];

function tls13(openssl: string, cipher: string): SuiteSpelling {
  return { version: 'TLSv1.3', openssl, gnutls: ['', cipher, 'AEAD'] };
}

function tls12(openssl: string, keyExchange: string, cipher: string, mac = 'AEAD'): SuiteSpelling {
  return { version: 'TLSv1.2', openssl, gnutls: [keyExchange, cipher, mac] };
}
