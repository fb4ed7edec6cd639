// What an error compared, as rows of the report on a failure: what was wanted and what was there, in numbers and names that people know.

import type { Observation } from '../engine/observe.ts';
import { codePoint } from '../inspect/summary.ts';
import { versionName } from '../wire/registry/names.ts';
import type { TlsError } from '../wire/tls_error.ts';
import { subjectText } from '../x509/refusal.ts';
import type { FailedConnection } from './failure.ts';
import { safe, type TableRow } from './terminal.ts';
import type { Text } from './text.ts';
import { LABELS, VALUES, WHO } from './texts/failure.ts';
import { refusalValueInChinese } from './texts/refusal_values.ts';

export type Say = (text: Text, values?: Readonly<Record<string, string | number>>) => string;

/** Both values that the error compared, where they say something to people. */
export function valueRows(failed: FailedConnection, error: TlsError, say: Say): TableRow[] {
  const { code, expected, actual, fault } = error;
  const { role } = failed;
  if (code === 'ERR_TLS_KEY_USAGE') return keyUsageRows(failed, error, say);
  if (code === 'ERR_TLS_DOWNGRADE') return downgradeRows(failed, say);
  if (code === 'ERR_TLS_WEAK_DH') return bitRows(error, say);
  if (code === 'ERR_TLS_ALERT_RECEIVED' || code === 'ERR_TLS_EOF_IN_HANDSHAKE') return [];
  const [want, found] = [valueText(expected), valueText(actual)];
  const server = fault === 'incompatible' && role === 'server';
  const rows: TableRow[] = [];
  if (want !== '') rows.push({ label: say(server ? LABELS.wanted : LABELS.expected), value: say(inBoth(want)) });
  if (found !== '')
    rows.push({ label: say(server ? LABELS.theirs : LABELS.found), value: say(inBoth(found)), style: 'warning' });
  return rows;
}

function inBoth(value: string): Text {
  return { en: value, zh: refusalValueInChinese(value) };
}

function valueText(value: unknown): string {
  if (Array.isArray(value))
    return value
      .map(valueText)
      .filter((one) => one !== '')
      .join(', ');
  if (typeof value === 'number')
    return value >= 0x0300 && value <= 0x0304 ? codePoint(value, versionName) : String(value);
  return typeof value === 'string' ? safe(value) : '';
}

/** RFC 5246 7.4.2, RFC 8446 4.4.2.2: what the server's certificate would have to allow, and what it does. */
function keyUsageRows({ judgement }: FailedConnection, error: TlsError, say: Say): TableRow[] {
  const wanted = lacksKeyEncipherment(error) ? VALUES.keyEncipherment : VALUES.digitalSignature;
  const rows: TableRow[] = [{ label: say(LABELS.expected), value: say(wanted) }];
  const leaf = judgement?.leaf;
  if (leaf?.keyUsage === undefined) return rows;
  return [
    { label: say(LABELS.certificate), value: say(WHO.leaf, { subject: safe(subjectText(leaf)) }) },
    ...rows,
    { label: say(LABELS.found), value: leaf.keyUsage.join(', '), style: 'warning' },
  ];
}

/** A certificate that signs is refused where RSA key exchange encrypts to it; else one that encrypts where it should sign. */
export function lacksKeyEncipherment({ where }: TlsError): boolean {
  return where?.message === 'certificate';
}

/** RFC 8446 4.1.3: the mark at the end of the server's random. */
function downgradeRows({ seen }: FailedConnection, say: Say): TableRow[] {
  const hello = seen.findLast((one) => one.kind === 'message' && one.name === 'server_hello');
  if (hello?.kind !== 'message') return [];
  const mark = endOfRandom(hello);
  return [
    { label: say(LABELS.expected), value: say(VALUES.noMark) },
    { label: say(LABELS.found), value: say(VALUES.mark, { mark }), style: 'warning' },
  ];
}

/** ServerHello: 4 bytes of header, 2 of version, 32 of random. */
function endOfRandom({ raw }: Extract<Observation, { kind: 'message' }>): string {
  return [...raw.subarray(4 + 2 + 24, 4 + 2 + 32)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function bitRows({ expected, actual }: TlsError, say: Say): TableRow[] {
  return [
    { label: say(LABELS.expected), value: say(VALUES.atLeastBits, { bits: String(expected) }) },
    { label: say(LABELS.found), value: say(VALUES.bits, { bits: String(actual) }), style: 'warning' },
  ];
}
