// The connections of one test, one after the other: sessions of one are offered in the next, and the clock moves between
// them when the runner says so.

import { withMlKem, withMlKem1024 } from '../../../src/providers/mlkem.ts';
import { nodeProvider } from '../../../src/providers/node.ts';
import { versionName } from '../../../src/wire/registry/names.ts';
import { TlsError } from '../../../src/wire/tls_error.ts';
import { Exchange } from './exchange.ts';
import type { AllSettings, Settings } from './flags.ts';
import { Link } from './link.ts';
import { Failed, type Kept, type SessionCache } from './setup.ts';

/** @returns the exit code */
export async function run({ initial, resume, retry }: AllSettings): Promise<number> {
  const provider = withMlKem1024(withMlKem(nodeProvider));
  // BoringSSL's shim has a clock that moves only when it is told to.
  const start = Date.now();
  const cache: SessionCache = new Map();
  let ahead = 0;
  let kept: Kept | undefined;
  for (let count = 0; count <= (initial['resume-count'] ?? 0); count++) {
    const isResume = count > 0;
    const settings: Settings = isResume ? resume : initial;
    if (isResume && !settings.server && kept === undefined) throw new Error('No session to offer.');
    const link = await Link.open(initial.port ?? 0, initial.ipv6 === true, initial['shim-id'] ?? 0);
    try {
      const now = (): number => start + 1000 * ahead;
      kept = await new Exchange({ settings, retry, isResume, kept, cache, provider, now }, link).run();
    } catch (error) {
      await link.close();
      throw new Error(`connection ${count + 1}: ${describe(error)}`, { cause: error });
    }
    await link.close();
    ahead += settings['resumption-delay'] ?? 0;
  }
  return 0;
}

/** Between colons: the stable code, then with where it happened or the alert that came, and with the version agreed on. */
function describe(error: unknown): string {
  const fault = error instanceof Failed ? error.error : error;
  const version = error instanceof Failed ? versionName(error.version ?? 0) : undefined;
  if (!(fault instanceof TlsError)) return fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
  const { code, where, alert, message } = fault;
  const detail = code === 'ERR_TLS_ALERT_RECEIVED' ? alert : [where?.message, where?.field].filter(Boolean).join('.');
  return `:${code}: :${code}/${detail}: :${code}@${version ?? 'none'}: ${message}`;
}
