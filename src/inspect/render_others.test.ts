// The words of s_client -msg, Wireshark's list of packets, and JSON, from recorded handshakes of every kind.

import { describe, expect, test } from 'vitest';
import { displayWidth, plainText } from './lines.ts';
import { timelineJson } from './render_json.ts';
import { renderOpenssl } from './render_openssl.ts';
import { renderWireshark } from './render_wireshark.ts';
import { sampleTrace } from './testing/handshakes.ts';
import { timelineOf } from './timeline.ts';

const KINDS = ['rsa12', 'ecdhe12', 'tls13'] as const;

describe('the words of openssl s_client -msg', () => {
  test('TLS 1.2: arrows, lengths in hexadecimal, sixteen bytes to a line', () => {
    const lines = plainText(renderOpenssl(timelineOf(sampleTrace('ecdhe12', 'client')), { verification: 'OK' })).split(
      '\n',
    );
    expect(lines[0]).toMatch(/^>>> TLS 1\.2, Handshake \[length [0-9a-f]{4}\], ClientHello$/);
    expect(lines[1]).toMatch(/^ {4}01 00 (?:[0-9a-f]{2} ?){14}$/);
    expect(lines).toContain('>>> TLS 1.2, ChangeCipherSpec [length 0001]');
    expect(lines).toContain('<<< TLS 1.2, Handshake [length 0004], ServerHelloDone');
    expect(lines).toContain('New, TLSv1.2, Cipher is ECDHE-RSA-AES128-GCM-SHA256');
    expect(lines).toContain('Peer Temp Key: x25519');
    expect(lines).toContain('<<< TLS 1.2, Alert [length 0002], warning close_notify');
    expect(lines).toContain('Verification: OK');
    expect(lines.join('\n')).toMatch(/has read \d{3,} bytes and written \d{3,} bytes/);
  });

  test('the server sees the arrows the other way round', () => {
    const text = plainText(renderOpenssl(timelineOf(sampleTrace('tls13', 'server'))));
    expect(text).toMatch(/^<<< TLS 1\.3, Handshake \[length [0-9a-f]{4}\], ClientHello\n/);
    expect(text).toContain('Negotiated TLS1.3 group: ');
    expect(text).not.toContain('Verification');
  });

  test('what was refused is said in place of OK', () => {
    const text = plainText(renderOpenssl(timelineOf(sampleTrace('tls13', 'client')), { verification: 'expired' }));
    expect(text).toContain('Verification error: expired');
  });
});

describe("Wireshark's list of packets", () => {
  test('flights in its names, with the name that was asked for', () => {
    const text = plainText(renderWireshark(timelineOf(sampleTrace('rsa12', 'client'))));
    expect(text).toMatch(/^ +No\. +Time +Source → Destination +Protocol +Length +Info\n/);
    expect(text).toContain('Server Hello, Certificate, Server Hello Done\n');
    expect(text).toContain('Client Key Exchange, Change Cipher Spec, Finished\n');
    expect(text).toContain('Alert (Level: Warning, Description: Close Notify)');
    expect(text).toMatch(/ {3}1 {3}0\.000000 {2}client → server {7}TLSv1\.2 +\d+ {2}Client Hello/);
  });

  test('TLS 1.3, with its keys', () => {
    const text = plainText(renderWireshark(timelineOf(sampleTrace('tls13', 'client'))));
    expect(text).toMatch(
      /Server Hello, (?:Change Cipher Spec, )?Encrypted Extensions, Certificate, Certificate Verify, Finished/,
    );
  });

  test('no line is wider than asked for', () => {
    for (const line of plainText(renderWireshark(timelineOf(sampleTrace('tls13', 'client')), { width: 70 })).split(
      '\n',
    ))
      expect(displayWidth(line)).toBeLessThanOrEqual(70);
  });
});

describe.each(KINDS)('JSON of %s', (kind) => {
  test('is JSON, has every message with its bytes and fields, and says what was agreed on', () => {
    const timeline = timelineOf(sampleTrace(kind, 'client'));
    const told = JSON.parse(JSON.stringify(timelineJson(timeline))) as {
      messages: { name: string; hex: string; length: number; fields: { name: string; end: number }[] }[];
    };
    expect(told).toMatchObject({ format: 1, side: 'client', complete: true, kind });
    expect(told.messages.map(({ name }) => name)).toEqual(timeline.messages.map(({ name }) => name));
    for (const { hex, length, fields, name } of told.messages) {
      expect(hex.length).toBe(2 * length);
      expect(fields.at(-1)?.end, name).toBeLessThanOrEqual(length);
    }
  });
});
