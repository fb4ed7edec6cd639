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

  describe('RFC 5246 7.4.8: the messages themselves', () => {
    const kept = (): Transcript => {
      const transcript = new Transcript(provider);
      transcript.add(a);
      transcript.add(b);
      transcript.start('sha256', true);
      return transcript;
    };

    it('are there from the first on, and all but the last before it is asked for more', () => {
      const transcript = kept();
      expect(toHex(transcript.allBefore())).toBe(toHex(a));
      expect(toHex(transcript.all())).toBe(toHex(concat(a, b)));
      transcript.add(c);
      expect(toHex(transcript.allBefore())).toBe(toHex(concat(a, b)));
      transcript.add(d);
      expect(toHex(transcript.allBefore())).toBe(toHex(concat(a, b, c)));
      expect(toHex(transcript.all())).toBe(toHex(concat(a, b, c, d)));
      expect(toHex(transcript.hash())).toBe(sha('sha256', a, b, c, d));
    });

    it('are what the hash is of, in whatever order both are asked for', () => {
      const transcript = kept();
      transcript.add(c);
      expect(sha('sha256', transcript.allBefore())).toBe(toHex(transcript.hashBefore()));
      expect(sha('sha256', transcript.all())).toBe(toHex(transcript.hash()));
      transcript.hash();
      transcript.add(d);
      expect(sha('sha256', transcript.allBefore())).toBe(toHex(transcript.hashBefore()));
    });

    it('what is handed out is a copy', () => {
      const transcript = kept();
      transcript.all().fill(0);
      expect(toHex(transcript.all())).toBe(toHex(concat(a, b)));
    });

    it('are not kept unless it is asked for, and not after they are forgotten; the hash goes on', () => {
      const transcript = new Transcript(provider);
      transcript.add(a);
      transcript.start('sha256');
      for (const ask of [() => transcript.all(), () => transcript.allBefore()]) expect(ask).toThrow(/does not keep/);
      const other = kept();
      other.forget();
      other.add(c);
      for (const ask of [() => other.all(), () => other.allBefore()]) expect(ask).toThrow(/does not keep/);
      expect(toHex(other.hash())).toBe(sha('sha256', a, b, c));
    });

    it('are gone, and the hash too, once the handshake has ended', () => {
      const transcript = kept();
      transcript.end();
      expect(() => transcript.hash()).toThrow(/no hash/);
      expect(() => transcript.all()).toThrow(/does not keep/);
    });
  });

  it('RFC 8446 4.4.1, 4.6.2: messages are kept over a HelloRetryRequest too, message_hash in place of the first', () => {
    const transcript = new Transcript(provider);
    transcript.add(a);
    transcript.add(b);
    transcript.restart('sha256', true);
    transcript.add(c);
    expect(toHex(transcript.all())).toBe(toHex(concat(fromHex(`fe000020${sha('sha256', a)}`), b, c)));
  });
});
