// The chapters on handshakes that fail as they should.

import type { Text } from '../text.ts';

export const TAMPERED = {
  title: { en: 'One bit changed on the way, and the alert', zh: '途中改动一位：握手如何失败' },
  intro: {
    en: 'Whoever sits between client and server can change every byte. TLS does not prevent that; it makes sure that it is noticed, and that nothing is believed before. Here somebody changes a single bit, at two places.',
    zh: '位于客户端和服务器之间的人可以改动任何字节。TLS 阻止不了改动，但保证一定会被发现，而且在此之前什么都不会采信。下面在两个不同的位置各改动一位。',
  },
  key: { en: 'In the server’s public key (TLS 1.2)', zh: '改动服务器的公钥（TLS 1.2）' },
  keyText: {
    en: 'The ServerKeyExchange crosses the wire in clear. If its key could be replaced, somebody in the middle would share one secret with each side. But the server has signed it together with both randoms: the signature does not fit any more.',
    zh: 'ServerKeyExchange 以明文发送。如果其中的公钥可以被替换，中间人就能与两端各建立一个共享密钥。但服务器对公钥连同双方随机数做了签名，公钥一变，签名就对不上。',
  },
  keyAfter: {
    en: 'The client gives up with decrypt_error before it has sent anything of its own. Only the holder of the certificate’s private key could have made a signature for another key.',
    zh: '客户端以 decrypt_error 终止握手，此时它还没有发送任何密钥信息。只有持有证书私钥的人，才能为另一个公钥生成有效的签名。',
  },
  record: { en: 'In an encrypted record (TLS 1.3)', zh: '改动加密记录（TLS 1.3）' },
  recordText: {
    en: 'Behind the ServerHello everything is encrypted and authenticated: each record has a tag of 16 bytes, made from the key, the number of the record and every byte of it. One bit changes, and the tag is wrong.',
    zh: 'ServerHello 之后的内容都经过加密和认证：每条记录带有 16 字节的认证标签，由密钥、记录序号和记录的全部字节算出。改动一位，标签即不符。',
  },
  recordAfter: {
    en: 'The client gives up with bad_record_mac and hands nothing of the record to anybody: not even the certificate in it was read. It may not try again with the same keys, so nobody can guess tag after tag.',
    zh: '客户端以 bad_record_mac 终止连接，该记录的内容不会交给任何人，连其中的证书也没有被读取。它不会用同样的密钥重试，因此也无法逐个猜测标签。',
  },
} as const satisfies Record<string, Text>;

export const TAMPERED_INTERVIEW = [
  {
    question: {
      en: 'HTTPS uses a key exchange in the open. Why can somebody in the middle not simply put in a key of his own?',
      zh: 'HTTPS 的密钥交换是公开进行的，为什么中间人不能直接换上自己的公钥？',
    },
    answers: [
      {
        en: 'The server’s share is signed with the key of its certificate, over the randoms (TLS 1.2) or over the whole handshake (TLS 1.3), so that an old signature does not fit a new connection.',
        zh: '服务器的公钥由证书私钥签名，签名还覆盖双方随机数（TLS 1.2）或此前全部握手消息（TLS 1.3），旧的签名不能用于新的连接。',
      },
      {
        en: 'The certificate is bound to the host name and vouched for by an authority that the client trusts; encryption without that check protects from listeners alone.',
        zh: '证书与主机名绑定，并由客户端信任的 CA 担保；没有这项检查，加密只能防窃听，防不了中间人。',
      },
      {
        en: 'Both Finished messages cover the handshake as each side saw it: a list of suites that was shortened on the way is noticed too.',
        zh: '双方的 Finished 覆盖各自看到的全部握手消息：途中删减密码套件列表同样会被发现。',
      },
    ],
  },
] as const;

export const EXPIRED = {
  title: { en: 'A certificate past its last day', zh: '证书过期' },
  intro: {
    en: 'The most common failure of all. The keys are right, the signature is right, the chain leads to a trusted root; but the certificate ended yesterday. The client reads the chain, compares the dates with its clock, and gives up before it sends anything.',
    zh: '这是最常见的失败。密钥正确，签名正确，证书链也通向受信任的根证书，但证书昨天就过期了。客户端读取证书链，把日期与本机时钟对照，不发送任何数据就终止握手。',
  },
  after: {
    en: 'In TLS 1.3 the alert is encrypted, as the certificate is: who listens sees neither. The server sees certificate_expired in its log; many tools there speak of "sslv3 alert", which says nothing of the version.',
    zh: 'TLS 1.3 中，告警和证书一样是加密的，旁听者都看不到。服务器日志里会出现 certificate_expired；许多工具会称之为 sslv3 alert，与实际版本无关。',
  },
} as const satisfies Record<string, Text>;

export const EXPIRED_INTERVIEW = [
  {
    question: {
      en: 'A site says "certificate has expired". What do you look at, and in which order?',
      zh: '网站提示“证书已过期”，应当依次检查什么？',
    },
    answers: [
      {
        en: 'Which certificate of the chain it is: the server’s own, an intermediate one, or a root in an old store. Most tools do not say.',
        zh: '是链中哪一张证书：服务器证书、中间证书，还是本机过旧的根证书。大多数工具不会说明。',
      },
      {
        en: 'The clock of the client: a wrong date makes good certificates bad.',
        zh: '客户端的时钟：日期不对，有效的证书也会被判为过期。',
      },
      {
        en: 'Whether the server was restarted after the renewal: the new file may lie there while the old one is still served. Every server behind the name has to be asked.',
        zh: '更新证书后服务器是否重新加载：新文件可能已经就位，服务器仍在使用旧证书。同一域名下的每台服务器都要检查。',
      },
    ],
  },
] as const;
