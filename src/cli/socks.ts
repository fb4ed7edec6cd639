// A way through a SOCKS proxy: version 5 (RFC 1928, with a name and a password by RFC 1929), version 4 and its extension 4a. A few counted
// bytes each way, and then the connection is the server's. The proxy is not trusted with anything: TLS goes end to end.

import { isIP, isIPv4 } from 'node:net';
import type { Transport } from '../node/socket_base.ts';
import { parseIp } from '../x509/ip.ts';
import { CliError, EXIT } from './exit_codes.ts';
import { PlainEnd, PlainTalk } from './plain_talk.ts';
import { type Endpoint, endpointText, type ProxyAddress } from './proxy_address.ts';
import { safe } from './terminal.ts';
import { filled, type Text } from './text.ts';
import { SOCKS, SOCKS4_REPLIES, SOCKS5_REPLIES } from './texts/socks.ts';

/** `to`: a host that is an address where the proxy is not to be asked for a name. Rejects with a CliError (97), or with what ended `signal`. */
export async function openSocks(
  socket: Transport,
  to: Endpoint,
  proxy: ProxyAddress,
  signal: AbortSignal,
): Promise<void> {
  const talk = new PlainTalk(socket, signal);
  try {
    await (proxy.kind.startsWith('socks4') ? version4(talk, to, proxy) : version5(talk, to, proxy));
  } catch (error) {
    const gone = error instanceof PlainEnd || (error as NodeJS.ErrnoException).code === 'ECONNRESET';
    if (!gone) throw error;
    throw new CliError(EXIT.proxy, SOCKS.closed, SOCKS.hint);
  } finally {
    const rest = talk.release();
    if (rest.length > 0) socket.unshift(rest);
  }
}

const NO_AUTHENTICATION = 0;
const USERNAME_PASSWORD = 2;
const NO_ACCEPTABLE_METHOD = 0xff;
const CONNECT = 1;

async function version5(talk: PlainTalk, to: Endpoint, proxy: ProxyAddress): Promise<void> {
  const { credentials } = proxy;
  const methods = credentials === undefined ? [NO_AUTHENTICATION] : [NO_AUTHENTICATION, USERNAME_PASSWORD];
  talk.send(Uint8Array.of(5, methods.length, ...methods));
  const [version, method = NO_ACCEPTABLE_METHOD] = await talk.bytes(2);
  if (version !== 5) throw notSocks(proxy, talk);
  if (method === USERNAME_PASSWORD && credentials !== undefined) {
    talk.send(Buffer.concat([Uint8Array.of(1), counted(credentials.username), counted(credentials.password)]));
    // RFC 1929 2: any status but 0 is a failure, and the server closes.
    const [, status] = await talk.bytes(2);
    if (status !== 0) throw new CliError(EXIT.proxy, SOCKS.wrongCredentials, SOCKS.credentials);
  } else if (method !== NO_AUTHENTICATION) {
    const refusal = method === NO_ACCEPTABLE_METHOD ? SOCKS.noMethod : filled(SOCKS.strangeMethod, { method });
    throw new CliError(EXIT.proxy, refusal, SOCKS.credentials);
  }
  talk.send(Buffer.concat([Uint8Array.of(5, CONNECT, 0), addressFor5(to), port(to)]));
  const [again, reply = 0, , form] = await talk.bytes(4);
  if (again !== 5) throw notSocks(proxy, talk);
  if (reply !== 0) throw refused(to, reply, SOCKS5_REPLIES[reply]);
  // The address that the proxy connected from: read, because TLS begins behind it.
  const length = form === 1 ? 4 : form === 4 ? 16 : form === 3 ? (await talk.bytes(1))[0] : undefined;
  if (length === undefined) throw notSocks(proxy, talk);
  await talk.bytes(length + 2);
}

/** RFC 1928 5: IPv4, IPv6, or a name with its length in front. */
function addressFor5({ host }: Endpoint): Uint8Array {
  const ip = parseIp(host);
  if (ip !== undefined) return Uint8Array.of(ip.length === 4 ? 1 : 4, ...ip);
  if (Buffer.byteLength(host) > 255) throw new CliError(EXIT.proxy, SOCKS.longName);
  return Uint8Array.of(3, ...counted(host));
}

const GRANTED = 90;

async function version4(talk: PlainTalk, to: Endpoint, proxy: ProxyAddress): Promise<void> {
  const named = !isIPv4(to.host);
  if (named && (proxy.kind === 'socks4' || isIP(to.host) === 6))
    throw new CliError(EXIT.proxy, SOCKS.onlyIpv4, SOCKS.useFive);
  // Version 4a: an address that cannot be says that a name stands behind.
  const address = named ? Uint8Array.of(0, 0, 0, 1) : (parseIp(to.host) ?? Uint8Array.of());
  const user = Buffer.from(`${proxy.credentials?.username ?? ''}\0`);
  const name = Buffer.from(named ? `${to.host}\0` : '');
  talk.send(Buffer.concat([Uint8Array.of(4, CONNECT), port(to), address, user, name]));
  const [version, reply = 0] = await talk.bytes(8);
  if (version !== 0) throw notSocks(proxy, talk);
  if (reply !== GRANTED) throw refused(to, reply, SOCKS4_REPLIES[reply]);
}

function counted(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  return Uint8Array.of(bytes.length, ...bytes);
}

function port({ port }: Endpoint): Uint8Array {
  return Uint8Array.of(port >> 8, port & 0xff);
}

function refused(to: Endpoint, reply: number, meaning: Text = SOCKS.unknownReply): CliError {
  const { en, zh } = filled(SOCKS.refused, { to: safe(endpointText(to)), reply });
  return new CliError(EXIT.proxy, { en: `${en}${meaning.en}`, zh: `${zh}${meaning.zh}` }, SOCKS.hint);
}

function notSocks(proxy: ProxyAddress, { heard }: PlainTalk): CliError {
  const values = { proxy: safe(endpointText(proxy)), kind: proxy.kind, text: safe(JSON.stringify(heard.slice(0, 60))) };
  return new CliError(EXIT.proxy, filled(SOCKS.notSocks, values), SOCKS.notSocksHint);
}
