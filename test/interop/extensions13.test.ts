// What is agreed on beside the keys in TLS 1.3: certificates that are compressed (RFC 8879), ours and a client's, and records
// that are no longer than the peer wants (RFC 8449).

import { beforeAll, expect } from 'vitest';
import type { CertificateCompression } from '../../src/handshake/shared/compression.ts';
import { certificateCompression } from '../../src/node/index.ts';
import { type ChromiumPeer, startChromium } from '../peers/chromium.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { type GlassConnection, glassClient } from './glass.ts';
import {
  asClient13,
  asServer13,
  CLIENTS13,
  type Client13,
  nowhere,
  type Proof,
  type Row13,
  SERVERS13,
} from './over_peers13.ts';
import { serve } from './serving.ts';
import { run13, start13, V13 } from './start13.ts';
import { withPeer } from './support.ts';
import { watch } from './watch13.ts';

const ALGORITHMS = { zlib: 1, brotli: 2, zstd: 3 } as const;
const NAMES = Object.keys(ALGORITHMS) as (keyof typeof ALGORITHMS)[];
const NO_ZSTD = 'this Node has no zstd';
const DEBIAN_GNUTLS = 'GnuTLS as Debian builds it has neither zlib nor brotli nor zstd';
const OPENSSL_3_0 = 'OpenSSL compresses certificates from 3.2 on';
const NO_GO = "Go's crypto/tls compresses no certificates";
const LIMIT_FIRST_TABLE = 'the first table says who offers record_size_limit';

let ca: Pki;

beforeAll(async () => {
  ca = await pki();
});
printMatrixAfterAll();

function only(name: keyof typeof ALGORITHMS): readonly CertificateCompression[] {
  return certificateCompression.filter(({ algorithm }) => algorithm === ALGORITHMS[name]);
}

const LIMIT = 700;

asClient13('extensions', {
  'the server compresses its certificate (RFC 8879)': {
    openssl: OPENSSL_3_0,
    nginx: 'nginx compresses certificates from 1.29 on',
    gnutls: DEBIAN_GNUTLS,
    'node:tls': OPENSSL_3_0,
    go: NO_GO,
    node24: 'node:tls does not have OpenSSL compress its certificates',
  },
  'we compress our certificate for a server that asks for it': {
    openssl: OPENSSL_3_0,
    nginx: OPENSSL_3_0,
    gnutls: DEBIAN_GNUTLS,
    'node:tls': OPENSSL_3_0,
    go: NO_GO,
    node24: 'node:tls does not offer to take compressed certificates',
  },
  'we keep to the record_size_limit of the server (RFC 8449)': {
    ...nowhere(SERVERS13, LIMIT_FIRST_TABLE),
    gnutls: async (provider) => {
      const gnutls = { args: ['--recordsize', String(LIMIT)] };
      await withPeer(start13('gnutls', { identity: ca.leaf('p256'), gnutls }), async (server) => {
        const { observe, records } = watch();
        const more = { engine: { recordSizeLimit: 16_385 }, observe };
        const connection = await glassClient({ port: server.port, ca: ca.ca, provider, more });
        await server.exchange(connection, 'x'.repeat(5000));
        // The limit counts the content type (RFC 8449 4); GnuTLS adds one for it.
        expect(longest(records, 'out')).toBe(LIMIT);
      });
    },
  },
});

function longest(records: ReturnType<typeof watch>['records'], way: 'in' | 'out'): number {
  return Math.max(...records.map(({ direction, contentLength }) => (direction === way ? contentLength : 0)));
}

// Our server.

let browser: ChromiumPeer;

asServer13(
  'extensions',
  {
    ...Object.fromEntries(NAMES.map((name) => [`we compress our certificate: ${name}`, ours(name)])),
    ...Object.fromEntries(NAMES.map((name) => [`the client compresses its certificate: ${name}`, theirs(name)])),
    'the client keeps to our record_size_limit (RFC 8449)': {
      ...nowhere(CLIENTS13, LIMIT_FIRST_TABLE),
      gnutls: async (provider) => {
        const { observe, records } = watch();
        const more = { engine: { recordSizeLimit: LIMIT }, observe };
        // gnutls-cli sends one record of a long line and forgets the rest.
        const onConnection = async (connection: GlassConnection): Promise<void> => {
          await connection.receive();
          await connection.end('ENOUGH\n');
        };
        await withPeer(serve(ca.leaf('p256'), provider, { minVersion: V13, onConnection, more }), async (server) => {
          const client = await run13('gnutls', ca, { port: server.port, question: 'x'.repeat(5000) });
          expect(client.said).toContain('ENOUGH');
          expect(longest(records, 'in')).toBe(LIMIT - 1);
        });
      },
    },
  },
  (peer) => {
    if (peer !== 'chromium') return;
    beforeAll(async () => {
      browser = await startChromium((await pki()).caFile);
      return () => browser.stop();
    });
  },
);

function ours(name: keyof typeof ALGORITHMS): Row13<Client13> {
  const chromium: Proof = async (provider) => {
    const { observe, count, raw, messages } = watch();
    const more = { engine: { certificateCompression: only(name) }, observe };
    await withPeer(serve(ca.leaf('rsa'), provider, { minVersion: V13, more }), async (server) => {
      expect(await browser.visit(`https://localhost:${server.port}/`)).toMatchObject({ title: 'Proof', version: V13 });
      expect(count('out certificate')).toBe(0);
      const message = raw[messages.indexOf('out compressed_certificate')];
      // Type and length, then the algorithm.
      expect(message?.subarray(4, 6)).toEqual(Uint8Array.of(0, ALGORITHMS[name]));
    });
  };
  return {
    openssl: OPENSSL_3_0,
    curl: OPENSSL_3_0,
    gnutls: DEBIAN_GNUTLS,
    'node:tls': OPENSSL_3_0,
    go: NO_GO,
    node24: 'node:tls does not offer to take compressed certificates',
    chromium: name === 'brotli' ? chromium : 'Chromium offers brotli alone',
  };
}

function theirs(name: keyof typeof ALGORITHMS): Row13<Client13> {
  const node24: Proof = async (provider) => {
    const { observe, count } = watch();
    const more = { requestCert: true, ca: ca.ca, engine: { certificateCompression: only(name) }, observe };
    await withPeer(serve(ca.leaf('p256'), provider, { minVersion: V13, more }), async (server) => {
      const client = await run13('node24', ca, { port: server.port, identity: ca.leaf('p384') });
      expect(client, client.said).toMatchObject({ served: true });
      expect(server.connections).toMatchObject([{ authorized: true }]);
      expect([count('in compressed_certificate'), count('in certificate')]).toEqual([1, 0]);
    });
  };
  return {
    openssl: OPENSSL_3_0,
    curl: OPENSSL_3_0,
    gnutls: DEBIAN_GNUTLS,
    'node:tls': OPENSSL_3_0,
    go: NO_GO,
    node24: only(name).length > 0 ? node24 : NO_ZSTD,
    chromium: 'it would need the certificate in its profile, and a rule to choose it',
  };
}
