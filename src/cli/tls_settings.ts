// The flags that client and server share, as options of glasstls/node: versions, suites, groups, signature schemes, ALPN, provider.
// What cannot work is met here, instead of in a failed handshake.

import type { GroupName } from '../crypto/keys.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { VersionOption } from '../engine/options.ts';
import { namedSuites } from '../engine/suite_names.ts';
import type { SecureOptions } from '../node/options.ts';
import { nodeProvider } from '../providers/node.ts';
import { TlsError } from '../wire/tls_error.ts';
import { type Arguments, choiceOf, usage } from './arguments.ts';
import { CHOICES } from './choices.ts';
import { CliError, EXIT } from './exit_codes.ts';
import { sharedKey } from './shared_key.ts';
import { filled } from './text.ts';
import { NAMES } from './texts/tls_names.ts';
import { groupsOf, schemesOf, suitesOf } from './tls_names.ts';

export type TlsSettings = Pick<
  SecureOptions,
  'minVersion' | 'maxVersion' | 'ciphers' | 'ecdhCurve' | 'sigalgs' | 'ALPNProtocols' | 'legacy' | 'provider'
>;

/** `protocols`: what is offered by ALPN without a flag. @throws CliError for values that cannot work */
export async function tlsSettings(args: Arguments, protocols: readonly string[] = ['http/1.1']): Promise<TlsSettings> {
  const minVersion: VersionOption = args.has('tlsv1.3') ? 'TLSv1.3' : 'TLSv1.2';
  const highest = choiceOf(args, 'tls-max', CHOICES['tls-max']);
  const maxVersion: VersionOption = highest === '1.2' ? 'TLSv1.2' : 'TLSv1.3';
  if (minVersion > maxVersion) {
    throw usage({
      en: '--tlsv1.3 and --tls-max 1.2 leave no version',
      zh: '--tlsv1.3 与 --tls-max 1.2 互相矛盾，没有可用的版本',
    });
  }
  const legacy = args.has('legacy');
  const psk = sharedKey(args) !== undefined;
  const ciphers = suitesOf(args.value('ciphers'), args.value('tls13-ciphers'), { legacy, psk });
  const groups = groupsOf(args.value('curves'));
  const sigalgs = schemesOf(args.value('sigalgs'));
  const alpn = args.value('alpn');
  const provider = await providerFor(args, groups);
  if (ciphers !== undefined) checkSuites(ciphers, { legacy, psk, provider: provider ?? nodeProvider });
  return {
    minVersion,
    maxVersion,
    legacy,
    ALPNProtocols:
      alpn === undefined
        ? protocols
        : alpn
            .split(',')
            .map((one) => one.trim())
            .filter((one) => one !== ''),
    ...(ciphers !== undefined && { ciphers }),
    ...(groups !== undefined && { ecdhCurve: groups.join(':') }),
    ...(sigalgs !== undefined && { sigalgs }),
    ...(provider !== undefined && { provider }),
  };
}

/** Undefined for node:crypto as it is. What has to be loaded is loaded only when somebody wants it. */
async function providerFor(args: Arguments, groups: readonly GroupName[] = []): Promise<CryptoProvider | undefined> {
  const noble = choiceOf(args, 'provider', CHOICES.provider) === 'noble';
  const chosen = noble ? (await import('../providers/noble.ts')).nobleProvider : nodeProvider;
  const hybrid = groups.includes('X25519MLKEM768') && !chosen.groups.includes('X25519MLKEM768');
  const provider = hybrid ? await withHybrid(chosen) : chosen;
  const missing = groups.find((group) => !provider.groups.includes(group));
  if (missing !== undefined) {
    throw new CliError(EXIT.cipher, filled(NAMES.provider, { provider: provider.name, name: missing }));
  }
  return provider === nodeProvider ? undefined : provider;
}

async function withHybrid(provider: CryptoProvider): Promise<CryptoProvider> {
  try {
    return (await import('../providers/mlkem.ts')).withMlKem(provider);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const node = process.versions.node;
    throw new CliError(EXIT.cipher, filled(NAMES.noMlKem, { node }), NAMES.noMlKemHint);
  }
}

/** What the provider has to do with it: a list may name what it cannot run. */
function checkSuites(
  cipherSuites: string,
  options: { readonly legacy: boolean; readonly psk: boolean; readonly provider: CryptoProvider },
): void {
  try {
    namedSuites({ ...options, cipherSuites });
  } catch (error) {
    if (!(error instanceof TlsError)) throw error;
    const name = cipherSuites.length > 60 ? `${cipherSuites.slice(0, 60)}…` : cipherSuites;
    throw new CliError(EXIT.cipher, filled(NAMES.provider, { provider: options.provider.name, name }));
  }
}
