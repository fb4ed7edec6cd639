// What node:tls exports besides functions that make connections: the same where it is node's alone to say, and our own values
// where they are about us.

import { enabledSuites } from '../engine/suites.ts';
import { nodeProvider } from '../providers/node.ts';
import { suiteOpensslName } from '../wire/registry/cipher_suites.ts';

export { checkServerIdentity, rootCertificates } from 'node:tls';

/** Let the peer and us choose: see `ecdhCurve`. */
export const DEFAULT_ECDH_CURVE = 'auto';
export const DEFAULT_MIN_VERSION = 'TLSv1.2';
export const DEFAULT_MAX_VERSION = 'TLSv1.3';

/** OpenSSL's names of what is offered when nothing is said, best first. */
export const DEFAULT_CIPHERS = enabledSuites({ provider: nodeProvider })
  .map(({ id }) => suiteOpensslName(id))
  .join(':');
