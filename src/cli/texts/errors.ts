// The faults of the engine, one sentence for each code. The details (which message, which field, which values) stand beside it.

import type { ErrorCode } from '../../wire/error_codes.ts';
import type { Text } from '../text.ts';

const row = (en: string, zh: string): Text => ({ en, zh });

export const ERROR_TEXTS: Readonly<Record<ErrorCode, Text>> = {
  ERR_TLS_DECODE: row('a message does not follow its format', '消息格式错误，无法解析'),
  ERR_TLS_ILLEGAL_VALUE: row('a field holds a value that is not allowed', '字段取值不合法'),
  ERR_TLS_DUPLICATE_EXTENSION: row('an extension came twice', '同一扩展出现了两次'),
  ERR_TLS_MISPLACED_EXTENSION: row(
    'an extension stands in a message where it must not be',
    '扩展出现在不该出现的消息中',
  ),
  ERR_TLS_UNSOLICITED_EXTENSION: row(
    'the server answered an extension that was not offered',
    '服务器应答了未曾提出的扩展',
  ),
  ERR_TLS_MISSING_EXTENSION: row('an extension that must be there is missing', '缺少必需的扩展'),
  ERR_TLS_NOT_TLS: row('this is not TLS', '对方使用的不是 TLS'),
  ERR_TLS_RECORD_VERSION: row('a record has an impossible version', '记录的版本号不合法'),
  ERR_TLS_RECORD_OVERFLOW: row('a record is longer than allowed', '记录超过允许的长度'),
  ERR_TLS_BAD_RECORD_MAC: row(
    'a record could not be decrypted: keys differ, or bytes were changed on the way',
    '记录解密失败：双方密钥不一致，或数据在途中被改动',
  ),
  ERR_TLS_BAD_INNER_PLAINTEXT: row('an encrypted record has no content type', '加密记录中没有内容类型'),
  ERR_TLS_EMPTY_RECORD: row('an empty record where none may be', '出现了不允许的空记录'),
  ERR_TLS_INTERLEAVED: row('other records came within a handshake message', '握手消息中间夹入了其他记录'),
  ERR_TLS_KEY_CHANGE_MID_MESSAGE: row('the keys changed in the middle of a message', '消息尚未结束就更换了密钥'),
  ERR_TLS_MESSAGE_TOO_EARLY: row(
    'a handshake message was begun before the one that it answers',
    '握手消息在其应答的消息之前就已开始发送',
  ),
  ERR_TLS_BAD_CHANGE_CIPHER_SPEC: row(
    'a ChangeCipherSpec that is not the one byte 1',
    'ChangeCipherSpec 内容不是单个字节 1',
  ),
  ERR_TLS_BAD_ALERT: row('an alert that is not well-formed', '告警格式错误'),
  ERR_TLS_MESSAGE_TOO_LARGE: row('a message is larger than this side accepts', '消息超过可接受的大小'),
  ERR_TLS_TOO_MANY_EMPTY_RECORDS: row('too many empty records', '空记录过多'),
  ERR_TLS_TOO_MANY_CHANGE_CIPHER_SPECS: row('too many ChangeCipherSpec records', 'ChangeCipherSpec 记录过多'),
  ERR_TLS_TOO_MANY_WARNINGS: row('too many warnings', '警告过多'),
  ERR_TLS_TOO_MANY_POST_HANDSHAKE: row('too many messages after the handshake', '握手后的消息过多'),
  ERR_TLS_UNEXPECTED_MESSAGE: row('a message came that has no place here', '收到了此时不该出现的消息'),
  ERR_TLS_UNEXPECTED_CHANGE_CIPHER_SPEC: row(
    'a ChangeCipherSpec came where it has no place',
    '此时不该出现 ChangeCipherSpec',
  ),
  ERR_TLS_UNEXPECTED_DATA: row('application data came before the handshake was done', '握手未完成就收到了应用数据'),
  ERR_TLS_RENEGOTIATION: row('the peer wanted to renegotiate, which is not done here', '对方要求重协商，本程序不支持'),
  ERR_TLS_DOWNGRADE: row(
    'somebody forced an older version of TLS on this connection',
    '检测到降级：有人迫使连接使用更旧的 TLS 版本',
  ),
  ERR_TLS_BAD_VERSION: row('a version that makes no sense', '版本号不合理'),
  ERR_TLS_COMPRESSION: row('the peer wants compression, which is unsafe', '对方要求压缩，这是不安全的'),
  ERR_TLS_BAD_SESSION_ID: row('the session id is not the one that was sent', '会话 ID 与发送的不一致'),
  ERR_TLS_RESUMED_OTHERWISE: row(
    'the session was resumed with something that it does not have',
    '恢复会话时所用的参数与原会话不符',
  ),
  ERR_TLS_UNOFFERED_SUITE: row(
    'the server chose a cipher suite that was not offered',
    '服务器选择了客户端没有提供的密码套件',
  ),
  ERR_TLS_UNOFFERED_GROUP: row('the server chose a group that was not offered', '服务器选择了客户端没有提供的组'),
  ERR_TLS_UNOFFERED_SCHEME: row(
    'the server signed with a scheme that was not offered',
    '服务器使用了客户端没有提供的签名算法',
  ),
  ERR_TLS_UNOFFERED_ALPN: row(
    'the server chose an application protocol that was not offered',
    '服务器选择了客户端没有提供的应用层协议',
  ),
  ERR_TLS_BAD_KEY_SHARE: row('the public key of the key exchange is invalid', '密钥交换的公钥无效'),
  ERR_TLS_BAD_HELLO_RETRY: row(
    'a HelloRetryRequest that changes nothing, or a second one',
    '无意义或重复的 HelloRetryRequest',
  ),
  ERR_TLS_SECOND_HELLO_CHANGED: row(
    'the second ClientHello differs from the first where it must not',
    '第二个 ClientHello 做了不允许的改动',
  ),
  ERR_TLS_BAD_RENEGOTIATION_INFO: row('the renegotiation_info extension is wrong', 'renegotiation_info 扩展有误'),
  ERR_TLS_BAD_CERTIFICATE_CONTEXT: row(
    'a certificate request context that is not the expected one',
    '证书请求上下文不符',
  ),
  ERR_TLS_EMPTY_CERTIFICATE: row('an empty Certificate message', 'Certificate 消息为空'),
  ERR_TLS_WRONG_KEY: row(
    'the key of the certificate does not go with the cipher suite or the signature',
    '证书密钥与密码套件或签名算法不匹配',
  ),
  ERR_TLS_KEY_USAGE: row('the certificate may not be used in this way', '证书的密钥用途不允许这样使用'),
  ERR_TLS_BAD_SIGNATURE: row(
    'the signature is wrong: the peer does not hold the key of its certificate',
    '签名无效：对方并不持有证书对应的私钥',
  ),
  ERR_TLS_BAD_FINISHED: row(
    'the Finished value is wrong: the two sides did not see the same handshake',
    'Finished 校验失败：双方看到的握手内容不一致',
  ),
  ERR_TLS_CERTIFICATE_REFUSED: row('the certificate was refused', '证书未通过验证'),
  ERR_TLS_NO_SHARED_VERSION: row('no version of TLS in common', '没有双方都支持的 TLS 版本'),
  ERR_TLS_NO_SHARED_SUITE: row('no cipher suite in common', '没有双方都支持的密码套件'),
  ERR_TLS_NO_SHARED_GROUP: row('no group for the key exchange in common', '没有双方都支持的密钥交换组'),
  ERR_TLS_NO_SHARED_SCHEME: row(
    'no signature scheme in common that the certificate can serve',
    '没有双方都支持且证书可用的签名算法',
  ),
  ERR_TLS_NO_SHARED_ALPN: row('no application protocol in common (ALPN)', '没有双方都支持的应用层协议（ALPN）'),
  ERR_TLS_INAPPROPRIATE_FALLBACK: row(
    'the client fell back to an older version without need',
    '客户端进行了不必要的版本回退',
  ),
  ERR_TLS_NO_SECURE_RENEGOTIATION: row(
    'the server does not know secure renegotiation (RFC 5746)',
    '服务器不支持安全重协商（RFC 5746）',
  ),
  ERR_TLS_NO_EXTENDED_MASTER_SECRET: row(
    'the peer does not speak extended_master_secret, which is required here',
    '对端不支持 extended_master_secret，而这里要求必须支持',
  ),
  ERR_TLS_WEAK_DH: row('the Diffie-Hellman group is too small', 'Diffie-Hellman 群的位数太小'),
  ERR_TLS_NO_CLIENT_CERTIFICATE: row('the client sent no certificate', '客户端没有发送证书'),
  ERR_TLS_NO_CREDENTIAL: row(
    'none of our certificates is of the kind that the server asks for',
    '我方没有符合服务器要求的证书',
  ),
  ERR_TLS_NO_PSK: row('there is no key shared with the server', '没有与服务器共享的密钥'),
  ERR_TLS_BAD_COMPRESSION: row('the compressed certificate cannot be unpacked', '压缩的证书无法解压'),
  ERR_TLS_BAD_PSK: row('the extension pre_shared_key is not as it must be', 'pre_shared_key 扩展的内容不符合规定'),
  ERR_TLS_BAD_BINDER: row(
    'the client does not hold the key that it offers to go on from: that of a ticket, or one shared beforehand',
    '客户端并不持有所提出的密钥（票据对应的密钥或共享密钥），binder 不正确',
  ),
  ERR_TLS_BAD_EARLY_DATA: row('early data was accepted under other conditions', '早期数据被接受时的条件与发送时不一致'),
  ERR_TLS_TOO_MUCH_EARLY_DATA: row('more early data than allowed', '早期数据超过了允许的长度'),
  ERR_TLS_UNKNOWN_PSK_IDENTITY: row('no key is shared under this identity', '该身份标识没有对应的共享密钥'),
  ERR_TLS_ALERT_RECEIVED: row('the peer gave up with an alert', '对方发来告警并终止'),
  ERR_TLS_EOF_IN_HANDSHAKE: row(
    'the peer closed the connection in the middle of the handshake',
    '对方在握手中途关闭了连接',
  ),
  ERR_TLS_HANDSHAKE_TIMEOUT: row('the handshake took too long', '握手超时'),
  ERR_TLS_TRUNCATED: row(
    'the connection was cut off without close_notify: something may be missing',
    '连接未发 close_notify 就中断，数据可能不完整',
  ),
  ERR_TLS_CONFIG: row('the settings cannot work', '设置无法使用'),
  ERR_TLS_USAGE: row('a fault in the use of the library', '库的用法有误'),
  ERR_TLS_ANSWER: row('a question of the handshake was not answered', '握手所需的答复没有给出'),
  ERR_TLS_ABORTED: row('the application ended the connection', '应用程序终止了连接'),
  ERR_TLS_INTERNAL: row('a fault of glasstls itself', 'glasstls 自身的错误'),
  ERR_TLS_KEY_EXHAUSTED: row('a key was used as often as it may be', '密钥已用到上限'),
  ERR_TLS_INPUT_BUFFER_FULL: row(
    'the peer sends more than can be kept while the handshake waits',
    '等待期间对方发送的数据超出缓冲上限',
  ),
};
