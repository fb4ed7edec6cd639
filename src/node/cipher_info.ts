// Cipher suites by the names that node:tls gives them: getCipher of a socket, and getCiphers of the module.

import { SUITES, type Suite } from '../crypto/suites.ts';
import { suiteName, suiteOpensslName } from '../wire/registry/cipher_suites.ts';

export interface CipherInfo {
  /** OpenSSL's name, as node:tls gives it. */
  readonly name: string;
  /** IANA's name. */
  readonly standardName: string;
  /** The lowest version that has it, in OpenSSL's words. */
  readonly version: string;
}

export function cipherInfo(suite: Suite): CipherInfo {
  const name = suiteOpensslName(suite.id) ?? '';
  return { name, standardName: suiteName(suite.id) ?? '', version: versionOf(suite) };
}

/** The names of all suites that glasstls knows, in lower case, as node:tls has them. */
export function getCiphers(): string[] {
  return SUITES.flatMap(({ id }) => suiteOpensslName(id)?.toLowerCase() ?? []).sort();
}

function versionOf(suite: Suite): string {
  if (suite.version === 'tls13') return 'TLSv1.3';
  if (suite.aead !== undefined || suite.mac !== 'sha1') return 'TLSv1.2';
  return suite.keyExchange === 'rsa' || suite.keyExchange === 'dhe' ? 'SSLv3' : 'TLSv1';
}
