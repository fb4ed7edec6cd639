// OpenSSL's cipher list against openssl itself: the same suites in the same order, for the suites that are there and for those
// that one day may be. And what is ours: unknown words, lists that leave nothing, names of TLS 1.3.

import { spawnSync } from 'node:child_process';
import { constants } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { available, describePeer } from '../../test/peers/available.ts';
import { SUITES, type Suite12, type Suite13 } from '../crypto/suites.ts';
import { suiteName, suiteOpensslName } from '../wire/registry/cipher_suites.ts';
import { TlsError } from '../wire/tls_error.ts';
import { namedSuites13, parseCipherList } from './cipher_list.ts';

const OURS = SUITES.filter((suite): suite is Suite12 => suite.version === 'tls12');
const OURS13 = SUITES.filter((suite): suite is Suite13 => suite.version === 'tls13');

/** Every suite of TLS 1.2 with AES or ChaCha20 and (EC)DHE, RSA or PSK, whether glasstls runs it or not. */
const ALL: readonly Suite12[] = Array.from({ length: 0x10000 }, (_, id) => fromName(id)).flatMap(
  (suite) => suite ?? [],
);

function fromName(id: number): Suite12 | undefined {
  const name = suiteName(id)?.replace('PSK_DHE', 'DHE_PSK') ?? '';
  const parts =
    /^TLS_(ECDHE_PSK|DHE_PSK|PSK|(?:ECDHE_|DHE_)?(?:RSA|ECDSA))_WITH_(AES_(?:128|256)_(GCM|CBC|CCM(?:_8)?)|CHACHA20_POLY1305)(?:_(SHA\d*))?$/.exec(
      name,
    );
  if (parts === null) return undefined;
  const [, exchange = '', cipher = '', mode, hash = ''] = parts;
  const psk = exchange.endsWith('PSK');
  const [kx = '', auth = kx] = psk ? [exchange, 'psk'] : exchange.split('_');
  const named = cipher.toLowerCase().replaceAll('_', '-');
  const mac = hash === 'SHA' ? 'sha1' : hash.toLowerCase();
  const made = {
    id,
    version: 'tls12',
    keyExchange: kx.toLowerCase(),
    authentication: auth.toLowerCase(),
    hash: mac === 'sha384' ? mac : 'sha256',
    legacy: false,
    ...(mode === 'CBC' ? { cbc: named, mac } : { aead: named }),
  };
  return made as unknown as Suite12;
}

const ids = (suites: readonly { readonly id: number }[]): readonly number[] => suites.map(({ id }) => id);
const names = (suites: readonly { readonly id: number }[]): string[] =>
  suites.map(({ id }) => suiteOpensslName(id) ?? '');

const LISTS: readonly string[] = [
  'DEFAULT',
  'DEFAULT@SECLEVEL=0',
  'DEFAULT:!kRSA:!SHA1',
  'DEFAULT+AES',
  'ALL',
  'ALL:!COMPLEMENTOFDEFAULT:!eNULL',
  'HIGH:!aNULL:!MD5:!RC4:!3DES:!DSS:!SRP',
  'ECDHE+AESGCM:!SHA1',
  'ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20:ECDHE+AES:DHE+AES:RSA+AESGCM:RSA+AES:!aNULL:!eNULL',
  'EECDH+aECDSA:EDH:kRSA',
  'AES128:AES256:@STRENGTH',
  'kRSA:ECDHE,CHACHA20 AES256-SHA',
  'ALL:+RSA:+SHA1',
  'ALL:-AES128:AES128+kECDHE:-SHA384:HIGH',
  'ALL:-kRSA:-SHA1:ALL',
  'AES128-SHA:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305',
  'ALL:!ECDHE-RSA-AES128-GCM-SHA256:!AES128-SHA:-AES256-SHA',
  'PSK:kPSK:aPSK:-AESCCM',
  'kECDHEPSK:kDHEPSK:kPSK+AES256',
  'AESCCM:!AESCCM8',
  'SHA256:SHA384',
  'TLSv1.2:!AESGCM:!CHACHA20:SSLv3:TLSv1.0',
  'CBC+aRSA:FIPS+ECDSA',
  'ECDSA:DH:ECDH:RSA',
  'ALL!AES256@STRENGTH',
  ':HIGH:-AESGCM:+AES256::CHACHA20:AESGCM:',
  // What Mozilla recommended for servers of 2023, and Node's own default.
  'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305',
  constants.defaultCoreCipherList,
];

/** No system configuration: distributions put a policy of their own into it. */
function openssl(args: readonly string[]): { readonly out: string; readonly ok: boolean } {
  const env = { ...process.env, OPENSSL_CONF: '/dev/null' };
  const { stdout, status } = spawnSync('openssl', [...args], { env, encoding: 'latin1' });
  return { out: (stdout ?? '').trim(), ok: status === 0 };
}

/** Since OpenSSL 3.2 suites with CCM_8 count as weak, as here; before they stood among the strong ones. */
function agreesOnCcm8(): boolean {
  const found = available('openssl');
  const [, major = 0, minor = 0] = ('version' in found && /(\d+)\.(\d+)/.exec(found.version)) || [];
  return Number(major) > 3 || (Number(major) === 3 && Number(minor) >= 2);
}

describePeer('openssl', 'cipher lists as `openssl ciphers` reads them', () => {
  it('knows every suite that openssl has of these kinds', () => {
    const { out } = openssl(['ciphers', '-tls1_2', '-s', '-psk', '-stdname', 'ALL']);
    const theirs = out.split('\n').map((line) => line.split(' ')[0] ?? '');
    const kinds = theirs.filter((name) => !/_(?:anon|DSS|RSA_PSK|ARIA|CAMELLIA)_/.test(name));
    expect(kinds.length).toBeGreaterThan(60);
    expect(ids(ALL).map(suiteName)).toEqual(expect.arrayContaining(kinds));
  });

  it.each(LISTS)('%s', (list) => {
    const { out, ok } = openssl(['ciphers', '-tls1_2', '-s', '-psk', list]);
    expect(ok, out).toBe(true);
    const theirs = out.split(':').filter((name) => agreesOnCcm8() || !name.endsWith('-CCM8'));
    for (const available of [ALL, ALL.toReversed(), OURS]) {
      const here = names(available);
      const wanted = theirs.filter((name) => here.includes(name));
      const choose = (): string[] =>
        names(parseCipherList(list, available)).filter((name) => agreesOnCcm8() || !name.endsWith('-CCM8'));
      if (wanted.length === 0) expect(choose).toThrow('no cipher suite');
      else expect(choose()).toEqual(wanted);
    }
  });
});

describe('a list of cipher suites', () => {
  const failure = (list: string, available = OURS): TlsError => {
    try {
      parseCipherList(list, available);
    } catch (error) {
      if (error instanceof TlsError) return error;
      throw error;
    }
    throw new Error(`${list} was taken`);
  };

  it('names what it cannot read, and what was probably meant', () => {
    expect(failure('ECDHE+AESGMC')).toMatchObject({
      code: 'ERR_TLS_CONFIG',
      message: 'a list of cipher suites has no word "AESGMC"; did you mean AESGCM or AESCCM?',
      actual: 'AESGMC',
      expected: ['AESGCM', 'AESCCM'],
    });
    expect(failure('HIGH:!ecdhe').message).toContain('did you mean ECDHE');
    expect(failure('ECDHE-RSA-AES128-GCM-SHA265').message).toContain('ECDHE-RSA-AES128-GCM-SHA256');
    expect(failure('HIGH:constructor:__proto__').message).toContain('"constructor"');
    for (const list of ['HIGH:@STRENGHT', '@SECLEVEL=9', 'HIGH:@STRENGTH+AES']) {
      expect(failure(list).message).toContain('did you mean @STRENGTH or @SECLEVEL=0?');
    }
    for (const list of ['HI^GH', 'HIGH+', '!', 'HIGH:+', 'AES"', '+ AES'])
      expect(failure(list).code).toBe('ERR_TLS_CONFIG');
  });

  it('takes DEFAULT at its beginning only, where OpenSSL would pass over it without a word', () => {
    expect(failure('HIGH:DEFAULT').message).toContain('can only stand first');
    expect(failure('!DEFAULT').message).toContain('can only stand first');
    expect(ids(parseCipherList(' DEFAULT', OURS))).toEqual(ids(parseCipherList('DEFAULT', OURS)));
  });

  it('that leaves nothing is an error that quotes it', () => {
    for (const list of ['', 'RC4', 'ALL:!ALL', '@STRENGTH', 'DES-CBC3-SHA', 'ALL:!AES:!CHACHA20', '!HIGH:HIGH']) {
      expect(failure(list)).toMatchObject({ code: 'ERR_TLS_CONFIG', actual: list });
    }
    expect(failure('DEFAULT', []).message).toContain('no cipher suite');
  });

  it('takes the names of IANA for those of OpenSSL', () => {
    const ours = (list: string): readonly number[] => ids(parseCipherList(list, OURS));
    expect(ours('ALL:!TLS_RSA_WITH_AES_128_CBC_SHA:+TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384')).toEqual(
      ours('ALL:!AES128-SHA:+ECDHE-RSA-AES256-GCM-SHA384'),
    );
  });

  it('passes over suites that exist and are not here, and words for what is never run', () => {
    expect(names(parseCipherList('DES-CBC3-SHA:ARIA128-GCM-SHA256:AES128-SHA:!RC4:!aNULL', OURS))).toEqual([
      'AES128-SHA',
    ]);
  });

  it('may name suites of TLS 1.3, which are chosen apart', () => {
    const list = 'TLS_CHACHA20_POLY1305_SHA256:ECDHE+CHACHA20:TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256';
    expect(ids(namedSuites13(list, OURS13))).toEqual([0x1303, 0x1301]);
    expect(ids(parseCipherList(list, OURS))).toEqual([0xcca9, 0xcca8]);
    expect(parseCipherList('TLS_AES_128_GCM_SHA256', OURS)).toEqual([]);
    expect(ids(namedSuites13('HIGH:TLS_AES_128_GCM_SHA256:!TLS_AES_128_GCM_SHA256', OURS13))).toEqual([]);
    expect(namedSuites13('DEFAULT', OURS13)).toEqual([]);
  });

  it('of hostile length is read in time that grows with it', () => {
    const began = performance.now();
    expect(parseCipherList(`${'ALL:-ALL:'.repeat(2000)}HIGH`, ALL).length).toBe(ALL.length);
    expect(() => parseCipherList('A'.repeat(100_000), OURS)).toThrow(TlsError);
    expect(performance.now() - began).toBeLessThan(3000);
  });
});
