// The messages of TLS 1.2 handshakes with a pre-shared key, alone or together with Diffie-Hellman (RFC 4279, RFC 5489): no
// certificates, no signatures. Each side proves itself in Finished, by knowing the key.

import type { MessageTexts } from './messages.ts';
import { COMMON12 } from './messages_12.ts';

const COMMON_PSK12: MessageTexts = {
  hello_request: COMMON12.hello_request,
  client_hello: {
    line: {
      en: 'Offers cipher suites that work with a key both sides already have; brings random number one.',
      zh: '提供使用预共享密钥的密码套件，并给出第 1 随机数。',
    },
    paragraph: {
      en: 'The key came to both sides beforehand and by another way: put into a device when it was made, or typed in. The hello does not say which key; that follows in ClientKeyExchange.',
      zh: '密钥事先已通过别的途径交到双方手中，例如出厂时写入设备或人工录入。这条消息还不说明用哪个密钥，要到 ClientKeyExchange 才说。',
    },
  },
  server_hello: {
    line: {
      en: 'Chooses the version and a cipher suite with a shared key; brings random number two.',
      zh: '选定版本和使用预共享密钥的密码套件，并给出第 2 随机数。',
    },
    paragraph: {
      en: 'In TLS 1.2 the suite fixes everything: whether the shared key stands alone or is joined by (EC)DHE, cipher and hash. No certificate follows.',
      zh: '在 TLS 1.2 中，套件一次性决定一切：单独使用预共享密钥还是与 (EC)DHE 结合，以及加密算法和哈希算法。此后没有证书。',
    },
  },
  server_hello_done: COMMON12.server_hello_done,
  client_change_cipher_spec: COMMON12.client_change_cipher_spec,
  client_finished: {
    line: {
      en: 'The first encrypted message: only who knows the shared key can compute it.',
      zh: '第一条加密的消息：只有知道预共享密钥的一方才算得出来。',
    },
    paragraph: {
      en: 'This is where the client proves who it is. The value is also a digest of all messages so far: the server notices here if anybody changed one on the way.',
      zh: '客户端的身份在这里得到证明。它同时是对此前全部握手消息的校验值，途中若有篡改，服务器在这里就会发现。',
    },
  },
  new_session_ticket: COMMON12.new_session_ticket,
  server_change_cipher_spec: COMMON12.server_change_cipher_spec,
  server_finished: {
    line: {
      en: 'The digest from the server’s side: it knows the key too. Both have proven themselves, the handshake is done.',
      zh: '服务器一侧的校验值，证明它也知道密钥。双方身份都得到证明，握手完成。',
    },
    paragraph: {
      en: 'The key is all that proves either side: whoever else knows it can pass for both. After two round trips the application may speak.',
      zh: '双方的身份全靠这个密钥证明：其他人一旦知道它，就能冒充任何一方。至此共用两个往返，应用数据可以开始传输。',
    },
  },
  application_data: COMMON12.application_data,
  alert: COMMON12.alert,
  close_notify: COMMON12.close_notify,
};

export const PSK12_MESSAGES: MessageTexts = {
  ...COMMON_PSK12,
  server_key_exchange: {
    line: {
      en: 'A hint which of its keys the client should use. Left out when there is none.',
      zh: '提示客户端该用哪个密钥；没有提示时不发送这条消息。',
    },
    paragraph: {
      en: 'It holds no key material at all, and what it means is up to the application. Readable on the wire.',
      zh: '其中没有任何密钥材料，含义由应用自行约定。以明文传输。',
    },
  },
  client_key_exchange: {
    line: {
      en: 'The name of the shared key, in clear. The key itself is never sent.',
      zh: '预共享密钥的标识，明文传输。密钥本身从不发送。',
    },
    paragraph: {
      en: 'Both sides make the pre-master secret from the key and as many zero bytes, then the master secret with the PRF and the two randoms. There is no public-key cryptography: quick even for the smallest device, but whoever learns the key, even years later, can decrypt everything that was recorded, and whoever records one handshake can try out guesses at a weak key at leisure.',
      zh: '双方用密钥和同样长度的零字节拼成预主密钥，再用 PRF 加上两个随机数算出主密钥。整个过程不用公钥密码，再小的设备也算得快；但日后谁得到这个密钥，就能解开录下的全部通信，而且只要录下一次握手，就可以离线慢慢猜测弱密钥。',
    },
  },
};

export const DHE_PSK12_MESSAGES: MessageTexts = {
  ...COMMON_PSK12,
  server_key_exchange: {
    line: {
      en: 'A hint which key to use, and a prime, a generator and the server’s ephemeral public value. Nothing is signed.',
      zh: '该用哪个密钥的提示，以及素数、生成元和服务器的临时公开值，均无签名。',
    },
    paragraph: {
      en: 'Anybody could send such values: that they come from the right server shows only in Finished, which needs the shared key.',
      zh: '这样的参数谁都能发；它是否出自真正的服务器，要到 Finished 才见分晓，因为那需要预共享密钥。',
    },
  },
  client_key_exchange: {
    line: {
      en: 'The name of the shared key, in clear, and the client’s ephemeral public value.',
      zh: '预共享密钥的标识（明文）和客户端的临时公开值。',
    },
    paragraph: {
      en: 'The pre-master secret is made from both: the number that the ephemeral values lead to (DHE), and the shared key. So whoever learns the shared key later cannot decrypt what was recorded, and who merely listens cannot try out guesses at it.',
      zh: '预主密钥由两部分组成：临时公开值算出的共享秘密（DHE）和预共享密钥。因此日后即使预共享密钥泄露，录下的通信也解不开；只窃听的人也无从猜测它。',
    },
  },
};

export const ECDHE_PSK12_MESSAGES: MessageTexts = {
  ...COMMON_PSK12,
  server_key_exchange: {
    line: {
      en: 'A hint which key to use, and the server’s ephemeral public key. Nothing is signed.',
      zh: '该用哪个密钥的提示和服务器的临时公钥，均无签名。',
    },
    paragraph: {
      en: 'Anybody could send such a key: that it comes from the right server shows only in Finished, which needs the shared key.',
      zh: '这样的公钥谁都能发；它是否出自真正的服务器，要到 Finished 才见分晓，因为那需要预共享密钥。',
    },
  },
  client_key_exchange: {
    line: {
      en: 'The name of the shared key, in clear, and the client’s ephemeral public key.',
      zh: '预共享密钥的标识（明文）和客户端的临时公钥。',
    },
    paragraph: {
      en: 'The pre-master secret is made from both: the secret that the ephemeral keys lead to (ECDHE), and the shared key. So whoever learns the shared key later cannot decrypt what was recorded, and who merely listens cannot try out guesses at it.',
      zh: '预主密钥由两部分组成：临时密钥算出的共享秘密（ECDHE）和预共享密钥。因此日后即使预共享密钥泄露，录下的通信也解不开；只窃听的人也无从猜测它。',
    },
  },
};
