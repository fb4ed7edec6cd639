// What connect tells on standard error around the messages of the handshake: TCP, trust, the certificate, request and answer in
// the words of curl -v; the loud warning of -k; the report on a failure.

import type { Socket } from 'node:net';
import type { Observation } from '../engine/observe.ts';
import type { Session } from '../handshake/shared/session.ts';
import { type Line, segment, wrap } from '../inspect/lines.ts';
import { curlAlpnOffer, curlCertificateLines } from '../inspect/render_curl.ts';
import { protocolsOf } from '../node/protocol_options.ts';
import type { Judgement } from '../x509/verify.ts';
import { summaryOf } from './certificate_summary.ts';
import { type Asked, allPaths, chainRemarks, oldRootRemark } from './chain_remarks.ts';
import { clientCertificateTexts } from './client_certificate.ts';
import type { ConnectSettings } from './connect_settings.ts';
import { type Failure, failureLines, refusalRows } from './failure.ts';
import { infoLine } from './narrator.ts';
import { triedLines } from './paths_tried.ts';
import type { SessionFile } from './session_file.ts';
import { earlyDataText, foreignText, foundText, resumptionText, writtenText } from './session_report.ts';
import { stapleText } from './staple.ts';
import { paragraph, safe, type Terminal, table } from './terminal.ts';
import { fill, type Text } from './text.ts';
import { CLIENT_CERTIFICATE } from './texts/identity.ts';
import { REFUSAL_TEXTS } from './texts/refusals.ts';
import { ROUTE } from './texts/route.ts';
import { EARLY_DATA, SESSION } from './texts/session.ts';
import { SHARED_KEY } from './texts/shared_key.ts';
import { isNarrated } from './watching.ts';

export class ConnectReport {
  private readonly settings: ConnectSettings;
  private readonly terminal: Terminal;
  /** The version of the session that was found. */
  private offered: number | undefined;
  private isConnected = false;
  /** Whom the connection is for. */
  private host: string;

  constructor(settings: ConnectSettings, terminal: Terminal) {
    this.settings = settings;
    this.terminal = terminal;
    this.host = settings.host;
  }

  trying(address: string, port: number): void {
    this.tell(`  Trying ${bracketed(address)}:${port}...`);
  }

  failed(address: string, port: number, why: string): void {
    this.tell(`connect to ${address} port ${port} failed: ${why}`);
  }

  /** TCP is there. `name`: whom it was asked for, a server or its proxy. */
  connected({ remoteAddress = '?', remotePort = 0 }: Pick<Socket, 'remoteAddress' | 'remotePort'>, name: string): void {
    this.tell(`Connected to ${safe(name)} (${remoteAddress}) port ${remotePort}`);
  }

  /** TLS begins, for the certificate of `host`. */
  beginning(host: string): void {
    this.host = host;
    this.isConnected = false;
    const { tls, trusted, insecure, identity, keylog } = this.settings;
    if (this.settings.verbose === 0) return;
    const offer = curlAlpnOffer(protocolsOf(tls.ALPNProtocols ?? []));
    if (offer !== undefined) this.lines([offer]);
    this.tell(` CAfile: ${safe(trusted.source)}`);
    if (insecure) this.tell(' SSL Trust: peer verification disabled');
    if (identity !== undefined) {
      const { subject, file } = identity;
      this.tell(fill(CLIENT_CERTIFICATE.ready[this.terminal.lang], { subject, file: safe(file) }));
    }
    if (keylog !== undefined) this.tell(` all TLS secrets are logged to '${safe(keylog)}'`);
  }

  /** What --session found in its file. */
  session(found: SessionFile | undefined): void {
    const { session: file = '' } = this.settings;
    const { lang, err } = this.terminal;
    if (found === undefined) return;
    if (found.kind === 'session') this.offered = found.session.version;
    if (found.kind !== 'foreign') this.tellAll(foundText(file, found, lang));
    else if (!this.settings.silent) {
      err.lines(paragraph(`glasstls: ${foreignText(file, found, lang)}`, err.width, 0, 'warning'));
    }
  }

  /** An observation, if it is about the session. */
  resumption(seen: Observation): void {
    const text = resumptionText(seen, this.offered, this.terminal.lang);
    if (text !== undefined) this.tellAll(text);
  }

  /** An observation, if it is about our certificate. */
  clientCertificate(seen: Observation): void {
    for (const text of clientCertificateTexts(seen, this.terminal.lang)) this.tellAll(text);
  }

  /** What --session left in its file. */
  sessionKept(session: Session | undefined, spent = false): void {
    this.tellAll(writtenText(this.settings.session ?? '', session, spent, this.terminal.lang));
  }

  /** What can be said of --tls-earlydata before anything is sent. */
  earlyData(found: SessionFile | undefined, length: number): void {
    const text = earlyDataText(found, length, this.terminal.lang);
    if (text !== '') this.tellAll(text);
  }

  /** An observation, if it is the request that goes out early. */
  earlyDataSent(seen: Observation): void {
    if (seen.kind === 'connected') this.isConnected = true;
    if (this.isConnected || seen.kind !== 'data' || seen.direction !== 'out') return;
    this.tellAll(this.terminal.say(EARLY_DATA.sent, { length: seen.length }));
  }

  earlyDataOutcome(accepted: boolean): void {
    this.tellAll(this.terminal.say(accepted ? EARLY_DATA.accepted : EARLY_DATA.rejected));
  }

  /** What became of --psk. */
  sharedKey(used: boolean): void {
    const { psk } = this.settings;
    if (psk === undefined) return;
    this.tellAll(this.terminal.say(used ? SHARED_KEY.used : SHARED_KEY.unused, { name: safe(psk.name) }));
  }

  /** The certificate block, once there is a judgement, good or bad. */
  certificate(judgement: Judgement | undefined, resumed: boolean, asked?: Asked): void {
    if (judgement === undefined || this.settings.verbose === 0) return;
    if (resumed) this.tellAll(this.terminal.say(SESSION.certificate));
    const summary = summaryOf(judgement, this.host, this.settings.insecure, this.terminal.lang);
    if (summary !== undefined) this.lines(curlCertificateLines(summary));
    const status = stapleText(judgement, this.terminal.lang);
    if (status !== undefined) this.tellAll(` ${status}`);
    const paths = judgement.ok ? (asked === undefined ? [] : allPaths(asked, judgement)) : judgement.tried;
    this.lines(triedLines(paths, judgement.ok, this.terminal));
    if (judgement.ok) for (const text of oldRootRemark(paths)) this.tellAll(` ${this.terminal.say(text)}`);
    if (asked === undefined) return;
    for (const text of chainRemarks(asked, judgement)) this.tellAll(` ${this.terminal.say(text)}`);
  }

  /** --aia: what is fetched from where; told without -v too, since it leaves a mark on somebody else's server. */
  fetching(text: Text): void {
    if (this.settings.silent) return;
    const { err, say } = this.terminal;
    err.lines(paragraph(`glasstls: ${say(text)}`, err.width, 0, 'dim'));
  }

  /** -k: which check would have stopped us. */
  skipped(judgement: Judgement | undefined): void {
    if (!this.settings.insecure || this.settings.silent || judgement === undefined || judgement.ok) return;
    const { lang, err, say } = this.terminal;
    const { refusal } = judgement;
    err.lines([
      [segment('glasstls: ', 'dim'), segment(say(WARNING, { problem: REFUSAL_TEXTS[refusal.code][lang] }), 'warning')],
      ...table(refusalRows(refusal, lang), err.width),
      ...paragraph(say(CONSEQUENCE), err.width, 2, 'warning'),
    ]);
  }

  /** --proxy-insecure: the same of a proxy. */
  proxyUnproved(judgement: Judgement): void {
    if (this.settings.silent || judgement.ok) return;
    const { lang, err, say } = this.terminal;
    const { refusal } = judgement;
    const text = say(ROUTE.tlsUnproved, { problem: REFUSAL_TEXTS[refusal.code][lang] });
    err.lines([
      [segment('glasstls: ', 'dim'), segment(text, 'warning')],
      ...table(refusalRows(refusal, lang), err.width),
    ]);
  }

  /** One of our sentences about the way to the server. */
  remark(text: Text, values: Readonly<Record<string, string | number>> = {}): void {
    this.tellAll(this.terminal.say(text, values));
  }

  /** A line in the clear before TLS, ours. */
  said(line: string): void {
    this.lines([[segment('> ', 'dim'), segment(safe(line), 'client')]]);
  }

  /** And one of the server's. */
  heard(line: string): void {
    this.lines(line.split('\n').map((one): Line => [segment('< ', 'dim'), segment(safe(one), 'server')]));
  }

  sending(lines: readonly string[]): void {
    this.lines([...lines, ''].map((line): Line => [segment('> ', 'dim'), segment(safe(line), 'client')]));
  }

  answered(lines: readonly string[]): void {
    this.lines([...lines, ''].map((line): Line => [segment('< ', 'dim'), segment(safe(line), 'server')]));
  }

  closing(): void {
    this.tell('Closing connection');
  }

  failure(failure: Failure): void {
    if (this.settings.silent && !this.settings.showError) return;
    this.terminal.err.lines(failureLines(failure, this.terminal.err));
  }

  private tell(text: string): void {
    this.lines([infoLine(text)]);
  }

  /** A sentence of ours: broken where somebody looks at a terminal, whole where it may be searched. */
  private tellAll(text: string): void {
    const { isTerminal, width } = this.terminal.err;
    const pieces = isTerminal ? wrap(text, width - 4) : [text];
    this.lines(pieces.map((piece, i) => infoLine(i === 0 ? piece : `  ${piece}`)));
  }

  private lines(lines: readonly Line[]): void {
    const { verbose, silent, format } = this.settings;
    if (verbose > 0 && !silent && isNarrated(format)) this.terminal.err.lines(lines);
  }
}

const WARNING: Text = {
  en: 'WARNING: -k skips this check and goes on: {problem}',
  zh: '警告：-k 跳过了这项检查并继续：{problem}',
};
const CONSEQUENCE: Text = {
  en: 'Nobody has proved who is at the other end. Whatever is sent may be read and changed by somebody in between.',
  zh: '对端的身份没有得到证明，收发的内容可能被中间人读取和篡改。',
};

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
