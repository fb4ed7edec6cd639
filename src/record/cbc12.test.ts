import { createCipheriv, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { concat, toHex } from '../bytes/bytes.ts';
import { HASH_LENGTH } from '../crypto/hkdf.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { TrafficKeys } from '../crypto/schedule12.ts';
import { CBC_KEY_LENGTH, type CbcSuite12, SUITES } from '../crypto/suites.ts';
import { nobleProvider } from '../providers/noble.ts';
import { nodeProvider } from '../providers/node.ts';
import { CbcOpener, CbcSealer, examinePadding } from './cbc12.ts';
import { makeHeader } from './protection.ts';

const PROVIDERS = [nodeProvider, nobleProvider];
const SUITE_LIST = SUITES.filter((suite): suite is CbcSuite12 => suite.version === 'tls12' && suite.aead === undefined);
const FIRST = SUITE_LIST.find((suite) => suite.id === 0x002f) as CbcSuite12;

const keysOf = (suite: CbcSuite12): Required<TrafficKeys> => ({
  key: new Uint8Array(CBC_KEY_LENGTH[suite.cbc]).fill(1),
  iv: new Uint8Array(0),
  mac: new Uint8Array(HASH_LENGTH[suite.mac]).fill(2),
});
const seal = (sealer: CbcSealer, type: number, content: Uint8Array): Uint8Array => {
  const out: Uint8Array[] = [];
  sealer.seal(type, content, out);
  return concat(...out);
};
const open = (opener: CbcOpener, record: Uint8Array): Uint8Array =>
  opener.open(record.subarray(0, 5), record.subarray(5));

/** A record put together by hand: any padding, any MAC. */
function forge(
  suite: CbcSuite12,
  content: Uint8Array,
  padding: Uint8Array,
  spoil?: (mac: Uint8Array) => void,
): Uint8Array {
  const { key, mac } = keysOf(suite);
  const header = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 23, 3, 3, content.length >> 8, content.length & 0xff);
  const tag = new Uint8Array(createHmac(suite.mac, mac).update(header).update(content).digest());
  spoil?.(tag);
  const iv = new Uint8Array(16).fill(9);
  const cipher = createCipheriv(suite.cbc, key, iv).setAutoPadding(false);
  const fragment = concat(iv, cipher.update(concat(content, tag, padding)));
  return concat(makeHeader(23, 0x0303, fragment.length), fragment);
}

/** A provider that counts the blocks that its hashes and MACs take. */
function counting(): { provider: CryptoProvider; blocks: () => number } {
  let blocks = 0;
  const provider: CryptoProvider = {
    ...nodeProvider,
    hash: (name) => {
      const running = nodeProvider.hash(name);
      return {
        update: (data) => {
          blocks += Math.floor(data.length / (name === 'sha384' ? 128 : 64));
          running.update(data);
        },
        digest: () => running.digest(),
      };
    },
    hmac: (name, key, ...parts) => {
      const length = parts.reduce((sum, part) => sum + part.length, 0);
      blocks += Math.ceil((length + (name === 'sha384' ? 17 : 9)) / (name === 'sha384' ? 128 : 64));
      return nodeProvider.hmac(name, key, ...parts);
    },
  };
  return { provider, blocks: () => blocks };
}

describe.each(PROVIDERS)('CBC records on $name', (provider) => {
  describe.each([false, true])('encrypt_then_mac %s', (encryptThenMac) => {
    it.each(SUITE_LIST)('suite $id: what one side seals the other opens, in order, whatever its length', (suite) => {
      const sealer = new CbcSealer(provider, suite, keysOf(suite), encryptThenMac);
      const opener = new CbcOpener(provider, suite, keysOf(suite), encryptThenMac);
      for (const length of [0, 1, 15, 16, 17, 255, 1000, 16384]) {
        const content = provider.random(length);
        const record = seal(sealer, 23, content);
        expect((record.length - 5 - (encryptThenMac ? HASH_LENGTH[suite.mac] : 0)) % 16).toBe(0);
        expect(open(opener, record)).toEqual(content);
        expect(opener.innerType).toBe(23);
      }
    });

    it('RFC 5246 6.2.3.2: each record has an IV of its own, of random bytes', () => {
      const drawn: Uint8Array[] = [];
      const random = (length: number): Uint8Array => {
        const bytes = provider.random(length);
        drawn.push(bytes.slice());
        return bytes;
      };
      const sealer = new CbcSealer({ ...provider, random }, FIRST, keysOf(FIRST), encryptThenMac);
      const ivs = [1, 2, 3].map(() => seal(sealer, 23, new Uint8Array(20)).subarray(5, 21));
      expect(ivs.map(toHex)).toEqual(drawn.map(toHex));
      expect(new Set(ivs.map(toHex)).size).toBe(3);
    });

    it('every changed byte, a wrong order and a wrong type are refused alike', () => {
      const sealer = new CbcSealer(provider, FIRST, keysOf(FIRST), encryptThenMac);
      const record = seal(sealer, 23, provider.random(20));
      const fresh = (): CbcOpener => new CbcOpener(provider, FIRST, keysOf(FIRST), encryptThenMac);
      for (let i = 5; i < record.length; i++) {
        const changed = record.slice();
        changed[i] = (changed[i] as number) ^ 0x40;
        expect(() => open(fresh(), changed)).toThrow('its MAC or padding is wrong');
      }
      expect(() => open(fresh(), seal(sealer, 23, provider.random(20)))).toThrow('its MAC or padding is wrong');
      expect(() => open(fresh(), concat(Uint8Array.of(21), record.subarray(1)))).toThrow('its MAC or padding is wrong');
      for (const length of [0, 15, 16, 32, 47]) {
        const short = concat(makeHeader(23, 0x0303, length), new Uint8Array(length));
        expect(() => open(fresh(), short)).toThrow('its MAC or padding is wrong');
      }
    });
  });
});

describe('RFC 5246 6.2.3.2: padding under MAC-then-encrypt', () => {
  const content = new Uint8Array(11).fill(5);
  const room = 16 - ((content.length + 20) % 16);

  it.each([0, 1, 4, 14])('%i blocks more than needed are fine: any length up to 255', (more) => {
    const padding = new Uint8Array(room + 16 * more).fill(room + 16 * more - 1);
    expect(open(new CbcOpener(nodeProvider, FIRST, keysOf(FIRST), false), forge(FIRST, content, padding))).toEqual(
      content,
    );
  });

  it('the same error and the same number of hash blocks for right and wrong padding, length and MAC', () => {
    const total = room + 16 * 10;
    const right = new Uint8Array(total).fill(total - 1);
    const wrongByte = right.slice();
    wrongByte[0] = 0;
    const cases: Record<string, Uint8Array> = {
      'right padding, wrong MAC': forge(FIRST, content, right, (mac) => mac.fill(0)),
      'one wrong padding byte': forge(FIRST, content, wrongByte),
      'padding longer than the record': forge(FIRST, content, new Uint8Array(total).fill(255)),
      'short padding where long stands': forge(FIRST, content, concat(right.subarray(1), Uint8Array.of(0))),
    };
    const counted = Object.entries(cases).map(([name, record]) => {
      const { provider, blocks } = counting();
      expect(() => open(new CbcOpener(provider, FIRST, keysOf(FIRST), false), record), name).toThrow(
        'its MAC or padding is wrong',
      );
      return blocks();
    });
    const { provider, blocks } = counting();
    open(new CbcOpener(provider, FIRST, keysOf(FIRST), false), forge(FIRST, content, right));
    expect(new Set([...counted, blocks()]).size).toBe(1);
  });

  it('examinePadding agrees with a plain reading of the rule, for every last byte', () => {
    for (let said = 0; said < 256; said++) {
      for (const length of [48, 64, 272, 304]) {
        const plain = new Uint8Array(length).fill(said);
        const fits = said + 1 <= length - 20;
        expect(examinePadding(plain, 20)).toEqual(fits ? { good: 1, padding: said + 1 } : { good: 0, padding: 1 });
        if (!fits || said === 0) continue;
        plain[length - 1 - said] = said ^ 1;
        expect(examinePadding(plain, 20)).toEqual({ good: 0, padding: 1 });
      }
    }
  });
});
