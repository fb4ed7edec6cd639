// What is measured: the code of `src/` that secrets go through, and beside it the same tasks done carelessly, which must be found.

import { createCipheriv, randomBytes } from 'node:crypto';
import { concat, equal, equalConstantTime } from '../../../src/bytes/bytes.ts';
import type { CryptoProvider } from '../../../src/crypto/provider.ts';
import { PRE_MASTER_LENGTH, unpadPreMaster } from '../../../src/crypto/rsa_pre_master.ts';
import { type CbcSuite12, SUITES, type Suite13 } from '../../../src/crypto/suites.ts';
import { Transcript } from '../../../src/crypto/transcript.ts';
import type { HandshakeContext } from '../../../src/handshake/context.ts';
import { checkBinder } from '../../../src/handshake/server/psk13.ts';
import type { Opening13 } from '../../../src/handshake/server/states.ts';
import { checkFinished } from '../../../src/handshake/shared/finished.ts';
import { binderOf } from '../../../src/handshake/shared/psk13.ts';
import { nobleProvider } from '../../../src/providers/noble.ts';
import { generatePrivateKey, nodeProvider } from '../../../src/providers/node.ts';
import { CbcOpener, examinePadding } from '../../../src/record/cbc12.ts';
import { makeHeader } from '../../../src/record/protection.ts';
import { withoutBinders } from '../../../src/wire/messages.ts';
import type { Subject } from './measure.ts';

const PROVIDERS: readonly CryptoProvider[] = [nodeProvider, nobleProvider];
const VERSION = 0x0303;

/** Where answers go: a call whose answer nobody sees may be left out by the compiler. */
const sink = { seen: 0 };

/** Runs what throws for both kinds of input. */
const refused = (run: () => unknown) => (): void => {
  try {
    run();
  } catch {
    return;
  }
  throw new Error('a wrong input was taken');
};

/** All of them; keys are made anew. */
export function subjects(): Subject[] {
  return [
    ...comparisons(),
    ...unpadding(),
    rsaOperation(),
    ...PROVIDERS.flatMap((provider) => cbcRecords(provider)),
    ...PROVIDERS.map((provider) => binder(provider)),
  ];
}

/** A value and one that differs in its first (kind 0) or last byte. */
function differing(length: number): { mine: Uint8Array; theirs: Uint8Array; prepare: (kind: 0 | 1) => void } {
  const mine = new Uint8Array(length);
  const theirs = new Uint8Array(length);
  const prepare = (kind: 0 | 1): void => {
    mine.set(randomBytes(length));
    theirs.set(mine);
    const at = kind === 0 ? 0 : length - 1;
    theirs[at] = (theirs[at] as number) ^ 1;
  };
  return { mine, theirs, prepare };
}

const FIRST_LAST = ['the first byte differs', 'the last byte differs'] as const;

function comparisons(): Subject[] {
  const { mine, theirs, prepare } = differing(48);
  const common = { kinds: FIRST_LAST, prepare };
  return [
    {
      ...common,
      name: 'equalConstantTime, 48 bytes',
      batch: 100,
      run: () => {
        if (equalConstantTime(mine, theirs)) sink.seen++;
      },
    },
    {
      ...common,
      name: 'equal, which stops early',
      batch: 100,
      planted: true,
      run: () => {
        if (equal(mine, theirs)) sink.seen++;
      },
    },
    { ...common, name: 'checkFinished, 48 bytes', batch: 20, run: refused(() => checkFinished(theirs, mine)) },
    {
      ...common,
      name: 'a Finished that is compared with equal',
      batch: 20,
      planted: true,
      run: refused(() => {
        if (!equal(theirs, mine)) throw new Error(`${sink.seen}`);
      }),
    },
  ];
}

/** A padded block of 256 bytes: right (kind 0), or with a zero at the beginning of its padding. */
function unpadding(): Subject[] {
  const block = new Uint8Array(256);
  const fallback = new Uint8Array(PRE_MASTER_LENGTH);
  const prepare = (kind: 0 | 1): void => {
    block.set(randomBytes(block.length).map((value) => value | 1));
    block.set([0, 2]);
    block.set([0, VERSION >> 8, VERSION & 0xff], block.length - PRE_MASTER_LENGTH - 1);
    if (kind === 1) block[3] = 0;
    fallback.set(randomBytes(PRE_MASTER_LENGTH));
  };
  const common = { kinds: ['right padding', 'wrong padding'] as const, prepare, batch: 20 };
  return [
    {
      ...common,
      name: 'unpadPreMaster, 256 bytes',
      run: () => {
        sink.seen += unpadPreMaster(block, 0, VERSION, fallback).length;
      },
    },
    {
      ...common,
      name: 'unpadding that stops at the first fault',
      planted: true,
      run: () => {
        sink.seen += carelessUnpad(block, fallback).length;
      },
    },
  ];
}

function carelessUnpad(block: Uint8Array, fallback: Uint8Array): Uint8Array {
  const start = block.length - PRE_MASTER_LENGTH;
  if (block[0] !== 0 || block[1] !== 2) return fallback;
  for (let i = 2; i < start - 1; i++) if (block[i] === 0) return fallback;
  return block[start - 1] === 0 ? block.slice(start) : fallback;
}

/** The private operation of the host and the unpadding behind it, over ciphertexts of either kind. */
function rsaOperation(): Subject {
  const { privateKey } = generatePrivateKey('rsa', 2048);
  const fallback = new Uint8Array(PRE_MASTER_LENGTH);
  const right = (): Uint8Array => {
    const secret = concat(Uint8Array.of(VERSION >> 8, VERSION & 0xff), randomBytes(PRE_MASTER_LENGTH - 2));
    return nodeProvider.rsaEncrypt(privateKey.publicKey, secret) ?? new Uint8Array(0);
  };
  const wrong = (): Uint8Array => new Uint8Array(randomBytes(256).fill(0, 0, 1));
  const ciphertext = new Uint8Array(256);
  return {
    name: 'RSA-2048 and unpadPreMaster, node',
    kinds: ['right padding', 'wrong padding'],
    prepare: (kind) => {
      ciphertext.set(kind === 0 ? right() : wrong());
      fallback.set(randomBytes(PRE_MASTER_LENGTH));
    },
    batch: 1,
    most: 20_000,
    run: () => {
      const block = privateKey.decryptRaw(ciphertext);
      if (block === undefined) throw new Error('the private operation failed');
      unpadPreMaster(block, 0, VERSION, fallback);
    },
  };
}

const SUITE = SUITES.find((suite): suite is CbcSuite12 => suite.id === 0x002f) as CbcSuite12;
const MAC_LENGTH = 20;

/**
 * Records with a wrong MAC whose padding is right and as long as it may be (kind 0), or wrong: then the content is taken for four
 * blocks of SHA-1 longer, which is what Lucky Thirteen listens for.
 */
function cbcRecords(provider: CryptoProvider): Subject[] {
  const keys = { key: randomBytes(16), iv: new Uint8Array(0), mac: randomBytes(MAC_LENGTH) };
  const opener = new CbcOpener(provider, SUITE, keys, false);
  const plain = new Uint8Array(320);
  const fragment = new Uint8Array(16 + plain.length);
  const header = makeHeader(23, VERSION, fragment.length);
  const prepare = (kind: 0 | 1): void => {
    plain.set(randomBytes(plain.length));
    plain.fill(255, plain.length - 256);
    if (kind === 1) plain[plain.length - 100] = 7;
    const iv = randomBytes(16);
    fragment.set(iv);
    fragment.set(createCipheriv('aes-128-cbc', keys.key, iv).setAutoPadding(false).update(plain), 16);
  };
  const mac = (content: Uint8Array): Uint8Array => provider.hmac('sha1', keys.mac, new Uint8Array(13), content);
  const cbc = provider.cbc(SUITE.cbc, keys.key);
  const decrypt = (): Uint8Array => cbc.decrypt(fragment.subarray(0, 16), fragment.subarray(16));
  const check = (content: Uint8Array): void => {
    if (!equalConstantTime(mac(content), plain.subarray(0, MAC_LENGTH))) throw new Error('the MAC is wrong');
  };
  const kinds = ['padding of 256 bytes, wrong MAC', 'wrong padding'] as const;
  const common = { kinds, prepare, batch: 2 };
  return [
    { ...common, name: `CbcOpener, ${provider.name}`, run: refused(() => opener.open(header, fragment)) },
    {
      ...common,
      name: `a record whose MAC is looked at only behind right padding, ${provider.name}`,
      planted: true,
      run: refused(() => {
        const text = decrypt();
        const { good, padding } = examinePadding(text, MAC_LENGTH);
        if (good === 0) throw new Error('the padding is wrong');
        check(text.subarray(0, text.length - MAC_LENGTH - padding));
      }),
    },
    {
      ...common,
      name: `a record whose MAC takes as long as its content (Lucky Thirteen), ${provider.name}`,
      planted: true,
      run: refused(() => {
        const text = decrypt();
        const { padding } = examinePadding(text, MAC_LENGTH);
        check(text.subarray(0, text.length - MAC_LENGTH - padding));
      }),
    },
  ];
}

/** A binder that is wrong in its first or last byte, with all that a server computes to know it. */
function binder(provider: CryptoProvider): Subject {
  const suite = SUITES.find((one): one is Suite13 => one.version === 'tls13' && one.hash === 'sha384') as Suite13;
  const psk = {
    identity: new Uint8Array(32),
    key: randomBytes(48),
    hash: 'sha384',
    session: undefined,
    place: 0,
    ageSkew: undefined,
  } as const;
  const hello = randomBytes(300);
  const transcript = new Transcript(provider);
  const context = { provider, transcript, observeSecret: undefined } as unknown as HandshakeContext;
  const offered = new Uint8Array(48);
  const opening = {
    hello: { extensions: { known: { pre_shared_key: { binders: [offered] } } } },
    raw: hello,
  } as unknown as Opening13;
  const right = binderOf(context, suite, psk, withoutBinders(hello, [offered]));
  offered.set(right);
  checkBinder(context, opening, psk, suite);
  return {
    name: `checkBinder, 48 bytes, ${provider.name}`,
    kinds: FIRST_LAST,
    prepare: (kind) => {
      offered.set(right);
      const at = kind === 0 ? 0 : offered.length - 1;
      offered[at] = (offered[at] as number) ^ 1;
    },
    batch: 2,
    run: refused(() => checkBinder(context, opening, psk, suite)),
  };
}
