// The three made-up certificate compressions of BoGo's tests (RFC 8879 leaves 0xff01 to 0xff03 to private use): one that drops
// two bytes, one that puts four in front, and one that puts a random byte in front.

import { concat, equal } from '../../../src/bytes/bytes.ts';
import type { CertificateCompression } from '../../../src/handshake/shared/compression.ts';
import { nodeProvider } from '../../../src/providers/node.ts';
import type { Settings } from './flags.ts';

const SHRINKING_PREFIX = Uint8Array.of(0, 0);
const EXPANDING_PREFIX = Uint8Array.of(1, 2, 3, 4);

const ALL: readonly CertificateCompression[] = [
  {
    algorithm: 0xff02,
    compress: (plain) => concat(EXPANDING_PREFIX, plain),
    decompress: (packed) => (equal(packed.subarray(0, 4), EXPANDING_PREFIX) ? packed.slice(4) : undefined),
  },
  {
    algorithm: 0xff01,
    compress: (plain) => plain.slice(2),
    decompress: (packed) => concat(SHRINKING_PREFIX, packed),
  },
  {
    algorithm: 0xff03,
    compress: (plain) => concat(nodeProvider.random(1), plain),
    decompress: (packed) => packed.slice(1),
  },
];

export function compressions(settings: Settings): readonly CertificateCompression[] {
  const one = settings['install-one-cert-compression-alg'];
  return ALL.filter(({ algorithm }) => settings['install-cert-compression-algs'] || algorithm === one);
}
