// Whom to trust as a proxy of https://: --proxy-cacert, else what servers are trusted by without --cacert. As with curl, -k and
// --cacert are about the server alone.

import type { Arguments } from './arguments.ts';
import { type Trusted, trustedBy } from './trusted.ts';

export interface ProxyTrust {
  /** @throws CliError with exit code 77 */
  readonly trusted: () => Trusted;
  readonly insecure: boolean;
}

/** @throws CliError with exit code 77 */
export function proxyTrust(args: Arguments, env: NodeJS.ProcessEnv): ProxyTrust {
  const read = (): Trusted => trustedBy({ cacert: args.value('proxy-cacert'), capath: undefined, native: false }, env);
  // A file that was named is read before anything is sent; the usual roots only when there is such a proxy.
  const named = args.has('proxy-cacert') ? read() : undefined;
  return { trusted: () => named ?? read(), insecure: args.has('proxy-insecure') };
}
