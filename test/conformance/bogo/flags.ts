// The command line of a BoGo shim: BoringSSL's runner says with flags what each connection is to be like and what must be
// found after it. A prefix `-on-initial`, `-on-resume` or `-on-retry` names one connection. A flag that is not in these
// tables is not implemented, which is said at once and by exit code (PORTING.md); none is accepted and then forgotten.

const FLAGS = {
  // The transport and the life of the process.
  port: 'int',
  'shim-id': 'int',
  ipv6: 'flag',
  server: 'flag',
  'is-handshaker-supported': 'flag',
  'write-settings': 'text',
  'resume-count': 'int',
  'resumption-delay': 'int',
  'trust-cert': 'text',
  // Versions, cipher suites, groups, signatures.
  'min-version': 'int',
  'max-version': 'int',
  'no-tls13': 'flag',
  'no-tls12': 'flag',
  'no-tls11': 'flag',
  'no-tls1': 'flag',
  cipher: 'text',
  'server-preference': 'flag',
  curves: 'ints',
  'curves-flags': 'ints',
  'key-shares': 'ints',
  'no-key-shares': 'flag',
  'server-supported-groups-hint': 'ints',
  'verify-prefs': 'ints',
  'fallback-scsv': 'flag',
  'enable-grease': 'flag',
  'permute-extensions': 'flag',
  'max-send-fragment': 'int',
  'expect-version': 'int',
  'expect-cipher': 'int',
  'expect-cipher-aes': 'int',
  'expect-cipher-no-aes': 'int',
  'expect-curve-id': 'int',
  'expect-hrr': 'flag',
  'expect-no-hrr': 'flag',
  'expect-peer-signature-algorithm': 'int',
  'expect-peer-verify-pref': 'ints',
  // Certificates.
  'verify-peer': 'flag',
  'verify-fail': 'flag',
  'reverify-on-resume': 'flag',
  'expect-verify-result': 'flag',
  'require-any-client-certificate': 'flag',
  'expect-peer-cert-file': 'text',
  'expect-no-peer-cert': 'flag',
  'use-client-ca-list': 'text',
  'expect-client-ca-list': 'text',
  'expect-certificate-types': 'base64',
  'expect-selected-credential': 'int',
  'max-cert-list': 'int',
  'enable-ocsp-stapling': 'flag',
  'expect-ocsp-response': 'base64',
  'use-ocsp-callback': 'flag',
  'set-ocsp-in-callback': 'flag',
  'decline-ocsp-callback': 'flag',
  'fail-ocsp-callback': 'flag',
  'enable-signed-cert-timestamps': 'flag',
  'expect-signed-cert-timestamps': 'base64',
  'install-cert-compression-algs': 'flag',
  'install-one-cert-compression-alg': 'int',
  // Names and protocols.
  'host-name': 'text',
  'expect-server-name': 'text',
  'expect-no-server-name': 'flag',
  'no-server-name-ack': 'flag',
  'advertise-alpn': 'text',
  'expect-alpn': 'text',
  'expect-advertised-alpn': 'text',
  'select-alpn': 'text',
  'decline-alpn': 'flag',
  'reject-alpn': 'flag',
  'select-empty-alpn': 'flag',
  'expect-extended-master-secret': 'flag',
  'expect-secure-renegotiation': 'flag',
  'expect-no-secure-renegotiation': 'flag',
  'no-legacy-server-connect': 'flag',
  // Sessions, shared keys, early data.
  'no-ticket': 'flag',
  'expect-session-miss': 'flag',
  'expect-no-session': 'flag',
  'expect-ticket-renewal': 'flag',
  'expect-ticket-age-skew': 'int',
  'expect-resumable-across-names': 'flag',
  'expect-not-resumable-across-names': 'flag',
  'expect-session-id': 'flag',
  'expect-no-session-id': 'flag',
  'expect-ticket-supports-early-data': 'flag',
  'enable-early-data': 'flag',
  'expect-accept-early-data': 'flag',
  'expect-reject-early-data': 'flag',
  'expect-no-offer-early-data': 'flag',
  'expect-early-data-reason': 'text',
  psk: 'text',
  'psk-identity': 'text',
  // What is done with the connection.
  async: 'flag',
  'implicit-handshake': 'flag',
  'handshake-twice': 'flag',
  'no-op-extra-handshake': 'flag',
  'handshake-never-done': 'flag',
  'partial-write': 'flag',
  'peek-then-read': 'flag',
  'read-size': 'int',
  'read-with-unfinished-write': 'flag',
  'write-different-record-sizes': 'flag',
  'shim-writes-first': 'flag',
  'shim-initial-write': 'text',
  'repeat-shim-initial-write': 'int',
  'shim-shuts-down': 'flag',
  'check-close-notify': 'flag',
  'send-alert': 'flag',
  'key-update': 'flag',
  'key-update-before-read': 'flag',
  'export-keying-material': 'int',
  'export-label': 'text',
  'export-context': 'text',
  'use-export-context': 'flag',
  'export-traffic-secrets': 'flag',
  'tls-unique': 'flag',
  'false-start': 'flag',
  'renegotiate-ignore': 'flag',
  'renegotiate-freely': 'flag',
  'renegotiate-once': 'flag',
  'renegotiate-explicit': 'flag',
  'forbid-renegotiation-after-handshake': 'flag',
  'expect-total-renegotiations': 'int',
  // Where BoringSSL calls back and our engine has a need for the same.
  'use-early-callback': 'flag',
  'use-old-client-cert-callback': 'flag',
  'use-custom-verify-callback': 'flag',
  'install-ddos-callback': 'flag',
  'fail-ddos-callback': 'flag',
  'fail-early-callback': 'flag',
  'fail-cert-callback': 'flag',
} as const satisfies Record<string, Kind>;

/** These speak of the credential that was begun last, and before the first one of the default credential. */
const CREDENTIAL_FLAGS = {
  'cert-file': 'text',
  'key-file': 'text',
  'signing-prefs': 'ints',
  'ocsp-response': 'base64',
  'signed-cert-timestamps': 'base64',
  'must-match-issuer': 'flag',
} as const satisfies Record<string, Kind>;

type Kind = 'flag' | 'int' | 'ints' | 'text' | 'base64';
interface Values {
  flag: true;
  int: number;
  ints: number[];
  text: string;
  base64: Uint8Array;
}
type FromTable<T extends Record<string, Kind>> = { [F in keyof T]?: Values[T[F]] };

export type CredentialSettings = FromTable<typeof CREDENTIAL_FLAGS>;
export interface Settings extends FromTable<typeof FLAGS> {
  /** BoringSSL's default credential, which stands behind all others. */
  readonly own: CredentialSettings;
  readonly credentials: CredentialSettings[];
}

/** The settings of the first connection, of those after it, and of one that goes on after its early data was refused. */
export interface AllSettings {
  readonly initial: Settings;
  readonly resume: Settings;
  readonly retry: Settings;
}

/** Said with exit code 89. */
export class Unimplemented extends Error {}

/** @throws Unimplemented for a flag that is in no table */
export function parseFlags(args: readonly string[]): AllSettings {
  const all: AllSettings = { initial: empty(), resume: empty(), retry: empty() };
  for (let place = 0; place < args.length; place++) {
    const { name, targets, skip } = unprefixed(args[place] ?? '', all);
    if (name === 'new-x509-credential') {
      for (const one of targets) one.credentials.push({});
      continue;
    }
    const kind = kindOf(name);
    const text = kind === 'flag' ? '' : args[++place];
    if (text === undefined) throw new Error(`-${name} needs a value`);
    if (!skip) for (const one of targets) set(one, name, kind, text);
  }
  return all;
}

function empty(): Settings {
  return { own: {}, credentials: [] };
}

function unprefixed(argument: string, { initial, resume, retry }: AllSettings) {
  let name = argument.replace(/^-/, '');
  const take = (prefix: string): boolean => {
    if (!name.startsWith(prefix)) return false;
    name = name.slice(prefix.length);
    return true;
  };
  take('on-shim-');
  const skip = take('on-handshaker-');
  if (take('on-initial-')) return { name, skip, targets: [initial] };
  if (take('on-resume-')) return { name, skip, targets: [resume] };
  if (take('on-retry-')) return { name, skip, targets: [retry] };
  return { name, skip, targets: [initial, resume, retry] };
}

function kindOf(name: string): Kind {
  const kind = (CREDENTIAL_FLAGS as Record<string, Kind>)[name] ?? (FLAGS as Record<string, Kind>)[name];
  if (kind === undefined) throw new Unimplemented(`the flag -${name}`);
  return kind;
}

function set(settings: Settings, name: string, kind: Kind, text: string): void {
  const target = (name in CREDENTIAL_FLAGS ? (settings.credentials.at(-1) ?? settings.own) : settings) as Record<
    string,
    unknown
  >;
  if (kind === 'ints') {
    const before = target[name];
    target[name] = [...(Array.isArray(before) ? before : []), number(name, text)];
  } else target[name] = parsed(name, kind, text);
}

function parsed(name: string, kind: Exclude<Kind, 'ints'>, text: string): Values[Kind] {
  if (kind === 'flag') return true;
  if (kind === 'int') return number(name, text);
  return kind === 'base64' ? new Uint8Array(Buffer.from(text, 'base64')) : text;
}

function number(name: string, text: string): number {
  if (!/^-?\d+$/.test(text)) throw new Error(`-${name} needs a number, not ${text}`);
  return Number(text);
}
