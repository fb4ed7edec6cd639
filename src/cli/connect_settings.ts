// What connect was asked to do, read from the command line and the environment and checked before anything is sent.

import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { COMPATIBLE, type Policy, WEB } from '../x509/policy.ts';
import { type Arguments, choiceOf, secondsOf, usage } from './arguments.ts';
import { CliError, EXIT } from './exit_codes.ts';
import { type OwnIdentity, ownIdentity } from './own_identity.ts';
import { type SharedKey, sharedKey } from './shared_key.ts';
import { SESSION } from './texts/session.ts';
import { type TlsSettings, tlsSettings } from './tls_settings.ts';
import { type Trusted, trustedBy } from './trusted.ts';

export interface ConnectSettings {
  readonly url: URL;
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
  /** 0 to 3. */
  readonly verbose: number;
  readonly silent: boolean;
  readonly head: boolean;
  readonly include: boolean;
  readonly insecure: boolean;
  readonly policy: Policy;
  /** Whether a missing issuer may be fetched. */
  readonly aia: boolean;
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
  /** From --resolve, for this host and port. */
  readonly address: string | undefined;
  readonly tls: TlsSettings;
  readonly trusted: Trusted;
}

/** @throws CliError */
export async function connectSettings(args: Arguments, env: NodeJS.ProcessEnv): Promise<ConnectSettings> {
  const url = urlOf(args);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? 443 : Number(url.port);
  const silent = args.has('silent');
  return {
    url,
    host,
    port,
    verbose: Math.min(3, args.count('verbose')),
    silent,
    head: args.has('head'),
    include: args.has('include') || args.has('head'),
    insecure: args.has('insecure'),
    policy: policyOf(args),
    aia: args.has('aia'),
    output: args.value('output'),
    keylog: args.value('keylog') ?? (env.SSLKEYLOGFILE || undefined),
    trace: args.value('trace'),
    pcapng: args.value('pcapng'),
    identity: ownIdentity(args),
    session: args.value('session'),
    earlyData: earlyDataOf(args),
    psk: sharedKey(args),
    connectTimeout: secondsOf(args, 'connect-timeout'),
    maxTime: secondsOf(args, 'max-time'),
    address: addressFor(args.values('resolve'), host, port),
    tls: await tlsSettings(args),
    trusted: trustedBy(args.value('cacert'), env),
  };
}

function policyOf(args: Arguments): Policy {
  const policy = choiceOf(args, 'policy', ['web', 'compatible']) === 'web' ? WEB : COMPATIBLE;
  return args.has('cert-status') ? { ...policy, mustStaple: 'always' } : policy;
}

/** GET and HEAD are all that is asked here, and both may safely be repeated (RFC 8470 2). */
function earlyDataOf(args: Arguments): boolean {
  if (!args.has('tls-earlydata')) return false;
  if (!args.has('session')) throw usage(SESSION.earlyAlone, 'connect');
  // The request is written before the server could choose another protocol for it.
  const alpn = args.value('alpn');
  if (alpn !== undefined && !/^[\s,]*(?:http\/1\.1[\s,]*)?$/.test(alpn)) throw usage(SESSION.earlyAlpn, 'connect');
  return true;
}

function urlOf(args: Arguments): URL {
  const [text, second] = args.operands;
  if (text === undefined) throw usage({ en: 'a URL is missing', zh: '缺少 URL' }, 'connect');
  if (second !== undefined) {
    const shown = JSON.stringify(second);
    throw usage(
      { en: `one URL at a time; what is ${shown}?`, zh: `一次只能访问一个 URL，不明白 ${shown} 是什么` },
      'connect',
    );
  }
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

function addressFor(rules: readonly string[], host: string, port: number): string | undefined {
  let found: string | undefined;
  for (const rule of rules) {
    const [, name = '', number = '', address = ''] = /^\[?([^\]]+?)\]?:(\d{1,5}):\[?([^\]]+)\]?$/.exec(rule) ?? [];
    if (isIP(address) === 0) {
      const shown = JSON.stringify(rule);
      throw usage({
        en: `--resolve wants HOST:PORT:ADDRESS with an IP address, not ${shown}`,
        zh: `--resolve 的格式是 主机:端口:IP 地址，而不是 ${shown}`,
      });
    }
    if ((name === '*' || sameHost(name, host)) && Number(number) === port) found = address;
  }
  return found;
}

/** `host` comes out of a URL: lower case and A-labels; what was typed is brought to that. */
function sameHost(typed: string, host: string): boolean {
  return (isIP(typed) ? typed.toLowerCase() : domainToASCII(typed)) === host;
}
