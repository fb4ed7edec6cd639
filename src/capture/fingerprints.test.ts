import { describe, expect, it } from 'vitest';
import { ascii, EMPTY } from '../bytes/bytes.ts';
import { nodeProvider } from '../providers/node.ts';
import { buildExtensions } from '../wire/extensions.ts';
import type { ClientHello } from '../wire/messages.ts';
import { ja3, ja4 } from './fingerprints.ts';
import { md5Hex } from './md5.ts';

describe('MD5', () => {
  it.each([
    ['', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['a', '0cc175b9c0f1b6a831c399e269772661'],
    ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
    [
      '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
      '57edf4a22be3c955ac49da2e2107b67a',
    ],
  ])('RFC 1321 A.5: %j', (text, digest) => {
    expect(md5Hex(ascii(text))).toBe(digest);
  });

  it('lengths around a block', () => {
    const digests = [55, 56, 57, 63, 64, 65, 119, 120].map((length) => md5Hex(new Uint8Array(length)));
    expect(new Set(digests).size).toBe(8);
    expect(digests.every((one) => /^[0-9a-f]{32}$/.test(one))).toBe(true);
  });
});

// The example of FoxIO's technical_details/JA4.md: its lists, and the fingerprint that it gives for them.
const SUITES = [
  0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f,
  0x0035,
];
const TYPES = [
  0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b,
  0x000a, 0x0015,
];
const SCHEMES = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];
const example = (grease: readonly number[] = []): ClientHello => {
  const { known } = buildExtensions('client_hello', {
    server_name: [{ name_type: 0, host_name: 'example.com' }],
    application_layer_protocol_negotiation: ['h2', 'http/1.1'],
    supported_versions: [...grease, 0x0304, 0x0303],
    signature_algorithms: SCHEMES,
    supported_groups: [...grease, 0x001d, 0x0017, 0x0018],
    ec_point_formats: [0],
  });
  return {
    legacy_version: 0x0303,
    random: new Uint8Array(32),
    legacy_session_id: EMPTY,
    cipher_suites: [...grease, ...SUITES],
    legacy_compression_methods: [0],
    extensions: {
      known,
      list: [...grease, ...TYPES].map((extension_type) => ({ extension_type, extension_data: EMPTY })),
    },
  };
};

describe('JA4', () => {
  it("is FoxIO's for the example of its specification, with GREASE or without", () => {
    for (const grease of [[], [0x1a1a]]) {
      expect(ja4(example(grease), nodeProvider).hash).toBe('t13d1516h2_8daaf6152771_e5627efa2ab1');
    }
    expect(ja4(example(), nodeProvider).full).toMatch(/^t13d1516h2_002f,0035,009c,.*_0005,000a,.*_0403,0804,0401,/);
  });

  it('no ALPN, no name, no extensions', () => {
    const bare: ClientHello = { ...example(), extensions: { list: [], known: {} }, cipher_suites: [] };
    expect(ja4(bare, nodeProvider).hash).toBe('t12i000000_000000000000_000000000000');
  });
});

describe('JA3', () => {
  it('is the MD5 of five lists without GREASE', () => {
    const { full, hash } = ja3(example([0x0a0a]));
    expect(full).toBe(`771,${SUITES.join('-')},${TYPES.join('-')},29-23-24,0`);
    expect(hash).toBe(md5Hex(ascii(full)));
  });
});
