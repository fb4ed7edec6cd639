// Diffie-Hellman groups that no RFC names, for servers of TLS 1.2. Made once, with `openssl dhparam -out FILE BITS` (OpenSSL
// 3.0.19: a safe prime and the generator 2), because finding a prime takes up to a minute; `openssl dhparam -check` passes.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratch } from './run_dir.ts';

export interface DhGroup {
  readonly pem: string;
  readonly file: string;
}

/** `own2048`: as good as any. `weak1024`: too small for anybody today (the Logjam attack). */
export function dhGroup(name: keyof typeof GROUPS): DhGroup {
  const file = join(scratch('dh'), `${name}.pem`);
  writeFileSync(file, GROUPS[name]);
  return { pem: GROUPS[name], file };
}

const GROUPS = {
  own2048: `-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA447lRqx6HoGjPQ8Oe6KyDtqK3sxkpDH8aL9JntJ0eb2uLA/wSWlA
8VTPCM+UyhjeOgcvMXlpY/tS9aGq4KuPLCGydmpOA6Vfs0pb73Q/1jiUCUcBDeeg
owyDAYojr4OHNxrpgGg0PtLqxLacPuVHqPfeKEZ9adxfDPBRksNsJR3toqbZzbTU
IsReaKBp1SNLuwLw8JTWH6+dayWRtXIW8oudnBdfpemiwAhrhw+1zXRGrVBmNL6s
OEmbSl82m+mpD9g+VwEgZJkLDYnAcjUcSi5AFk0gTYwb7t+zCajDjoi6CKTOS3GV
cGPrD3awvOrH0TaDGWrP2374/l88NEBCLwIBAg==
-----END DH PARAMETERS-----
`,
  weak1024: `-----BEGIN DH PARAMETERS-----
MIGHAoGBAJbK5hkXh69hGpT8LIW5zoawHoPvA5GKB4Mz73FYWDiFWB+rXdtzFfWI
MifXOMXRYrNygxP5gxOjGdytRCNPVd8Hdyn/RgJfpqTzAMgpHYk/S5/CdkyI08jr
81c98Sd1Ubdu6FBWBJMu1SIHD+Tk5U5VTbXLnrfCPe0asCc134s/AgEC
-----END DH PARAMETERS-----
`,
} as const;
