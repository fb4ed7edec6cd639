// --ct-logs FILE: whose certificate timestamps are verified (RFC 6962). The list that Chrome and others publish (log_list.json), or the
// public keys of logs in PEM.

import { readFileSync } from 'node:fs';
import { DecodeError } from '../bytes/decode_error.ts';
import { fromBase64, readPem } from '../x509/pem.ts';
import type { CtLog } from '../x509/sct.ts';
import { parseSpki } from '../x509/spki.ts';
import { CliError, EXIT } from './exit_codes.ts';
import { safe } from './terminal.ts';
import { filled } from './text.ts';
import { TRUST } from './texts/trust.ts';

/** @throws CliError with exit code 77 */
export function readCtLogs(file: string): readonly CtLog[] {
  const shown = JSON.stringify(file);
  let text: string;
  try {
    text = readFileSync(file, 'latin1');
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException;
    throw new CliError(EXIT.caFile, filled(TRUST.logsUnreadable, { file: shown, code }));
  }
  const logs = (/^\s*\{/.test(text) ? logsInJson(text) : logsInPem(text)).filter(({ key }) => isKey(key));
  if (logs.length > 0) return logs;
  throw new CliError(EXIT.caFile, filled(TRUST.noLogs, { file: shown }), TRUST.noLogsHint);
}

function logsInPem(text: string): readonly CtLog[] {
  try {
    return readPem(text, 'PUBLIC KEY').map(({ der }, i) => ({ name: `log ${i + 1}`, key: der }));
  } catch (error) {
    if (error instanceof DecodeError) return [];
    throw error;
  }
}

interface ListedLog {
  readonly description?: unknown;
  readonly key?: unknown;
  readonly state?: { readonly retired?: { readonly timestamp?: unknown } };
}

interface Operator {
  readonly name?: unknown;
  readonly logs?: readonly ListedLog[];
  readonly tiled_logs?: readonly ListedLog[];
}

/** Whatever of the list can be read. */
function logsInJson(text: string): readonly CtLog[] {
  try {
    const { operators } = JSON.parse(text) as { readonly operators?: readonly Operator[] };
    return (operators ?? []).flatMap(({ name, logs = [], tiled_logs = [] }) =>
      [...logs, ...tiled_logs].flatMap((log) => oneOf(log, String(name))),
    );
  } catch (error) {
    // No JSON, or JSON of another form: a list without keys.
    if (error instanceof SyntaxError || error instanceof TypeError) return [];
    throw error;
  }
}

function oneOf({ description, key, state }: ListedLog, operator: string): readonly CtLog[] {
  const der = base64(key);
  if (der === undefined) return [];
  const retiredAt = Date.parse(String(state?.retired?.timestamp));
  const common = { name: safe(String(description)), operator: safe(operator), key: der };
  return [Number.isNaN(retiredAt) ? common : { ...common, retiredAt }];
}

function base64(text: unknown): Uint8Array | undefined {
  try {
    return typeof text === 'string' ? fromBase64(text) : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function isKey(der: Uint8Array): boolean {
  try {
    return parseSpki(der).key !== undefined;
  } catch {
    return false;
  }
}
