import { describe, expect, it } from 'vitest';
import type { CurveName, PublicKey } from '../../crypto/keys.ts';
import { SCHEMES } from '../../crypto/schemes.ts';
import { type Credential, chooseCredential, comesFrom, inOrder, type Wishes } from './credentials.ts';

const ec = (curve: CurveName): PublicKey => ({ kind: 'ec', curve, point: new Uint8Array(65) });
const RSA: PublicKey = { kind: 'rsa', modulus: new Uint8Array(256).fill(1), exponent: Uint8Array.of(3) };
const P256 = 0x0403;
const P384 = 0x0503;
const PSS = 0x0804;
const PKCS1 = 0x0401;
const name = (byte: number): Uint8Array => Uint8Array.of(0x30, 1, byte);
const of = (more: Partial<Credential> = {}): Credential => ({ chain: [], key: ec('secp256r1'), ...more });
const wishes = (more: Partial<Wishes> = {}): Wishes => ({
  schemes: [P256, P384, PSS, PKCS1],
  authorities: [],
  serverName: undefined,
  ...more,
});

describe('the order of credentials', () => {
  it('is our own where nothing is known and nothing is wished for', () => {
    expect(inOrder([of(), of(), of()], wishes({ serverName: 'a', authorities: [name(1)] }))).toEqual([0, 1, 2]);
    expect(inOrder([], wishes())).toEqual([]);
  });

  it.each([
    ['a.example', [0, 1, 2]],
    ['b.example', [1, 0, 2]],
    ['x.c.example', [2, 0, 1]],
    ['c.example', [0, 1, 2]],
    ['x.y.c.example', [0, 1, 2]],
    ['.c.example', [0, 1, 2]],
    ['example', [0, 1, 2]],
    [undefined, [0, 1, 2]],
  ])('RFC 6066 3: for the name %s', (serverName, order) => {
    const list = [of({ names: ['a.example'] }), of({ names: ['b.example'] }), of({ names: ['*.c.example'] })];
    expect(inOrder(list, wishes({ serverName }))).toEqual(order);
  });

  it('name before issuer, issuer before the signatures of the chain', () => {
    const list = [
      of({ names: ['no'], issuers: [name(1)], signedWith: [P256] }),
      of({ names: ['a'], issuers: [name(2)], signedWith: [P256] }),
      of({ names: ['a'], issuers: [name(1)], signedWith: [PKCS1] }),
      of({ names: ['a'], issuers: [name(1)], signedWith: [P256] }),
    ];
    const asked = wishes({ serverName: 'a', authorities: [name(1)], certificateSchemes: [P256] });
    expect(inOrder(list, asked)).toEqual([3, 2, 1, 0]);
  });

  it('RFC 8446 4.2.3: signature_algorithms says what the chain may be signed with where nothing else does', () => {
    const list = [of({ signedWith: [P256, PKCS1] }), of({ signedWith: [P256] })];
    expect(inOrder(list, wishes({ schemes: [P256] }))).toEqual([1, 0]);
    expect(inOrder(list, wishes({ schemes: [P256], certificateSchemes: [P256, PKCS1] }))).toEqual([0, 1]);
  });

  it('comes from an authority when any certificate of the chain does', () => {
    const one = of({ issuers: [name(1), name(2)] });
    expect([comesFrom(one, []), comesFrom(one, [name(2)]), comesFrom(one, [name(3), name(1)])]).toEqual([
      true,
      true,
      true,
    ]);
    expect([comesFrom(one, [name(3)]), comesFrom(of({ issuers: [] }), [name(3)])]).toEqual([false, false]);
    expect(comesFrom(of(), [name(3)])).toBe(true);
  });
});

describe('the choice', () => {
  const choose = (
    list: readonly Credential[],
    asked: Partial<Wishes> = {},
    version: 'tls12' | 'tls13' = 'tls13',
    fits?: (one: Credential) => boolean,
  ): unknown => {
    const chosen = chooseCredential(list, SCHEMES, wishes(asked), version, fits);
    return chosen && [chosen.credential, chosen.scheme.id];
  };

  it('goes down the order to the first key that can sign with a scheme of both', () => {
    expect(choose([of(), of({ key: RSA })])).toEqual([0, P256]);
    expect(choose([of(), of({ key: RSA })], { schemes: [PSS] })).toEqual([1, PSS]);
    expect(choose([of({ names: ['b'] }), of({ names: ['a'], key: RSA })], { serverName: 'a' })).toEqual([1, PSS]);
    expect(choose([of(), of({ key: RSA })], { schemes: [] })).toBeUndefined();
    expect(choose([])).toBeUndefined();
  });

  it('RFC 8446 4.2.3: the scheme fixes the curve in TLS 1.3, and PKCS#1 v1.5 does not sign there', () => {
    const list = [of({ key: ec('secp384r1') })];
    expect([choose(list, { schemes: [P256] }), choose(list, { schemes: [P256] }, 'tls12')]).toEqual([
      undefined,
      [0, P256],
    ]);
    const rsa = [of({ key: RSA })];
    expect([choose(rsa, { schemes: [PKCS1] }), choose(rsa, { schemes: [PKCS1] }, 'tls12')]).toEqual([
      undefined,
      [0, PKCS1],
    ]);
  });

  it('RFC 5280 4.2.1.3: passes over a key that must not sign, and over what the caller rules out', () => {
    const silent = of({ usage: { digitalSignature: false, keyEncipherment: true } });
    const signing = of({ usage: { digitalSignature: true, keyEncipherment: false } });
    expect([choose([silent]), choose([silent, signing]), choose([silent, of()])]).toEqual([
      undefined,
      [1, P256],
      [1, P256],
    ]);
    expect(choose([of(), of({ key: RSA })], {}, 'tls12', ({ key }) => key.kind === 'rsa')).toEqual([1, PSS]);
  });
});
