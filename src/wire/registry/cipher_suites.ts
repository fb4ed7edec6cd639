// TLS cipher suites by number: IANA's name and, where OpenSSL has one, OpenSSL's. Names only: what a suite is made of
// stands in crypto/suites.ts, and only for those that glasstls can run. IANA's names are put together from the key exchange and
// the cipher, and OpenSSL's are made from IANA's by rules, so that every bundle has all names for little.
// Source: the IANA registry "TLS Cipher Suites"; OpenSSL's names as `openssl ciphers -V -stdname` prints them.

/** TLS_<key exchange>_WITH_<cipher>: numbers in hexadecimal and ciphers, by key exchange. */
const FAMILIES: Readonly<Record<string, string>> = {
  RSA: `
    0001 NULL_MD5, 0002 NULL_SHA, 0004 RC4_128_MD5, 0005 RC4_128_SHA, 0009 DES_CBC_SHA, 000a 3DES_EDE_CBC_SHA,
    002f AES_128_CBC_SHA, 0035 AES_256_CBC_SHA, 003b NULL_SHA256, 003c AES_128_CBC_SHA256,
    003d AES_256_CBC_SHA256, 0041 CAMELLIA_128_CBC_SHA, 0084 CAMELLIA_256_CBC_SHA, 009c AES_128_GCM_SHA256,
    009d AES_256_GCM_SHA384, 00ba CAMELLIA_128_CBC_SHA256, 00c0 CAMELLIA_256_CBC_SHA256,
    c050 ARIA_128_GCM_SHA256, c051 ARIA_256_GCM_SHA384, c09c AES_128_CCM, c09d AES_256_CCM, c0a0 AES_128_CCM_8,
    c0a1 AES_256_CCM_8`,
  RSA_EXPORT: '0003 RC4_40_MD5',
  DHE_RSA: `
    0016 3DES_EDE_CBC_SHA, 0033 AES_128_CBC_SHA, 0039 AES_256_CBC_SHA, 0045 CAMELLIA_128_CBC_SHA,
    0067 AES_128_CBC_SHA256, 006b AES_256_CBC_SHA256, 0088 CAMELLIA_256_CBC_SHA, 009e AES_128_GCM_SHA256,
    009f AES_256_GCM_SHA384, 00be CAMELLIA_128_CBC_SHA256, 00c4 CAMELLIA_256_CBC_SHA256,
    c052 ARIA_128_GCM_SHA256, c053 ARIA_256_GCM_SHA384, c09e AES_128_CCM, c09f AES_256_CCM, c0a2 AES_128_CCM_8,
    c0a3 AES_256_CCM_8, ccaa CHACHA20_POLY1305_SHA256`,
  DHE_DSS: `
    0032 AES_128_CBC_SHA, 0038 AES_256_CBC_SHA, 0040 AES_128_CBC_SHA256, 0044 CAMELLIA_128_CBC_SHA,
    006a AES_256_CBC_SHA256, 0087 CAMELLIA_256_CBC_SHA, 00a2 AES_128_GCM_SHA256, 00a3 AES_256_GCM_SHA384,
    00bd CAMELLIA_128_CBC_SHA256, 00c3 CAMELLIA_256_CBC_SHA256, c056 ARIA_128_GCM_SHA256,
    c057 ARIA_256_GCM_SHA384`,
  DH_anon: `
    0034 AES_128_CBC_SHA, 003a AES_256_CBC_SHA, 0046 CAMELLIA_128_CBC_SHA, 006c AES_128_CBC_SHA256,
    006d AES_256_CBC_SHA256, 0089 CAMELLIA_256_CBC_SHA, 00a6 AES_128_GCM_SHA256, 00a7 AES_256_GCM_SHA384,
    00bf CAMELLIA_128_CBC_SHA256, 00c5 CAMELLIA_256_CBC_SHA256`,
  ECDHE_ECDSA: `
    c006 NULL_SHA, c007 RC4_128_SHA, c008 3DES_EDE_CBC_SHA, c009 AES_128_CBC_SHA, c00a AES_256_CBC_SHA,
    c023 AES_128_CBC_SHA256, c024 AES_256_CBC_SHA384, c02b AES_128_GCM_SHA256, c02c AES_256_GCM_SHA384,
    c05c ARIA_128_GCM_SHA256, c05d ARIA_256_GCM_SHA384, c072 CAMELLIA_128_CBC_SHA256,
    c073 CAMELLIA_256_CBC_SHA384, c0ac AES_128_CCM, c0ad AES_256_CCM, c0ae AES_128_CCM_8, c0af AES_256_CCM_8,
    cca9 CHACHA20_POLY1305_SHA256`,
  ECDHE_RSA: `
    c010 NULL_SHA, c011 RC4_128_SHA, c012 3DES_EDE_CBC_SHA, c013 AES_128_CBC_SHA, c014 AES_256_CBC_SHA,
    c027 AES_128_CBC_SHA256, c028 AES_256_CBC_SHA384, c02f AES_128_GCM_SHA256, c030 AES_256_GCM_SHA384,
    c060 ARIA_128_GCM_SHA256, c061 ARIA_256_GCM_SHA384, c076 CAMELLIA_128_CBC_SHA256,
    c077 CAMELLIA_256_CBC_SHA384, cca8 CHACHA20_POLY1305_SHA256`,
  ECDH_anon: 'c015 NULL_SHA, c018 AES_128_CBC_SHA, c019 AES_256_CBC_SHA',
  PSK: `
    002c NULL_SHA, 008c AES_128_CBC_SHA, 008d AES_256_CBC_SHA, 00a8 AES_128_GCM_SHA256,
    00a9 AES_256_GCM_SHA384, 00ae AES_128_CBC_SHA256, 00af AES_256_CBC_SHA384, 00b0 NULL_SHA256,
    00b1 NULL_SHA384, c06a ARIA_128_GCM_SHA256, c06b ARIA_256_GCM_SHA384, c094 CAMELLIA_128_CBC_SHA256,
    c095 CAMELLIA_256_CBC_SHA384, c0a4 AES_128_CCM, c0a5 AES_256_CCM, c0a8 AES_128_CCM_8, c0a9 AES_256_CCM_8,
    ccab CHACHA20_POLY1305_SHA256`,
  DHE_PSK: `
    002d NULL_SHA, 0090 AES_128_CBC_SHA, 0091 AES_256_CBC_SHA, 00aa AES_128_GCM_SHA256,
    00ab AES_256_GCM_SHA384, 00b2 AES_128_CBC_SHA256, 00b3 AES_256_CBC_SHA384, 00b4 NULL_SHA256,
    00b5 NULL_SHA384, c06c ARIA_128_GCM_SHA256, c06d ARIA_256_GCM_SHA384, c096 CAMELLIA_128_CBC_SHA256,
    c097 CAMELLIA_256_CBC_SHA384, c0a6 AES_128_CCM, c0a7 AES_256_CCM, ccad CHACHA20_POLY1305_SHA256`,
  PSK_DHE: 'c0aa AES_128_CCM_8, c0ab AES_256_CCM_8',
  RSA_PSK: `
    002e NULL_SHA, 0094 AES_128_CBC_SHA, 0095 AES_256_CBC_SHA, 00ac AES_128_GCM_SHA256,
    00ad AES_256_GCM_SHA384, 00b6 AES_128_CBC_SHA256, 00b7 AES_256_CBC_SHA384, 00b8 NULL_SHA256,
    00b9 NULL_SHA384, c06e ARIA_128_GCM_SHA256, c06f ARIA_256_GCM_SHA384, c098 CAMELLIA_128_CBC_SHA256,
    c099 CAMELLIA_256_CBC_SHA384, ccae CHACHA20_POLY1305_SHA256`,
  ECDHE_PSK: `
    c035 AES_128_CBC_SHA, c036 AES_256_CBC_SHA, c037 AES_128_CBC_SHA256, c038 AES_256_CBC_SHA384,
    c039 NULL_SHA, c03a NULL_SHA256, c03b NULL_SHA384, c09a CAMELLIA_128_CBC_SHA256,
    c09b CAMELLIA_256_CBC_SHA384, ccac CHACHA20_POLY1305_SHA256`,
  SRP_SHA: 'c01d AES_128_CBC_SHA, c020 AES_256_CBC_SHA',
  SRP_SHA_RSA: 'c01e AES_128_CBC_SHA, c021 AES_256_CBC_SHA',
  SRP_SHA_DSS: 'c01f AES_128_CBC_SHA, c022 AES_256_CBC_SHA',
};

/** Names of their own form, and of suites that OpenSSL lacks: both have one name. */
const OTHERS: readonly (readonly [number, string])[] = [
  [0x00ff, 'TLS_EMPTY_RENEGOTIATION_INFO_SCSV'],
  [0x1301, 'TLS_AES_128_GCM_SHA256'],
  [0x1302, 'TLS_AES_256_GCM_SHA384'],
  [0x1303, 'TLS_CHACHA20_POLY1305_SHA256'],
  [0x1304, 'TLS_AES_128_CCM_SHA256'],
  [0x1305, 'TLS_AES_128_CCM_8_SHA256'],
  [0x5600, 'TLS_FALLBACK_SCSV'],
  [0xd001, 'TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256'],
  [0xd002, 'TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384'],
  [0xd003, 'TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256'],
  [0xd005, 'TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256'],
];

/** How OpenSSL calls a key exchange, where that is not IANA's name; underscores become hyphens at the end. */
const OPENSSL_WAY: Readonly<Record<string, string>> = {
  RSA: '',
  RSA_EXPORT: 'EXP_',
  DH_anon: 'ADH_',
  ECDH_anon: 'AECDH_',
  PSK_DHE: 'DHE_PSK_',
  SRP_SHA: 'SRP_',
  SRP_SHA_RSA: 'SRP_RSA_',
  SRP_SHA_DSS: 'SRP_DSS_',
};

interface Names {
  readonly iana: string;
  readonly openssl: string;
}

const BY_NUMBER: ReadonlyMap<number, Names> = /* @__PURE__ */ readFamilies();
const BY_NAME: ReadonlyMap<string, number> = /* @__PURE__ */ new Map(
  [...BY_NUMBER].flatMap(([number, { iana, openssl }]) => [
    [iana, number],
    [openssl, number],
  ]),
);

/** IANA's name; undefined for a number that nobody registered. */
export function suiteName(number: number): string | undefined {
  return BY_NUMBER.get(number)?.iana;
}

/** OpenSSL's name where it has one, else IANA's. */
export function suiteOpensslName(number: number): string | undefined {
  return BY_NUMBER.get(number)?.openssl;
}

/** The number of a suite by IANA's or OpenSSL's name. */
export function suiteByName(name: string): number | undefined {
  return BY_NAME.get(name);
}

function readFamilies(): Map<number, Names> {
  const names = new Map<number, Names>();
  for (const [way, list] of Object.entries(FAMILIES)) {
    for (const entry of list.split(',')) {
      const [number = '', cipher = ''] = entry.trim().split(' ');
      const iana = `TLS_${way}_WITH_${cipher}`;
      names.set(Number.parseInt(number, 16), { iana, openssl: opensslName(way, cipher) });
    }
  }
  for (const [number, name] of OTHERS) names.set(number, { iana: name, openssl: name });
  return names;
}

function opensslName(way: string, cipher: string): string {
  // ARIA came late, when ECDHE without more meant RSA.
  const prefix = way === 'ECDHE_RSA' && cipher.startsWith('ARIA') ? 'ECDHE_' : (OPENSSL_WAY[way] ?? `${way}_`);
  const short = cipher
    .replace(/^RC4_\d+/, 'RC4')
    .replace('3DES_EDE_CBC', 'DES_CBC3')
    .replace('CCM_8', 'CCM8')
    .replace('POLY1305_SHA256', 'POLY1305')
    .replace(/^(AES|ARIA|CAMELLIA)_(\d+)(_CBC)?/, (whole, name, bits, cbc = '') => {
      if (way.startsWith('SRP')) return whole;
      return name + bits + (name === 'AES' && way.includes('PSK') ? cbc : '');
    });
  return (prefix + short).replaceAll('_', '-');
}
