// The flags that client and server share, as options of glasstls/node: versions, suites, groups, ALPN, provider. Names are
// looked up here, so that a wrong one is met with the right one instead of a failed handshake.

import type { GroupName } from '../crypto/keys.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { SUITES } from '../crypto/suites.ts';
import type { VersionOption } from '../engine/options.ts';
import { nearest } from '../engine/suggest.ts';
import type { SecureOptions } from '../node/options.ts';
import { suiteByName, suiteName, suiteOpensslName } from '../wire/registry/cipher_suites.ts';
import { type Arguments, choiceOf, usage } from './arguments.ts';
import { CliError, EXIT } from './exit_codes.ts';
import type { Text } from './text.ts';

export type TlsSettings = Pick<
  SecureOptions,
  'minVersion' | 'maxVersion' | 'ciphers' | 'ecdhCurve' | 'ALPNProtocols' | 'legacy' | 'provider'
>;

/** @throws CliError for values that cannot work */
export async function tlsSettings(args: Arguments): Promise<TlsSettings> {
  const minVersion: VersionOption = args.has('tlsv1.3') ? 'TLSv1.3' : 'TLSv1.2';
  const highest = choiceOf(args, 'tls-max', ['1.2', '1.3']);
  const maxVersion: VersionOption = highest === '1.2' ? 'TLSv1.2' : 'TLSv1.3';
  if (minVersion > maxVersion) {
    throw usage({
      en: '--tlsv1.3 and --tls-max 1.2 leave no version',
      zh: '--tlsv1.3 与 --tls-max 1.2 互相矛盾，没有可用的版本',
    });
  }
  const legacy = args.has('legacy');
  const ciphers = suitesOf(args.value('ciphers'), legacy);
  const curves = groupsOf(args.value('curves'));
  const alpn = args.value('alpn');
  const provider = await providerOf(args);
  return {
    minVersion,
    maxVersion,
    legacy,
    ALPNProtocols:
      alpn === undefined
        ? ['http/1.1']
        : alpn
            .split(',')
            .map((one) => one.trim())
            .filter((one) => one !== ''),
    ...(ciphers !== undefined && { ciphers }),
    ...(curves !== undefined && { ecdhCurve: curves }),
    ...(provider !== undefined && { provider }),
  };
}

/** noble is loaded only when somebody wants it. */
async function providerOf(args: Arguments): Promise<CryptoProvider | undefined> {
  if (choiceOf(args, 'provider', ['node', 'noble']) !== 'noble') return undefined;
  return (await import('../providers/noble.ts')).nobleProvider;
}

function suitesOf(list: string | undefined, legacy: boolean): string | undefined {
  if (list === undefined) return undefined;
  const names = list.split(/[:,\s]+/).filter((one) => one !== '');
  // TLS 1.3's suites have one name, those of TLS 1.2 two.
  const known = [...new Set(SUITES.flatMap(({ id }) => [suiteOpensslName(id) ?? '', suiteName(id) ?? '']))];
  for (const name of names) {
    const suite = SUITES.find(({ id }) => id === suiteByName(name));
    if (suite === undefined) throw unknownName(name, known, suiteByName(name) !== undefined, SUITE_WORDS);
    if (suite.legacy && !legacy) {
      throw new CliError(
        EXIT.cipher,
        {
          en: `${name} is RSA key exchange, which has no forward secrecy`,
          zh: `${name} 使用 RSA 密钥交换，没有前向安全性`,
        },
        { en: 'Add --legacy to use it all the same.', zh: '确要使用，请加上 --legacy。' },
      );
    }
  }
  if (names.length === 0) throw usage({ en: '--ciphers names no suite', zh: '--ciphers 没有给出任何套件' });
  return names.join(':');
}

/** As OpenSSL, curl and the RFCs spell them. */
const GROUP_NAMES: Readonly<Record<string, GroupName>> = {
  X25519: 'x25519',
  'P-256': 'secp256r1',
  'P-384': 'secp384r1',
  'P-521': 'secp521r1',
  X448: 'x448',
  prime256v1: 'secp256r1',
  secp256r1: 'secp256r1',
  secp384r1: 'secp384r1',
  secp521r1: 'secp521r1',
};

function groupsOf(list: string | undefined): string | undefined {
  if (list === undefined) return undefined;
  const names = list.split(/[:,\s]+/).filter((one) => one !== '');
  if (names.length === 0) throw usage({ en: '--curves names no group', zh: '--curves 没有给出任何组' });
  const known = Object.keys(GROUP_NAMES);
  return names
    .map((name) => {
      const spelt = known.find((one) => one.toLowerCase() === name.toLowerCase());
      if (spelt === undefined) throw unknownName(name, known.slice(0, 5), false, GROUP_WORDS);
      return GROUP_NAMES[spelt] ?? name;
    })
    .join(':');
}

interface Words {
  readonly none: Text;
  readonly notHere: Text;
  readonly all: Text;
}

const SUITE_WORDS: Words = {
  none: { en: 'there is no cipher suite named', zh: '没有这个密码套件：' },
  notHere: { en: 'glasstls does not run the cipher suite', zh: 'glasstls 不支持这个密码套件：' },
  all: { en: 'It runs', zh: '支持的套件有：' },
};

const GROUP_WORDS: Words = {
  none: { en: 'there is no group named', zh: '没有这个组：' },
  notHere: { en: 'glasstls does not run the group', zh: 'glasstls 不支持这个组：' },
  all: { en: 'It runs', zh: '支持的组有：' },
};

function unknownName(name: string, known: readonly string[], exists: boolean, words: Words): CliError {
  const shown = JSON.stringify(name);
  const near = nearest(name, known);
  const what = exists ? words.notHere : words.none;
  const hint: Text =
    near.length > 0
      ? { en: `Did you mean ${near.join(' or ')}?`, zh: `是不是 ${near.join(' 或 ')}？` }
      : { en: `${words.all.en} ${known.join(', ')}.`, zh: `${words.all.zh}${known.join('、')}。` };
  return new CliError(EXIT.cipher, { en: `${what.en} ${shown}`, zh: `${what.zh}${shown}` }, hint);
}
