import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../bytes/bytes.ts';
import { KeyLog } from './keylog.ts';

const RANDOM = '0123456789abcdef'.repeat(4);
const SECRET = 'c0ffee'.repeat(16);
const logOf = (text: string): KeyLog => {
  const log = new KeyLog();
  log.add(text);
  return log;
};
const hex = (bytes: Uint8Array | undefined): string | undefined => bytes && toHex(bytes);

describe('key logs', () => {
  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('RFC 9850 2: lines end with %s, hexadecimal is of either case, comments and empty lines are none', (_, end) => {
    const log = logOf(['# made by a test', '', `CLIENT_RANDOM ${RANDOM.toUpperCase()} ${SECRET}`, ''].join(end));
    expect(hex(log.secret('CLIENT_RANDOM', fromHex(RANDOM)))).toBe(SECRET);
    expect([log.connections, log.unreadable, log.isEmpty]).toEqual([1, 0, false]);
  });

  it('RFC 9850 2.1: every label of TLS 1.3', () => {
    const labels = [
      'CLIENT_EARLY_TRAFFIC_SECRET',
      'EARLY_EXPORTER_SECRET',
      'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
      'SERVER_HANDSHAKE_TRAFFIC_SECRET',
      'CLIENT_TRAFFIC_SECRET_0',
      'SERVER_TRAFFIC_SECRET_0',
      'EXPORTER_SECRET',
    ] as const;
    const log = logOf(labels.map((label, i) => `${label} ${RANDOM} ${String(i).repeat(64)}`).join('\n'));
    labels.forEach((label, i) => {
      expect(hex(log.secret(label, fromHex(RANDOM)))).toBe(String(i).repeat(64));
    });
    expect(log.connections).toBe(1);
    expect(log.knows(fromHex(RANDOM))).toBe(true);
    expect(log.knows(new Uint8Array(32))).toBe(false);
  });

  it("the older forms: Wireshark's pre-master secrets and OpenSSL's sessions", () => {
    const log = logOf(
      [
        `PMS_CLIENT_RANDOM ${RANDOM} aabb`,
        `RSA 0011223344556677 ${SECRET}`,
        `RSA Session-ID:DEADBEEF Master-Key:${SECRET}`,
      ].join('\n'),
    );
    expect(hex(log.secret('PMS_CLIENT_RANDOM', fromHex(RANDOM)))).toBe('aabb');
    expect(hex(log.rsaPreMaster(fromHex('001122334455667788')))).toBe(SECRET);
    expect(hex(log.masterOfSession(fromHex('deadbeef')))).toBe(SECRET);
    expect(log.masterOfSession(new Uint8Array(0))).toBeUndefined();
    expect(log.rsaPreMaster(fromHex('deadbeef'))).toBeUndefined();
  });

  it('a byte order mark is passed over, and lines that cannot be read are counted', () => {
    const log = logOf(`\ufeffCLIENT_RANDOM ${RANDOM} ${SECRET}\nCLIENT_RANDOM ${RANDOM}\nhello\nCLIENT_RANDOM 0 00\n`);
    expect([log.connections, log.unreadable]).toEqual([1, 3]);
    expect(logOf(`\u00ef\u00bb\u00bfCLIENT_RANDOM ${RANDOM} ${SECRET}`).unreadable).toBe(0);
  });

  it('any text can be added', () => {
    fc.assert(fc.property(fc.string(), (text) => void logOf(text)));
  });
});
