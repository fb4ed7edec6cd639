// The values against a second computation stand in test/property/exporters.test.ts; here are the rules.

import { describe, expect, it } from 'vitest';
import { EMPTY, toHex } from '../../bytes/bytes.ts';
import { type Suite12, type Suite13, suiteById } from '../../crypto/suites.ts';
import { nobleProvider } from '../../providers/noble.ts';
import { nodeProvider } from '../../providers/node.ts';
import { channelBinding, type Exporter12, type Exporter13, exportKeyingMaterial } from './exporter.ts';

const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
const twelve = (more: Partial<Exporter12> = {}): Exporter12 => ({
  version: 'tls12',
  provider: nodeProvider,
  suite: suiteById(0xc02f) as Suite12,
  master: bytes(48, 1),
  randoms: { client: bytes(32, 2), server: bytes(32, 3) },
  extendedMasterSecret: true,
  resumed: false,
  firstFinished: bytes(12, 4),
  ...more,
});
const thirteen = (id = 0x1301): Exporter13 => ({
  version: 'tls13',
  schedule: { provider: nodeProvider, suite: suiteById(id) as Suite13, observe: undefined },
  secret: bytes(id === 0x1302 ? 48 : 32, 5),
});
const usage = expect.objectContaining({ code: 'ERR_TLS_USAGE' }) as unknown as Error;

describe('keying material', () => {
  it('every provider gives the same', () => {
    const one = exportKeyingMaterial(twelve(), 'a label', 77, bytes(3, 9));
    expect(toHex(exportKeyingMaterial(twelve({ provider: nobleProvider }), 'a label', 77, bytes(3, 9)))).toBe(
      toHex(one),
    );
    const schedule = { ...thirteen().schedule, provider: nobleProvider };
    const other = exportKeyingMaterial({ ...thirteen(), schedule }, 'a label', 77);
    expect(toHex(other)).toBe(toHex(exportKeyingMaterial(thirteen(), 'a label', 77)));
  });

  it('RFC 5705 4: depends on everything that it is made of, and on the order of the randoms', () => {
    const { randoms } = twelve();
    const all = [
      twelve(),
      twelve({ master: bytes(48, 0) }),
      twelve({ suite: suiteById(0xc030) as Suite12 }),
      twelve({ randoms: { client: randoms.server, server: randoms.client } }),
    ].map((exporter) => toHex(exportKeyingMaterial(exporter, 'x', 32)));
    expect(new Set(all).size).toBe(all.length);
    // What is known of the handshake besides is no part of it.
    expect(toHex(exportKeyingMaterial(twelve({ firstFinished: EMPTY }), 'x', 32))).toBe(all[0]);
  });

  it('RFC 8446 7.1: 255 blocks of the hash at most in TLS 1.3', () => {
    expect(exportKeyingMaterial(thirteen(), 'x', 255 * 32).length).toBe(8160);
    for (const exporter of [thirteen(), thirteen(0x1302), twelve()]) {
      expect(() => exportKeyingMaterial(exporter, 'x', 8161)).toThrow(usage);
    }
  });

  it('RFC 7627 1: without extended_master_secret nothing is given out, and only then', () => {
    const unbound = twelve({ extendedMasterSecret: false, resumed: true });
    expect(() => exportKeyingMaterial(unbound, 'x', 32)).toThrow(/extended_master_secret/);
    for (const type of ['tls-unique', 'tls-exporter'] as const)
      expect(() => channelBinding(unbound, type)).toThrow(usage);
    expect(channelBinding({ ...unbound, resumed: false }, 'tls-unique')).toEqual(bytes(12, 4));
    // A wrong label is told first: it is wrong everywhere.
    expect(() => exportKeyingMaterial(unbound, 'master secret', 32)).toThrow(/no label/);
  });
});

describe('channel bindings', () => {
  it('RFC 5929 3.1: tls-unique is a copy of the first Finished', () => {
    const exporter = twelve();
    const binding = channelBinding(exporter, 'tls-unique');
    expect(toHex(binding)).toBe('04'.repeat(12));
    binding.fill(0);
    expect(toHex(exporter.firstFinished)).toBe('04'.repeat(12));
  });

  it('RFC 9266 2: tls-exporter is 32 bytes under its label, with an empty context', () => {
    for (const exporter of [twelve(), thirteen()]) {
      const expected = exportKeyingMaterial(exporter, 'EXPORTER-Channel-Binding', 32, EMPTY);
      expect(toHex(channelBinding(exporter, 'tls-exporter'))).toBe(toHex(expected));
    }
  });

  it('RFC 8446 C.5: no tls-unique in TLS 1.3', () => {
    expect(() => channelBinding(thirteen(), 'tls-unique')).toThrow(usage);
  });
});
