// Certificates against a client: many, deep, alike, with keys of monstrous size; compressed ones that unpack to more than they say;
// parameters of finite fields that are as long as may be. All are parsed, and judged where the handshake gets so far.

import { brotliCompressSync, deflateSync } from 'node:zlib';
import { concat, EMPTY } from '../../../src/bytes/bytes.ts';
import { encode } from '../../../src/codec/run.ts';
import { certificateCompression } from '../../../src/node/compression.ts';
import { EXTENSIONS, noExtensions } from '../../../src/wire/extensions.ts';
import { certificate13, certificateRequest13, compressedCertificate } from '../../../src/wire/messages.ts';
import { intermediate, leaf, pki } from '../../conformance/x509-pki.ts';
import { edited, handshake, withExtension } from '../../support/forge.ts';
import { type PairOptions, world } from '../../support/pair.ts';
import type { Attack } from './siege.ts';
import { deceived } from './victims.ts';

const KB = 1024;
const MOST = 2 ** 17;

/** A chain in place of the server's, in TLS 1.3. */
const chained =
  (ders: readonly Uint8Array[]): Attack['begin'] =>
  () =>
    deceived('certificate', (raw) => [
      edited(certificate13, raw, (body) => ({
        ...body,
        certificate_list: ders.map((cert_data) => ({ cert_data, extensions: noExtensions<'certificate'>() })),
      })),
    ]);

const own = (): readonly Uint8Array[] => world().identities.p256.chain;

/** As many of them as a message holds. */
function filled(make: (i: number) => Uint8Array): Uint8Array[] {
  const out: Uint8Array[] = [];
  let length = 0;
  for (let i = 0; ; i++) {
    const one = make(i);
    length += one.length + 5;
    if (length > MOST - 1000) return out;
    out.push(one);
  }
}

/** Intermediates with one name and one key each, every one of which could have issued every other. */
function alike(): Uint8Array[] {
  const subject = [['CN', 'one of many']] as const;
  const first = intermediate({ subject });
  const others = Array.from({ length: 60 }, () => intermediate({ subject }, first).der);
  return [leaf(first).der, first.der, ...others];
}

function deep(): Uint8Array[] {
  const chain: Uint8Array[] = [];
  let issuer = pki.intermediate;
  for (let i = 0; i < 60; i++) {
    issuer = intermediate({ subject: [['CN', `level ${i}`]] }, issuer);
    chain.unshift(issuer.der);
  }
  return [leaf(issuer).der, ...chain];
}

function bomb(pack: (bytes: Uint8Array) => Uint8Array, algorithm: number, says: number): Attack['begin'] {
  const packed = Uint8Array.from(pack(new Uint8Array(64 * 2 ** 20)));
  const options: PairOptions = { client: { certificateCompression }, server: { certificateCompression } };
  return () =>
    deceived(
      'compressed_certificate',
      () => [
        handshake(
          'compressed_certificate',
          encode(compressedCertificate, {
            algorithm,
            uncompressed_length: says,
            compressed_certificate_message: packed.subarray(0, MOST - 16),
          }),
        ),
      ],
      options,
    );
}

const judged = { ends: 'ERR_TLS_CERTIFICATE_REFUSED', memory: 2048 * KB, cpu: 20 } as const;
// A bomb is short, and the handshake around it is counted.
const unpacked = { ends: 'ERR_TLS_BAD_COMPRESSION', memory: 1024 * KB, cpu: 200 } as const;

export const CERTIFICATES: readonly Attack[] = [
  {
    name: 'a chain of 128 kB, of one certificate again and again',
    limit: 'handshakeMessage; MAX_CERTIFICATES 256',
    begin: chained(filled((i) => own()[i === 0 ? 0 : 1] ?? EMPTY)),
    ...judged,
  },
  {
    name: 'a chain of 20,000 certificates of one byte',
    limit: 'MAX_CERTIFICATES 256',
    begin: chained(Array.from({ length: 20_000 }, () => Uint8Array.of(0x30))),
    ...judged,
  },
  { name: 'a chain 60 deep', limit: 'maxIntermediates of the policy', begin: chained(deep()), ...judged },
  {
    name: 'sixty intermediates that could each issue all others',
    limit: 'the path search counts its steps',
    begin: chained(alike()),
    ...judged,
  },
  {
    name: 'a brotli bomb of 64 MB that says 128 kB',
    limit: 'what is announced is all that is unpacked',
    begin: bomb(brotliCompressSync, 2, MOST),
    ...unpacked,
  },
  {
    name: 'a zlib bomb of 64 MB that says 128 kB',
    limit: 'what is announced is all that is unpacked',
    begin: bomb(deflateSync, 1, MOST),
    ...unpacked,
  },
  {
    name: 'a zlib bomb of 64 MB that says so',
    limit: 'MAX_CERTIFICATE 131,072',
    begin: bomb(deflateSync, 1, 2 ** 24 - 1),
    ...unpacked,
  },
  {
    name: 'a CertificateRequest with 60 kB of names',
    limit: 'handshakeMessage',
    begin: () =>
      deceived(
        'certificate_request',
        (raw) => [
          edited(certificateRequest13, raw, (body) => {
            const name = concat(Uint8Array.of(0, 3), Uint8Array.of(0x30, 1, 0));
            const names = concat(...Array.from({ length: 12_000 }, () => name));
            const data = concat(Uint8Array.of(names.length >> 8, names.length), names);
            return { ...body, extensions: withExtension(body.extensions, EXTENSIONS.certificate_authorities.id, data) };
          }),
        ],
        { server: { clientCertificate: 'request' } },
      ),
    // The message itself is no fault; it was not what the server signed over, and Finished shows it.
    ends: undefined,
    memory: 4096 * KB,
    cpu: 20,
  },
];
