// What the fields of TLS 1.2's ServerKeyExchange and ClientKeyExchange mean, in each of their forms (RFC 5246 7.4.3 and 7.4.7,
// RFC 8422 5.4 and 5.7, RFC 4279, RFC 5489). What several forms share stands once and is set under each form's name.

import type { FieldText } from '../text.ts';

type Fields = Readonly<Record<string, FieldText>>;

/** The curve and the point on it. */
const ECDH_PARAMS: Fields = {
  'params.curve_type': {
    en: 'How the curve is given: by name. Curves spelt out by their parameters are no longer accepted.',
    zh: '曲线的给出方式：按名称。显式给出曲线参数的方式已被废弃。',
  },
  'params.named_curve': {
    en: "The group that the server chose from the client's supported_groups.",
    zh: '服务器从客户端 supported_groups 中选定的曲线。',
  },
  'params.public': {
    en: "The server's ephemeral public key: made for this connection and forgotten after it.",
    zh: '服务器的临时公钥：只为本次连接生成，用后即弃。',
  },
};

/** The finite field, which in TLS 1.2 the server alone chooses. */
const DH_PARAMS: Fields = {
  'params.dh_p': {
    en: 'The prime: all computation is modulo this number. The server alone chose it; the client can only accept it or give up.',
    zh: '素数 p：所有运算都对它取模。它由服务器单方面选定，客户端只能接受或终止握手。',
  },
  'params.dh_g': {
    en: 'The generator: the number that both sides raise to their secret exponents.',
    zh: '生成元 g：双方各以自己的秘密指数对它求幂。',
  },
  'params.dh_Ys': {
    en: "The server's ephemeral public value: g to the power of its secret exponent, modulo p.",
    zh: '服务器的临时公开值：g 的秘密指数次幂对 p 取模。',
  },
};

/** What makes the parameters believable where there are certificates. */
const SIGNATURE: Fields = {
  algorithm: {
    en: "The signature scheme, one of the client's signature_algorithms.",
    zh: '签名算法，取自客户端的 signature_algorithms。',
    rfc: 'RFC 5246 7.4.3',
  },
  signature: {
    en: "Made with the certificate's private key over client_random, server_random and params: proof that the ephemeral key is the server's.",
    zh: '用证书私钥对 client_random、server_random 和 params 所作的签名，证明这个临时公钥确实属于该服务器。',
    rfc: 'RFC 5246 7.4.3',
  },
};

const SIGNED_PARAMS: FieldText = {
  en: "The server's half of the key exchange. The signature below covers both randoms and exactly these bytes.",
  zh: '服务器一方的密钥交换参数。下面的签名覆盖两个随机数和这一段字节。',
};

const PSK_PARAMS: FieldText = {
  en: "The server's half of the key exchange. Nothing signs it: who changes it without knowing the shared key is found out by Finished.",
  zh: '服务器一方的密钥交换参数。这里没有签名：不知道预共享密钥的人若改动它，会在 Finished 处暴露。',
};

const HINT: Fields = {
  psk_identity_hint: {
    en: 'Helps the client to choose the key. RFC 4279 leaves its meaning to the application; often it is empty.',
    zh: '帮助客户端挑选密钥的提示。其含义由应用自行约定（RFC 4279），常常为空。',
  },
};

const IDENTITY: Fields = {
  psk_identity: {
    en: 'The name of the key that the client uses. Sent in clear: everybody on the way can read it.',
    zh: '客户端所用密钥的标识。以明文发送，沿途任何人都能看到。',
  },
};

const ECDH_YC: Fields = {
  ecdh_Yc: {
    en: "The client's ephemeral public key. Both sides now compute the same shared secret; it never crosses the wire.",
    zh: '客户端的临时公钥。双方据此各自算出同一个共享秘密，共享秘密本身从不在网络上传输。',
  },
};

const DH_YC: Fields = {
  dh_Yc: {
    en: "The client's ephemeral public value, modulo the server's prime. Both sides now compute the same shared secret; it never crosses the wire.",
    zh: '客户端的临时公开值，对服务器给出的素数取模。双方据此各自算出同一个共享秘密，共享秘密本身从不在网络上传输。',
  },
};

export const KEY_EXCHANGE_FIELDS: Fields = {
  ...under('server_key_exchange_ecdhe', { params: SIGNED_PARAMS, ...ECDH_PARAMS, ...SIGNATURE }),
  ...under('server_key_exchange_dhe', { params: SIGNED_PARAMS, ...DH_PARAMS, ...SIGNATURE }),
  ...under('server_key_exchange_psk', HINT),
  ...under('server_key_exchange_dhe_psk', { ...HINT, params: PSK_PARAMS, ...DH_PARAMS }),
  ...under('server_key_exchange_ecdhe_psk', { ...HINT, params: PSK_PARAMS, ...ECDH_PARAMS }),
  ...under('client_key_exchange_rsa', {
    encrypted_pre_master_secret: {
      en: "The pre-master secret (2 bytes of version, 46 random bytes) encrypted with the public key of the server's certificate.",
      zh: '用服务器证书中的公钥加密的预主密钥（2 字节版本号加 46 字节随机数）。',
    },
  }),
  ...under('client_key_exchange_ecdhe', ECDH_YC),
  ...under('client_key_exchange_dhe', DH_YC),
  ...under('client_key_exchange_psk', IDENTITY),
  ...under('client_key_exchange_dhe_psk', { ...IDENTITY, ...DH_YC }),
  ...under('client_key_exchange_ecdhe_psk', { ...IDENTITY, ...ECDH_YC }),
};

function under(form: string, fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, text]) => [`${form}.${name}`, text]));
}
