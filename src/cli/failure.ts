// Why a connection failed, said so that one can act on it: who gave up, at which message, with which alert; what was offered
// and what was wanted; which certificate failed which check and both values; how to go on. And the exit code that goes with it.

import type { Observation } from '../engine/observe.ts';
import { type Line, segment } from '../inspect/lines.ts';
import { messageTitle } from '../inspect/names.ts';
import { ALERT_TEXTS } from '../inspect/texts/values.ts';
import type { Side } from '../inspect/trace.ts';
import { ALERT, type AlertName, alertName } from '../wire/registry/names.ts';
import { TlsError } from '../wire/tls_error.ts';
import type { CertificateRef, Refusal } from '../x509/refusal.ts';
import type { Judgement } from '../x509/verify.ts';
import { type AnswerSoFar, missingText } from './answer_end.ts';
import { authoritiesAsked, certificateShown } from './client_certificate.ts';
import { CliError, EXIT, type ExitCode } from './exit_codes.ts';
import { CAUSES } from './explain/causes.ts';
import { saidElsewhere } from './explain/wordings.ts';
import { causeOf } from './failure_cause.ts';
import { ABOUT_CERTIFICATES, certificateAnswer, hintsFor, wantsCertificate } from './failure_hints.ts';
import { type Say, valueRows } from './failure_values.ts';
import { type Offer, type OfferPart, offerIn, offerTexts } from './offer.ts';
import { type Screen, safe, type TableRow, table } from './terminal.ts';
import { fill, type Lang, type Text } from './text.ts';
import { ERROR_TEXTS } from './texts/errors.ts';
import { LABELS, VALUES, WHO } from './texts/failure.ts';
import { refusalValueInChinese, ruleInChinese } from './texts/refusal_values.ts';
import { refusalText } from './texts/refusals.ts';

export interface FailedConnection {
  readonly error: unknown;
  /** Our side. */
  readonly role: Side;
  /** What was observed, in order. */
  readonly seen: readonly Observation[];
  readonly judgement: Judgement | undefined;
  /** Whether --aia was given, so that it need not be suggested. */
  readonly aia?: boolean;
  /** Whether a shared key was given. */
  readonly psk?: boolean;
  /** What had come of the answer to a request. */
  readonly answer?: AnswerSoFar | undefined;
}

export interface Failure {
  readonly exit: ExitCode;
  /** One sentence. */
  readonly title: string;
  readonly rows: readonly TableRow[];
}

export function explainFailure(failed: FailedConnection, lang: Lang): Failure {
  const { error } = failed;
  const exit = exitCodeOf(failed);
  const say = (text: Text, values?: Readonly<Record<string, string | number>>): string => fill(text[lang], values);
  const hints = [
    ...adviceFor(failed).map((hint): TableRow => ({ label: say(LABELS.next), value: say(hint), style: 'good' })),
    ...elsewhereRows(failed, say),
  ];
  if (error instanceof CliError) return { exit, title: say(error.text), rows: [...waitRows(failed, say), ...hints] };
  if (!(error instanceof TlsError))
    return { exit, title: systemText(error), rows: [...whoRows(failed, say), ...hints] };
  const refusal = refusalOf(failed);
  if (refusal !== undefined) {
    const whose = failed.role === 'client' ? 'server' : 'client';
    const rows = [...refusalRows(refusal, lang, whose), ...whoRows(failed, say), ...alertRows(failed, say)];
    return { exit, title: say(refusalText(refusal.code, whose)), rows: [...rows, ...hints] };
  }
  const rows = [...whoRows(failed, say), ...alertRows(failed, say), ...placeRows(error, say)];
  if (error.code === 'ERR_TLS_TRUNCATED' && failed.answer !== undefined)
    rows.push({ label: say(LABELS.answer), value: say(missingText(failed.answer)), style: 'warning' });
  rows.push(...valueRows(failed, error, say), ...offerRows(failed, error, say), ...authorityRows(failed, error, say));
  if (error.code !== 'ERR_TLS_ALERT_RECEIVED') rows.push({ label: say(LABELS.detail), value: safe(error.message) });
  return { exit, title: titleOf(error, say), rows: [...rows, ...hints] };
}

/** The report as lines. */
export function failureLines({ exit, title, rows }: Failure, screen: Pick<Screen, 'width'>, head = 'glasstls'): Line[] {
  const lead = exit === 0 ? `${head}: ` : `${head}: (${exit}) `;
  return [[segment(lead, 'dim'), segment(title, 'error')], ...table(withoutRepeats(rows), screen.width)];
}

/** The rows on a refused certificate: which one, which rule, both values. Shared with the warning of -k. */
export function refusalRows(refusal: Refusal, lang: Lang, whose: Side = 'server'): TableRow[] {
  const { certificate, check, expected, actual, published = [] } = refusal;
  const zh = lang === 'zh';
  const rows: TableRow[] = [];
  if (certificate !== undefined)
    rows.push({ label: LABELS.certificate[lang], value: certificateText(certificate, lang, whose) });
  rows.push(
    { label: LABELS.check[lang], value: `${zh ? ruleInChinese(check) : check} [${refusal.code}]` },
    { label: LABELS.expected[lang], value: safe(zh ? refusalValueInChinese(expected) : expected) },
    { label: LABELS.found[lang], value: safe(zh ? refusalValueInChinese(actual) : actual), style: 'warning' },
  );
  if (published.length > 0) rows.push({ label: LABELS.issuerAt[lang], value: safe(published.join(', ')) });
  return rows;
}

export function refusalOf({ error, judgement }: Pick<FailedConnection, 'error' | 'judgement'>): Refusal | undefined {
  const refused = error instanceof TlsError && error.code === 'ERR_TLS_CERTIFICATE_REFUSED';
  return refused && judgement?.ok === false ? judgement.refusal : undefined;
}

function exitCodeOf(failed: FailedConnection): ExitCode {
  const { error, seen } = failed;
  if (error instanceof CliError) return error.exit;
  const connected = seen.some((one) => one.kind === 'connected');
  if (!(error instanceof TlsError)) return connected ? EXIT.receive : EXIT.handshake;
  switch (error.code) {
    case 'ERR_TLS_CERTIFICATE_REFUSED':
      if (refusalOf(failed)?.code === 'pin_mismatch') return EXIT.pin;
      return aboutStatus(refusalOf(failed)) ? EXIT.certificateStatus : EXIT.peerCertificate;
    case 'ERR_TLS_CONFIG':
      return /suite|group/.test(error.message) ? EXIT.cipher : EXIT.usage;
    case 'ERR_TLS_NO_CLIENT_CERTIFICATE':
      return EXIT.clientCertificate;
    case 'ERR_TLS_HANDSHAKE_TIMEOUT':
      return EXIT.timeout;
    default:
      if (error.code === 'ERR_TLS_ALERT_RECEIVED' && wantsCertificate(error, seen)) return EXIT.clientCertificate;
      return connected ? EXIT.receive : EXIT.handshake;
  }
}

/** curl has a code of its own for what a stapled OCSP response says, and for a missing one. */
function aboutStatus(refusal: Refusal | undefined): boolean {
  return refusal !== undefined && /^(?:ocsp_|revoked_by_ocsp$)/.test(refusal.code);
}

/** What follows from the circumstances; else what helps against the cause in general. */
function adviceFor(failed: FailedConnection): readonly Text[] {
  const hints = hintsFor(failed);
  if (hints.length > 0) return hints;
  const { error } = failed;
  const broke = error instanceof TlsError && error.fault === 'peer' ? 'bad_message' : undefined;
  const cause = causeOf(failed, refusalOf(failed)) ?? broke;
  return cause === undefined ? [] : [CAUSES[cause].todo];
}

/** How other tools word it, for who searches by that; the likeliest cause, where the alert leaves several. */
function elsewhereRows(failed: FailedConnection, say: Say): TableRow[] {
  const cause = causeOf(failed, refusalOf(failed));
  if (cause === undefined) return [];
  const said = saidElsewhere(cause, alertReceived(failed.error))
    // What a browser says of its own certificate is nothing that a server could read.
    .filter((one) => failed.role === 'client' || cause !== 'client_refused' || !one.startsWith('Chrome'))
    .slice(0, ELSEWHERE);
  return said.length === 0 ? [] : [{ label: say(LABELS.elsewhere), value: said.join('; ') }];
}

function alertReceived(error: unknown): AlertName | undefined {
  return error instanceof TlsError && error.code === 'ERR_TLS_ALERT_RECEIVED' ? error.alert : undefined;
}

const ELSEWHERE = 6;

function titleOf(error: TlsError, say: Say): string {
  const title = say(ERROR_TEXTS[error.code]);
  if (error.code !== 'ERR_TLS_ALERT_RECEIVED') return title;
  return `${title}${title.endsWith('告警并终止') ? '：' : ': '}${error.alert ?? `alert ${String(error.actual)}`}`;
}

/** Errors of the transport: `ECONNRESET`, with what the system calls it. */
function systemText(error: unknown): string {
  if (!(error instanceof Error)) return safe(String(error));
  const { code } = error as NodeJS.ErrnoException;
  return safe(code === undefined || error.message.includes(code) ? error.message : `${code}: ${error.message}`);
}

/** When time is up: what had been said last, and by whom. */
function waitRows({ error, seen }: FailedConnection, say: Say): TableRow[] {
  if (!(error instanceof CliError) || error.exit !== EXIT.timeout) return [];
  const last = seen.findLast((one) => one.kind === 'message');
  if (last?.kind !== 'message') return [{ label: say(LABELS.place), value: say(WHO.waitTcp) }];
  const row = seen.some((one) => one.kind === 'connected')
    ? WHO.waitData
    : last.direction === 'out'
      ? WHO.waitAnswer
      : WHO.waitMore;
  return [{ label: say(LABELS.place), value: say(row, { message: messageText(last) }) }];
}

function whoRows(failed: FailedConnection, say: Say): TableRow[] {
  const { error, role, seen } = failed;
  const peer = role === 'client' ? 'server' : 'client';
  const theirDoing = !(error instanceof TlsError) || error.fault === 'transport';
  const last = seen.findLast(
    (one) => one.kind === 'message' && one.direction === (theirDoing ? 'out' : 'in') && one.type !== 21,
  );
  const message = last?.kind === 'message' ? messageText(last) : undefined;
  const row = theirDoing ? (message ? WHO.peerAfter : WHO.peerBefore) : message ? WHO.weAfter : WHO.weBefore;
  const side = say(WHO[theirDoing ? peer : role]);
  return [{ label: say(LABELS.who), value: say(row, { side, message: message ?? '' }) }];
}

function messageText({ name, raw, type }: Extract<Observation, { kind: 'message' }>): string {
  return type === 22 ? `${messageTitle(name)} (${raw[0]})` : messageTitle(name);
}

function alertRows({ error, seen }: FailedConnection, say: Say): TableRow[] {
  const label = say(LABELS.alert);
  const last = seen.findLast((one) => one.kind === 'message' && one.name === 'alert');
  if (last?.kind !== 'message') {
    const silent = error instanceof TlsError && error.code === 'ERR_TLS_EOF_IN_HANDSHAKE';
    return silent ? [{ label, value: say(WHO.alertNone) }] : [];
  }
  const number = last.raw[1] ?? 0;
  const name = alertName(number);
  if (number === ALERT.close_notify || name === undefined) return [];
  const row = last.direction === 'out' ? WHO.alertSent : WHO.alertReceived;
  return [{ label, value: say(row, { name, number, meaning: say(ALERT_TEXTS[name]) }) }];
}

function placeRows({ where }: TlsError, say: Say): TableRow[] {
  if (where?.message === undefined || where.message === 'alert') return [];
  const field = where.field === undefined ? '' : `.${where.field}`;
  const offset = where.offset === undefined ? '' : ` +${where.offset}`;
  return [{ label: say(LABELS.place), value: safe(`${where.message}${field}${offset}`) }];
}

function offerRows({ seen, role }: FailedConnection, error: TlsError, say: Say): TableRow[] {
  // Who asked for a certificate had agreed on everything else.
  const parts = role === 'client' && certificateAnswer(seen) !== undefined ? [] : partsFor(error);
  const offer: Offer | undefined = parts.length > 0 ? offerIn(seen) : undefined;
  if (offer === undefined) return [];
  const label = say(role === 'client' ? LABELS.offered : LABELS.theirs);
  return offerTexts(offer, parts).map((text) => ({ label, value: say(text) }));
}

/** Whose certificates the server wants to see, when it did not like ours, or that there was none. */
function authorityRows({ seen, role }: FailedConnection, { code, alert }: TlsError, say: Say): TableRow[] {
  if (role !== 'client' || code !== 'ERR_TLS_ALERT_RECEIVED' || !ABOUT_CERTIFICATES.has(alert ?? '')) return [];
  const authorities = authoritiesAsked(seen);
  const shown = certificateShown(seen);
  return [
    ...(authorities.length === 0 ? [] : [{ label: say(LABELS.authorities), value: authorities.join(', ') }]),
    ...(shown === undefined
      ? []
      : [{ label: say(LABELS.shown), value: say(VALUES.issuedBy, { subject: shown.subject, issuer: shown.issuer }) }]),
  ];
}

const EVERYTHING: readonly OfferPart[] = ['versions', 'suites', 'groups', 'schemes', 'sni', 'alpn'];

/** Which parts of the offer an alert may be about; `handshake_failure` may be about any. */
function partsFor({ code, alert }: TlsError): readonly OfferPart[] {
  switch (code) {
    case 'ERR_TLS_EOF_IN_HANDSHAKE':
      return ['versions', 'sni'];
    case 'ERR_TLS_WEAK_DH':
    case 'ERR_TLS_KEY_USAGE':
      return ['suites'];
    case 'ERR_TLS_DOWNGRADE':
      return ['versions'];
    case 'ERR_TLS_ALERT_RECEIVED':
      return partsForAlert(alert);
    default:
      return [];
  }
}

function partsForAlert(alert: string | undefined): readonly OfferPart[] {
  switch (alert) {
    case 'handshake_failure':
    case 'insufficient_security':
    case 'illegal_parameter':
    case 'internal_error':
      return EVERYTHING;
    case 'protocol_version':
    case 'inappropriate_fallback':
      return ['versions'];
    case 'unrecognized_name':
      return ['sni'];
    case 'no_application_protocol':
      return ['alpn'];
    default:
      return [];
  }
}

function certificateText(ref: CertificateRef, lang: Lang, whose: Side): string {
  const subject = safe(ref.subject);
  if (ref.kind !== 'chain') return fill(WHO.anchor[lang], { subject });
  const leaf = whose === 'client' ? WHO.clientLeaf : WHO.leaf;
  return fill((ref.index === 0 ? leaf : WHO.chain)[lang], { subject, index: ref.index });
}

/** A label stands once in front of several values. */
function withoutRepeats(rows: readonly TableRow[]): readonly TableRow[] {
  return rows.map((row, i) => (rows[i - 1]?.label === row.label ? { ...row, label: '' } : row));
}
