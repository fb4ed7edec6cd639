// Which of the runner's tests are ours to pass, told from their names: TLS over a stream in versions 1.2 and 1.3 without what
// is Google's alone or a draft (`core`), and within it what speaks of the protocol and not of the ways of BoringSSL's API
// (`protocol`: not of asynchronous calls, implicit handshakes, callbacks, lists of credentials, peeking or False Start).

/** First match wins. */
const OUTSIDE = [
  ['DTLS', /DTLS|SRTP|^SendSplitAlert-|^StrayChangeCipherSpec$/],
  ['QUIC', /QUIC/],
  ['Encrypted ClientHello', /ECH/],
  ['handshake hints', /HintMismatch/],
  [
    'NPN',
    /NPN|NextProtocol|^ALPNServer-Preferred-.*TLS-TLS1[12]?$|^Renegotiate-FalseStart$|^FalseStart-(SessionTicketsDisabled-)?TLS-/,
  ],
  ['ALPS', /ALPS|^ExtraClientEncryptedExtension-|^AllExtensions-Client-Permute-HelloRetryRequest-/],
  ['trust anchors', /TrustAnchor/],
  ['delegated credentials', /DelegatedCred/],
  ['compliance policies', /Compliance/],
  ['ChannelID', /ChannelID/],
  ['ML-DSA', /MLDSA|ML-DSA/],
  ['PAKE', /PAKE/],
  ['JDK 11 workaround', /JDK11/],
  ['server padding', /ServerPadding/],
  ['SSL 2 and 3', /SSL3|SSLv3|SSL2|V2|[Ss]slv2|SSLv2/],
  ['raw public keys', /^(Server|Client)?CertificateType(?!s)/],
  ['TLS 1.0 and 1.1', /TLS1(-|$)|TLS11/],
  [
    'TLS 1.0 and 1.1',
    /^CBCRecordSplitting|^ConflictingVersionNegotiation$|^Renegotiate-SameClientVersion$|^BadRSAClientKeyExchange-/,
  ],
  ['imported PSKs', /^(TLS13-)?PSK/],
];

const API = [
  /Async|ImplicitHandshake|CertificateSelection|CustomCallback|OCSPCallback|FalseStart|-EarlyCallback|DDoS|RetainOnly/,
  /Peek|^TicketCallback|OldCallback|^CertificateVerification(Succeed|SoftFail|.*CustomCallback|.*Async|.*Implicit|(Passes|Fails)OnResume)|^ExtraHandshake-|UnfinishedWrite|^EarlyData-WriteAfter/,
  /^NoClientCertificate(Requested)?-Server-|^SkipCertificateStatus$|^Renegotiation-ChangeAuthProperties$/,
  /^ExportKeyingMaterial-Renegotiate$/,
];

/** `protocol` or `api`, which are core, or the name of what is outside. */
export function scopeOf(name) {
  const outside = OUTSIDE.find(([, pattern]) => pattern.test(name));
  if (outside !== undefined) return outside[0];
  return API.some((pattern) => pattern.test(name)) ? 'api' : 'protocol';
}
