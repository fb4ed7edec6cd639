// What connect was asked to do, read from the command line and the environment and checked before anything is sent.

import { COMPATIBLE, type Policy, WEB } from '../x509/policy.ts';
import { type Arguments, choiceOf, secondsOf, usage } from './arguments.ts';
import { CHOICES, type ConnectForm, formOf } from './choices.ts';
import { CliError, EXIT } from './exit_codes.ts';
import type { FlagName } from './flags.ts';
import { type OwnIdentity, ownIdentity } from './own_identity.ts';
import type { Endpoint } from './proxy_address.ts';
import { type ProxyTrust, proxyTrust } from './proxy_trust.ts';
import { isSafe, type RequestSettings, readInput, requestSettings } from './request.ts';
import { type RouteTo, routes } from './route.ts';
import { type SharedKey, sharedKey } from './shared_key.ts';
import { PROTOCOLS, type ProtocolName } from './starttls.ts';
import { filled } from './text.ts';
import { REQUEST } from './texts/request.ts';
import { SESSION } from './texts/session.ts';
import { STARTTLS } from './texts/starttls.ts';
import { TRUST } from './texts/trust.ts';
import { type TlsSettings, tlsSettings } from './tls_settings.ts';
import { readCrlFile, type Trusted, trustedBy } from './trusted.ts';

export interface ConnectSettings {
  readonly url: URL;
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
  /** 0 to 4. */
  readonly verbose: number;
  /** Nothing but data is shown. */
  readonly silent: boolean;
  /** Failures are told, with `silent` too. */
  readonly showError: boolean;
  readonly request: RequestSettings;
  /** Redirects to follow at most; undefined for none at all. */
  readonly redirects: number | undefined;
  /** Whether a status of 400 or more is a failure. */
  readonly fail: boolean;
  readonly include: boolean;
  readonly insecure: boolean;
  readonly policy: Policy;
  /** Whether a missing issuer may be fetched. */
  readonly aia: boolean;
  /** CRLs in DER. */
  readonly crls: readonly Uint8Array[] | undefined;
  /** `sha256//BASE64`. */
  readonly pins: readonly string[] | undefined;
  readonly output: string | undefined;
  readonly keylog: string | undefined;
  readonly trace: string | undefined;
  readonly pcapng: string | undefined;
  /** What to show to a server that asks who we are. */
  readonly identity: OwnIdentity | undefined;
  /** File of the session to resume, and for the next one. */
  readonly session: string | undefined;
  /** Whether the request may go out with the ClientHello. */
  readonly earlyData: boolean;
  /** A key shared with the server. */
  readonly psk: SharedKey | undefined;
  /** Milliseconds. */
  readonly connectTimeout: number | undefined;
  readonly maxTime: number | undefined;
  readonly routeTo: RouteTo;
  /** For a proxy of https://. */
  readonly proxyTrust: ProxyTrust;
  /** Whether standard input and output are the connection's, without HTTP. */
  readonly raw: boolean;
  readonly starttls: ProtocolName | undefined;
  /** How many connections to make, one after the other. */
  readonly repeat: number | undefined;
  /** Whether the server's certificates are all that is wanted. */
  readonly showCerts: boolean;
  /** What to write at the end, with variables in it. */
  readonly writeOut: string | undefined;
  readonly json: boolean;
  /** How the connection is drawn when it is over. */
  readonly format: ConnectForm | undefined;
  readonly sni: boolean;
  readonly tls: TlsSettings;
  readonly trusted: Trusted;
}

/** @throws CliError */
export async function connectSettings(args: Arguments, env: NodeJS.ProcessEnv): Promise<ConnectSettings> {
  const starttls = choiceOf(args, 'starttls', CHOICES.starttls);
  const raw = starttls !== undefined || args.has('raw');
  const format = formOf(args, 'connect');
  checkClashes(args, raw);
  const url = urlOf(args, starttls);
  const request = requestSettings(args);
  const earlyData = earlyDataOf(args, request);
  return {
    url,
    ...addressOf(url),
    // The words of curl are those of -v.
    verbose: Math.max(format === 'curl' ? 1 : 0, Math.min(4, args.count('verbose'))),
    silent: args.has('silent'),
    showError: args.has('show-error'),
    request,
    redirects: args.has('location') ? (countOf(args, 'max-redirs') ?? MOST_REDIRECTS) : undefined,
    fail: args.has('fail'),
    include: args.has('include') || args.has('head'),
    insecure: args.has('insecure'),
    policy: policyOf(args),
    aia: args.has('aia'),
    crls: args.values('crlfile').length === 0 ? undefined : args.values('crlfile').flatMap(readCrlFile),
    pins: pinsOf(args),
    output: args.value('output'),
    keylog: args.value('keylog') ?? (env.SSLKEYLOGFILE || undefined),
    trace: args.value('trace'),
    pcapng: args.value('pcapng'),
    identity: ownIdentity(args),
    session: args.value('session'),
    earlyData,
    psk: sharedKey(args),
    connectTimeout: secondsOf(args, 'connect-timeout'),
    maxTime: secondsOf(args, 'max-time'),
    routeTo: routes(args, env),
    proxyTrust: proxyTrust(args, env),
    raw,
    starttls,
    repeat: countOf(args, 'repeat'),
    showCerts: args.has('showcerts'),
    writeOut: formatOf(args.value('write-out')),
    json: args.has('json'),
    format,
    sni: !args.has('no-sni'),
    tls: await tlsSettings(args, protocolsOf(args, raw, earlyData)),
    trusted: trustedBy(
      { cacert: args.value('cacert'), capath: args.value('capath'), native: args.has('ca-native') },
      env,
    ),
  };
}

/** curl's. */
const MOST_REDIRECTS = 50;

/** Host, without the brackets of an IPv6 address, and port of an https URL. */
export function addressOf(url: URL): Endpoint {
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: url.port === '' ? 443 : Number(url.port) };
}

/** What ALPN offers when --alpn does not say. Early data is written before the server could choose. */
function protocolsOf(args: Arguments, raw: boolean, earlyData: boolean): readonly string[] {
  if (raw || args.has('no-alpn')) return [];
  return earlyData || args.has('http1.1') ? ['http/1.1'] : ['h2', 'http/1.1'];
}

function checkClashes(args: Arguments, raw: boolean): void {
  if (raw) {
    const flags = [
      'request',
      'header',
      'data',
      'data-binary',
      'location',
      'head',
      'include',
      'fail',
      'http1.1',
    ] as const;
    const flag = [...flags, 'tls-earlydata' as const].find((one) => args.has(one));
    if (flag !== undefined) throw usage(filled(REQUEST.rawAlone, { flag: `--${flag}` }), 'connect');
  }
  const pairs: readonly (readonly [FlagName, FlagName])[] = [
    ['alpn', 'no-alpn'],
    ['alpn', 'http1.1'],
    ['no-alpn', 'http1.1'],
    ['raw', 'repeat'],
    ['starttls', 'repeat'],
    ['raw', 'json'],
    ['starttls', 'json'],
    ['session', 'repeat'],
    ['location', 'repeat'],
    ['showcerts', 'repeat'],
    ['format', 'repeat'],
    ['format', 'json'],
  ];
  const clash = pairs.find((pair) => pair.every((flag) => args.has(flag)));
  if (clash === undefined) return;
  throw usage(filled(REQUEST.clash, { flags: clash.map((one) => `--${one}`).join(' + ') }), 'connect');
}

function countOf(args: Arguments, flag: FlagName): number | undefined {
  const text = args.value(flag);
  if (text === undefined) return undefined;
  if (/^\d{1,6}$/.test(text) && (flag !== 'repeat' || Number(text) > 0)) return Number(text);
  throw usage(filled(REQUEST.badCount, { flag: `--${flag}`, count: JSON.stringify(text) }), 'connect');
}

function pinsOf(args: Arguments): readonly string[] | undefined {
  const text = args.value('pinnedpubkey');
  if (text === undefined) return undefined;
  const pins = text.split(';').map((one) => one.trim());
  const wrong = pins.find((one) => !/^sha256\/\/[A-Za-z0-9+/]{43}=$/.test(one));
  if (wrong === undefined) return pins;
  throw usage(filled(TRUST.badPin, { pin: JSON.stringify(wrong) }), 'connect');
}

function formatOf(text: string | undefined): string | undefined {
  return text?.startsWith('@') ? readInput(text.slice(1)).toString('utf8') : text;
}

function policyOf(args: Arguments): Policy {
  const policy = choiceOf(args, 'policy', CHOICES.policy) === 'web' ? WEB : COMPATIBLE;
  return args.has('cert-status') ? { ...policy, mustStaple: 'always' } : policy;
}

/** Others can repeat early data to the server: only what may safely be done twice is sent so (RFC 8470 2). */
function earlyDataOf(args: Arguments, request: RequestSettings): boolean {
  if (!args.has('tls-earlydata')) return false;
  if (!isSafe(request)) throw usage(REQUEST.earlyUnsafe, 'connect');
  if (!args.has('session')) throw usage(SESSION.earlyAlone, 'connect');
  // The request is written before the server could choose another protocol for it.
  const alpn = args.value('alpn');
  if (alpn !== undefined && !/^[\s,]*(?:http\/1\.1[\s,]*)?$/.test(alpn)) throw usage(SESSION.earlyAlpn, 'connect');
  return true;
}

function urlOf(args: Arguments, starttls: ProtocolName | undefined): URL {
  const [text, second] = args.operands;
  if (text === undefined) throw usage({ en: 'a URL is missing', zh: '缺少 URL' }, 'connect');
  if (second !== undefined) {
    const shown = JSON.stringify(second);
    throw usage(
      { en: `one URL at a time; what is ${shown}?`, zh: `一次只能访问一个 URL，不明白 ${shown} 是什么` },
      'connect',
    );
  }
  if (starttls !== undefined) return bareAddress(text, PROTOCOLS[starttls].port);
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  const shown = JSON.stringify(text);
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url === undefined || url.hostname === '') {
    throw new CliError(
      EXIT.url,
      { en: `${shown} is not a URL`, zh: `${shown} 不是合法的 URL` },
      { en: 'For example: https://example.com:8443/path', zh: '例如：https://example.com:8443/path' },
    );
  }
  if (url.protocol !== 'https:') {
    const scheme = url.protocol.slice(0, -1);
    throw new CliError(
      EXIT.protocol,
      { en: `${scheme} is not spoken here: there is no TLS in ${shown}`, zh: `不支持 ${scheme}：${shown} 不使用 TLS` },
      { en: 'Addresses begin with https://.', zh: '地址应以 https:// 开头。' },
    );
  }
  return url;
}

/** `HOST[:PORT]`, and `//` in front of it or a path behind it are no part of it. */
function bareAddress(text: string, port: number): URL {
  const url = /^[^/?#@\s]+$/.test(text) && URL.canParse(`https://${text}`) ? new URL(`https://${text}`) : undefined;
  if (url === undefined) throw usage(filled(STARTTLS.badAddress, { address: JSON.stringify(text) }), 'connect');
  // URL leaves out the port 443 where it was written.
  if (url.port === '' && !/:0*443$/.test(text)) url.port = String(port);
  return url;
}
