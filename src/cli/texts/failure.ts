// The report on a failed connection: labels, who gave up, and how to go on.

import type { Text } from '../text.ts';

export const LABELS = {
  who: { en: 'gave up', zh: '放弃方' },
  alert: { en: 'alert', zh: '告警' },
  place: { en: 'place', zh: '位置' },
  certificate: { en: 'certificate', zh: '证书' },
  check: { en: 'check', zh: '检查项' },
  expected: { en: 'expected', zh: '应为' },
  found: { en: 'found', zh: '实为' },
  offered: { en: 'we offered', zh: '本端提供' },
  wanted: { en: 'accepted here', zh: '本端接受' },
  theirs: { en: 'they offered', zh: '对方提供' },
  detail: { en: 'detail', zh: '详情（英文）' },
  authorities: { en: 'server trusts', zh: '服务器信任' },
  answer: { en: 'answer', zh: '应答' },
  shown: { en: 'we showed', zh: '本端出示' },
  issuerAt: { en: 'issuer at', zh: '签发者证书位于' },
  next: { en: 'what to do', zh: '怎么办' },
  elsewhere: { en: 'others say', zh: '其他工具' },
} as const satisfies Record<string, Text>;

export const WHO = {
  weAfter: { en: 'this side ({side}), after {message} came', zh: '本端（{side}），在收到 {message} 之后' },
  weBefore: { en: 'this side ({side}), before any message came', zh: '本端（{side}），尚未收到任何消息' },
  peerAfter: {
    en: 'the other side ({side}), after we sent {message}',
    zh: '对端（{side}），在本端发出 {message} 之后',
  },
  peerBefore: { en: 'the other side ({side}), before anything was sent', zh: '对端（{side}），本端尚未发送任何消息' },
  client: { en: 'client', zh: '客户端' },
  server: { en: 'server', zh: '服务器' },
  alertSent: { en: '{name} ({number}), sent by us: {meaning}', zh: '{name}（{number}），由本端发出：{meaning}' },
  alertReceived: { en: '{name} ({number}), sent by them: {meaning}', zh: '{name}（{number}），由对端发出：{meaning}' },
  alertNone: { en: 'none: the connection just ended', zh: '没有告警，连接直接断开' },
  waitTcp: { en: 'no TCP connection yet', zh: 'TCP 连接尚未建立' },
  waitAnswer: { en: 'TCP is there; no answer to our {message}', zh: 'TCP 已连通，但 {message} 没有得到应答' },
  waitMore: { en: 'in the handshake; nothing came after {message}', zh: '握手进行中，{message} 之后再无消息' },
  waitData: { en: 'the handshake is done; the answer is not', zh: '握手已完成，应答尚未收完' },
  leaf: { en: 'the leaf ({subject})', zh: '服务器证书（{subject}）' },
  clientLeaf: { en: 'the certificate of the client ({subject})', zh: '客户端证书（{subject}）' },
  chain: { en: 'certificate {index} of the chain ({subject})', zh: '链中第 {index} 张证书（{subject}）' },
  anchor: { en: 'the trusted root ({subject})', zh: '受信任的根证书（{subject}）' },
} as const satisfies Record<string, Text>;

/** What was compared. */
export const VALUES = {
  atLeastBits: { en: 'at least {bits} bits', zh: '至少 {bits} 位' },
  bits: { en: '{bits} bits', zh: '{bits} 位' },
  digitalSignature: {
    en: 'key usage digitalSignature: the server signs with this key (ECDHE, DHE, TLS 1.3)',
    zh: '密钥用途 digitalSignature：服务器要用该私钥签名（ECDHE、DHE、TLS 1.3）',
  },
  keyEncipherment: {
    en: 'key usage keyEncipherment: with RSA key exchange the client encrypts to this key',
    zh: '密钥用途 keyEncipherment：RSA 密钥交换中，客户端用该公钥加密',
  },
  issuedBy: { en: '{subject}, issued by {issuer}', zh: '{subject}，由 {issuer} 签发' },
  noMark: {
    en: 'TLS 1.3, or a random of a server that speaks nothing newer',
    zh: 'TLS 1.3，或随机数不带降级标记',
  },
  mark: {
    en: 'the random of the ServerHello ends in {mark}, "DOWNGRD": this server speaks TLS 1.3 and was asked for less',
    zh: 'ServerHello 的随机数以 {mark}（即 DOWNGRD）结尾：服务器支持 TLS 1.3，却只收到更低版本的请求',
  },
} as const satisfies Record<string, Text>;

/** The paths that were looked at, for -v. */
export const PATHS = {
  head: { en: 'certificate paths that were tried: {count}', zh: '尝试过的证书路径：{count} 条' },
  trusted: { en: ' (trusted)', zh: '（受信任）' },
  sound: {
    en: 'this path is sound; what is wrong is the certificate at its beginning',
    zh: '这条路径本身没有问题，问题出在服务器证书上',
  },
  taken: { en: 'this path is sound, and it is the one taken', zh: '这条路径有效，采用此路径' },
  more: { en: 'and {count} more', zh: '另有 {count} 条' },
} as const satisfies Record<string, Text>;

/** What was in our ClientHello, for who has to guess what the server did not like. */
export const OFFER = {
  versions: { en: 'versions {list}', zh: '版本 {list}' },
  suites: { en: 'cipher suites {list}', zh: '密码套件 {list}' },
  groups: { en: 'groups {list}', zh: '密钥交换组 {list}' },
  schemes: { en: 'signature schemes {list}', zh: '签名算法 {list}' },
  sni: { en: 'host name (SNI) {list}', zh: '主机名（SNI）{list}' },
  noSni: { en: 'no host name (SNI)', zh: '未发送主机名（SNI）' },
  alpn: { en: 'application protocols (ALPN) {list}', zh: '应用层协议（ALPN）{list}' },
} as const satisfies Record<string, Text>;

export const HINTS = {
  aia: {
    en: 'The missing issuer is published at {url}: --aia fetches it, as browsers do.',
    zh: '缺少的签发者证书发布在 {url}：加上 --aia 即可像浏览器那样自动下载。',
  },
  insecure: {
    en: '-k goes on all the same, to look at the server; whatever you send then, anybody may read.',
    zh: '若只是查看服务器，可用 -k 忽略此项检查；此时发送的内容可能被任何人读到。',
  },
  legacy: {
    en: 'The alert does not say what was missing. A server that knows only RSA key exchange or CBC suites answers like this: try --legacy. One that knows only DHE needs --ciphers DHE; one that knows only TLS 1.1 is not spoken to here.',
    zh: '告警没有说明缺什么。只支持 RSA 密钥交换或 CBC 套件的服务器会这样应答，可试试 --legacy；只支持 DHE 的服务器需要 --ciphers DHE；只支持 TLS 1.1 的服务器无法连接。',
  },
  fewer: {
    en: 'The alert does not say what was missing. Leave out --ciphers, --curves and --sigalgs, so that more is offered.',
    zh: '告警没有说明缺什么。请去掉 --ciphers、--curves 和 --sigalgs，以便提供更多选择。',
  },
  clientCertificate: {
    en: 'The server asked for a client certificate and got none. Give one: --cert FILE --key FILE.',
    zh: '服务器要求客户端证书，但没有得到。请用 --cert FILE --key FILE 给出。',
  },
  clientCertificateRefused: {
    en: 'The server asked for a client certificate and probably refuses ours; --cacert and -k change nothing. It has to be valid, made for clients, and issued by an authority that the server trusts; the chain up to it belongs into the file of --cert.',
    zh: '服务器要求客户端证书，很可能是拒绝了本端发送的证书，--cacert 和 -k 都无济于事。证书应当有效、可用于客户端认证，并由服务器信任的 CA 签发；直到该 CA 的整条链都应放进 --cert 的文件。',
  },
  clientCertificateForeign: {
    en: 'The server refuses our certificate; its own is not in question, so that --cacert and -k change nothing. None of the authorities that it names has issued the certificate: give one of theirs (--cert FILE --key FILE), or have {issuer} accepted there (--client-ca in serve, ssl_client_certificate in nginx). Java shows none then, and gets certificate_required.',
    zh: '被拒绝的是本端出示的证书，而不是服务器的证书，--cacert 和 -k 都无济于事。服务器列出的 CA 都没有签发这张证书：请改用由其中之一签发的证书（--cert FILE --key FILE），或让服务器接受 {issuer}（serve 用 --client-ca，nginx 用 ssl_client_certificate）。Java 遇到这种情况不出示证书，得到的是 certificate_required。',
  },
  sharedKey: {
    en: 'Identity and key of --psk have to be the same on both sides; the identity is told by its bytes, the key is hexadecimal.',
    zh: '两端 --psk 的身份标识和密钥必须一致；身份标识逐字节比较，密钥为十六进制。',
  },
  clientHasNone: {
    en: 'The client has to bring one: glasstls --cert FILE --key FILE, curl --cert FILE --key FILE; browsers have to have it installed.',
    zh: '客户端需要出示证书：glasstls --cert FILE --key FILE、curl --cert FILE --key FILE；浏览器则要先导入证书。',
  },
  versionClient: {
    en: 'The server speaks none of these versions. Leave out --tlsv1.3 and --tls-max; TLS 1.1 and older are not spoken here (RFC 8996).',
    zh: '服务器不支持这些版本。请去掉 --tlsv1.3 和 --tls-max；glasstls 不支持 TLS 1.1 及更早版本（RFC 8996）。',
  },
  sni: {
    en: 'The server knows no such host name. Is the name right, or should it be another address (--resolve)?',
    zh: '服务器不认识这个主机名。请检查名称，或用 --resolve 换一个地址。',
  },
  sniWarning: {
    en: 'The server warned of the host name and then closed. As a warning it may be passed over (RFC 6066 3): curl, OpenSSL and glasstls go on where the server does; Java ends the connection.',
    zh: '服务器先就主机名发出警告，然后关闭了连接。警告本可忽略（RFC 6066 3）：只要服务器继续，curl、OpenSSL 和 glasstls 就会继续，Java 则会断开。',
  },
  alpn: {
    en: 'Name a protocol that the server speaks: --alpn LIST, or --alpn "" to offer none.',
    zh: '用 --alpn LIST 给出服务器支持的协议，或用 --alpn "" 不使用 ALPN。',
  },
  notTls: {
    en: 'Another protocol is spoken on this port. Is the port right? Plain HTTP, SSH and SMTP begin with text.',
    zh: '该端口运行的是别的协议。请检查端口是否正确；明文 HTTP、SSH、SMTP 都以文本开头。',
  },
  httpOnTls: {
    en: 'The client speaks plain HTTP: it should use https:// with this port.',
    zh: '客户端使用的是明文 HTTP，应改用 https:// 访问此端口。',
  },
  otherOnTls: {
    en: 'The client does not speak TLS. Is it meant for another port, or does it begin in the clear (STARTTLS)?',
    zh: '客户端使用的不是 TLS。请检查它要连接的是否是别的端口，或者它是否以明文开始（STARTTLS）。',
  },
  eof: {
    en: 'A server or a device in between gave up without a word: often a firewall that looks at the host name (SNI), a proxy, or a server that has crashed or ran out of connections.',
    zh: '服务器或中间设备一言不发就断开：常见原因有按主机名（SNI）拦截的防火墙、代理，或服务器崩溃、连接数耗尽。',
  },
  reset: {
    en: 'The connection was reset (RST): often a firewall or a server that crashed.',
    zh: '连接被重置（RST）：常见原因是防火墙拦截或服务器崩溃。',
  },
  largeHello: {
    en: 'The ClientHello had {size} bytes, and nothing came back. One TCP segment holds 1448 bytes at most, in tunnels 1400 or fewer, and some devices in between expect a ClientHello in one segment and break otherwise (tldr.fail). {smaller}',
    zh: 'ClientHello 有 {size} 字节，发出后没有任何应答。一个 TCP 报文段最多 1448 字节，经过隧道时不超过 1400 字节；有的中间设备只认单个报文段的 ClientHello，遇到更长的就会中断连接（参见 tldr.fail）。{smaller}',
  },
  weakDh: {
    en: 'Have the server use ECDHE, or a group of 2048 bits (openssl dhparam -out dh.pem 2048; ssl_dhparam in nginx). From here: leave DHE out of --ciphers, so that a server that has ECDHE takes it. curl and OpenSSL 3.5 refuse such a group too; Node 20, Java 17 and GnuTLS take it.',
    zh: '请让服务器改用 ECDHE，或换成 2048 位的 DH 参数（openssl dhparam -out dh.pem 2048；nginx 用 ssl_dhparam 指定）。客户端可从 --ciphers 中去掉 DHE，服务器如果支持 ECDHE 就会改用。curl 和 OpenSSL 3.5 同样拒绝，Node 20、Java 17 和 GnuTLS 则会接受。',
  },
  mayNotSign: {
    en: 'Have the certificate issued with the key usage digitalSignature. As it is, only RSA key exchange works with it: --legacy --tls-max 1.2, where the server allows that.',
    zh: '请重新签发带 digitalSignature 用途的证书。目前它只能用于 RSA 密钥交换：如果服务器允许，可用 --legacy --tls-max 1.2。',
  },
  mayNotEncipher: {
    en: 'Leave out --legacy, so that ECDHE is used, which needs digitalSignature alone; or have the certificate issued with keyEncipherment too.',
    zh: '请去掉 --legacy，改用只需 digitalSignature 的 ECDHE；或重新签发同时带 keyEncipherment 用途的证书。',
  },
  downgrade: {
    en: 'Something in between took TLS 1.3 out of the ClientHello: a proxy that opens TLS, an old load balancer, or an attacker. Try another network, or update that device. --tls-max 1.2 gets past it, without what TLS 1.3 protects.',
    zh: '中间有设备从 ClientHello 中删掉了 TLS 1.3：可能是解密 TLS 的代理、过旧的负载均衡器，也可能是攻击者。请换一个网络，或升级该设备。--tls-max 1.2 可以绕过，但也失去 TLS 1.3 的保护。',
  },
  alertSender: {
    en: 'A server of OpenSSL logs this as "{words}". It is the client that sends it and refuses the certificate of this server; SSLv3 or TLS 1.0 in such a text says nothing of the version.',
    zh: 'OpenSSL 服务器的日志会写成“{words}”。这条告警由客户端发出，表示客户端拒绝了本服务器的证书；文字中的 sslv3、tlsv1 与实际版本无关。',
  },
  renegotiation: {
    en: 'The server is very old. It should be updated: without RFC 5746 an attacker can put a request of his own in front of yours.',
    zh: '服务器过于陈旧，应当升级：没有 RFC 5746，攻击者可以把自己的请求插到你的请求之前。',
  },
  clientDistrust: {
    en: 'The client does not trust this certificate. Give it the CA: serve --ca-out ca.pem, then --cacert ca.pem there (or import it).',
    zh: '客户端不信任这张证书。请把 CA 交给它：serve --ca-out ca.pem，然后在客户端用 --cacert ca.pem（或导入）。',
  },
  clientName: {
    en: 'The client may have connected by a name that is not in the certificate: add it with --name.',
    zh: '客户端访问所用的名称可能不在证书里：用 --name 加上它。',
  },
  clientClosed: {
    en: 'Clients that do not trust a certificate often close without an alert. Browsers do it while they show their warning.',
    zh: '不信任证书的客户端常常不发告警就断开，浏览器显示警告页时就是如此。',
  },
  versionServer: {
    en: 'TLS 1.1 and older are not spoken here (RFC 8996): such a client has to be updated. Otherwise leave out --tlsv1.3 and --tls-max.',
    zh: 'glasstls 不支持 TLS 1.1 及更早版本（RFC 8996），这样的客户端需要升级；否则请去掉 --tlsv1.3 和 --tls-max。',
  },
  serverRestricts: {
    en: 'The flags of serve (--tls-max, --tlsv1.3, --ciphers, --curves) leave too little for this client; --legacy adds RSA key exchange.',
    zh: 'serve 的选项（--tls-max、--tlsv1.3、--ciphers、--curves）给这个客户端留下的选择太少；--legacy 可加入 RSA 密钥交换。',
  },
} as const satisfies Record<string, Text>;

/** What makes a ClientHello smaller. */
export const SMALLER = {
  hybrid: {
    en: 'Its largest part is the share of X25519MLKEM768; try --curves X25519.',
    zh: '其中最大的是 X25519MLKEM768 的公钥，可改用 --curves X25519 再试。',
  },
  session: {
    en: 'Its largest part is the ticket of the session; try without --session.',
    zh: '其中最大的是会话票据，可去掉 --session 再试。',
  },
  other: {
    en: 'Offer less: --curves, --ciphers and --alpn make it smaller.',
    zh: '请减少提供的内容：用 --curves、--ciphers、--alpn 可以缩短它。',
  },
} as const satisfies Record<string, Text>;
