import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from '../bytes/bytes.ts';
import { nobleProvider } from '../providers/noble.ts';
import { nodeProvider } from '../providers/node.ts';
import type { HashName } from './keys.ts';
import { Transcript } from './transcript.ts';

const sha = (hash: HashName, ...parts: readonly Uint8Array[]): string =>
  createHash(hash)
    .update(concat(...parts))
    .digest('hex');
const [a, b, c, d] = ['0100000111', '0200000222', '0300000333', '0400000444'].map(fromHex) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

describe.each([nodeProvider, nobleProvider])('$name', (provider) => {
  it.each(['sha256', 'sha384'] as const)('RFC 8446 4.4.1: the %s of all messages, and of all but the last', (hash) => {
    const transcript = new Transcript(provider);
    transcript.add(a);
    transcript.add(b);
    transcript.start(hash);
    expect(toHex(transcript.hashBefore())).toBe(sha(hash, a));
    expect(toHex(transcript.hash())).toBe(sha(hash, a, b));
    transcript.add(c);
    expect(toHex(transcript.hashBefore())).toBe(sha(hash, a, b));
    // Asking changes nothing.
    expect(toHex(transcript.hashBefore())).toBe(sha(hash, a, b));
    transcript.add(d);
    expect(toHex(transcript.hashBefore())).toBe(sha(hash, a, b, c));
    expect(toHex(transcript.hash())).toBe(sha(hash, a, b, c, d));
    expect(toHex(transcript.hash())).toBe(sha(hash, a, b, c, d));
  });

  it('there is no hash before ServerHello names one', () => {
    const transcript = new Transcript(provider);
    transcript.add(a);
    expect(() => transcript.hash()).toThrow();
    expect(() => transcript.hashBefore()).toThrow();
  });

  it.each([
    ['sha256', '20'],
    ['sha384', '30'],
  ] as const)(
    'RFC 8446 4.4.1: with %s, a HelloRetryRequest replaces the first ClientHello by message_hash',
    (hash, size) => {
      const transcript = new Transcript(provider);
      transcript.add(a);
      transcript.add(b);
      transcript.restart(hash);
      const synthetic = concat(fromHex(`fe0000${size}`), fromHex(sha(hash, a)));
      expect(toHex(transcript.hash())).toBe(sha(hash, synthetic, b));
      transcript.add(c);
      transcript.add(d);
      expect(toHex(transcript.hash())).toBe(sha(hash, synthetic, b, c, d));
      expect(() => transcript.all()).toThrow();
    },
  );

  it('RFC 8446 4.4.1, 4.6.2: messages are kept over a HelloRetryRequest too, message_hash in place of the first', () => {
    const transcript = new Transcript(provider);
    transcript.add(a);
    transcript.add(b);
    transcript.restart('sha256', true);
    transcript.add(c);
    expect(toHex(transcript.all())).toBe(toHex(concat(fromHex(`fe000020${sha('sha256', a)}`), b, c)));
  });
});
