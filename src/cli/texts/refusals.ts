// Why a certificate was refused, in a sentence for people, and what to do about it. One row for each code of x509's refusals;
// the certificate, the rule and the two values that were compared stand beside the sentence.

import type { Refusal, RefusalCode } from '../../x509/refusal.ts';
import type { Text } from '../text.ts';

export interface RefusalText extends Text {
  readonly hint?: Text;
}

const TRUST: Text = {
  en: 'If you trust that CA, give its certificate: --cacert FILE. If not, somebody may be in between.',
  zh: '如果信任该 CA，用 --cacert FILE 给出其证书；否则要当心连接被中间人劫持。',
};
const FULL_CHAIN: Text = {
  en: 'The server should send the whole chain (often called fullchain.pem). Browsers often find what is missing by themselves; most tools do not.',
  zh: '服务器应发送完整证书链（常见文件名 fullchain.pem）。浏览器往往能自行补全缺失的中间证书，命令行工具大多不会。',
};
const REISSUE: Text = { en: 'The certificate has to be issued anew.', zh: '需要重新签发证书。' };
const RENEW: Text = {
  en: 'Renew the certificate on the server, or correct the clock of this machine if it is wrong.',
  zh: '请在服务器上更新证书；如果是本机时钟不准，请先校准。',
};
const NAMES: Text = {
  en: 'Connect by a name that the certificate has, or have it issued for this one. If SNI chose the wrong certificate, the server is set up wrongly.',
  zh: '请改用证书中的名称访问，或重新签发包含该名称的证书。如果是 SNI 选错了证书，则应修正服务器配置。',
};
const RENEW_CHAIN: Text = {
  en: 'The server’s own certificate is not the one at fault. Put the current certificate of that CA into the chain file of the server, or, where it is an old cross-signed one, leave it out; clients should know the newer root of the same name (--cacert). -v shows every path that was tried.',
  zh: '过期的不是服务器证书。请在服务器的证书链文件中换上该 CA 的现行证书；如果它是旧的交叉签名证书，则应删去，并让客户端信任同名的新根证书（--cacert）。-v 会列出尝试过的所有路径。',
};
const RENEW_ROOT: Text = {
  en: 'The root in the store of this machine has expired; the certificates of the server need not have. Bring the store up to date, or give the CA’s newer root: --cacert FILE. -v shows every path that was tried.',
  zh: '过期的是本机根证书库中的根证书，与服务器证书无关。请更新根证书库，或用 --cacert FILE 给出该 CA 的新根证书。-v 会列出尝试过的所有路径。',
};
const NEW_KEY: Text = {
  en: 'Have the certificate issued anew, with RSA of 2048 bits, P-256 or better.',
  zh: '请用 2048 位 RSA、P-256 或更强的密钥重新签发证书。',
};
const NEW_HASH: Text = {
  en: 'Have that certificate issued anew, signed with SHA-256. OpenSSL and curl speak of the CA whichever it is.',
  zh: '请用 SHA-256 重新签发这张证书。无论是哪一张，OpenSSL 和 curl 的说法都是“CA”。',
};
const ALTERNATIVE_NAME: Text = {
  en: 'Have it issued anew with the name in subjectAltName. curl, OpenSSL, Node and Java still accept a common name; browsers and Go do not.',
  zh: '请重新签发，把主机名写入 subjectAltName。curl、OpenSSL、Node、Java 仍接受 CN，浏览器和 Go 则会拒绝。',
};
const REVOKED: Text = {
  en: 'Do not go on: the CA has withdrawn the certificate, often because its key was stolen.',
  zh: '不要继续：CA 已吊销该证书，原因往往是私钥泄露。',
};
const STAPLE: Text = {
  en: 'The OCSP stapling of the server has to be repaired.',
  zh: '需要修复服务器的 OCSP stapling 配置。',
};
const FAULTY: Text = {
  en: 'The CA made a certificate that breaks the rules; ask for another one.',
  zh: 'CA 签发的证书不合规范，应要求重新签发。',
};

const row = (en: string, zh: string, hint?: Text): RefusalText => ({ en, zh, ...(hint && { hint }) });

export const REFUSAL_TEXTS: Readonly<Record<RefusalCode, RefusalText>> = {
  empty_chain: row('the server sent no certificate', '服务器没有发送证书'),
  too_many_certificates: row('the server sent too many certificates', '服务器发送的证书过多'),
  malformed_certificate: row('a certificate is not well-formed', '证书编码有误，无法解析', REISSUE),
  invalid_server_name: row('the name that was asked for is no host name', '所请求的名称不是合法的主机名'),
  no_trust_anchors: row('there is no CA to trust at all', '没有任何受信任的 CA', TRUST),
  missing_intermediate: row('the server left out its intermediate certificate', '服务器漏发了中间证书', FULL_CHAIN),
  unknown_issuer: row(
    'nobody trusted has issued the certificate',
    '证书的签发者不受信任，服务器也没有发送其证书',
    TRUST,
  ),
  unknown_root: row('the chain leads to a CA that is not trusted', '证书链通向不受信任的 CA', TRUST),
  untrusted_root: row('the chain is complete, but its root is not trusted', '证书链完整，但根证书不受信任', TRUST),
  self_signed_leaf: row('the certificate is self-signed and not trusted', '服务器使用自签名证书，且不受信任', TRUST),
  path_loop: row('the certificates only sign each other', '证书之间循环签发，找不到受信任的根', TRUST),
  path_budget_exceeded: row('no path was found within the bounds on work', '在限定的工作量内没有找到证书路径'),
  signature_key_mismatch: row(
    'a signature does not go with the key of its issuer',
    '签名算法与签发者的密钥类型不符',
    REISSUE,
  ),
  bad_signature: row(
    'a certificate was not signed by the one who is said to have signed it',
    '证书签名无效：并非由所称的签发者签发',
    REISSUE,
  ),
  signature_algorithm_mismatch: row(
    'a certificate names two different signature algorithms',
    '证书内外两处签名算法不一致',
    FAULTY,
  ),
  unsupported_signature_algorithm: row(
    'a certificate is signed in a way that is not supported',
    '证书使用了不支持的签名算法',
    REISSUE,
  ),
  unsupported_key: row('the certificate has a key that TLS cannot use', '证书的公钥类型无法用于 TLS', REISSUE),
  weak_key: row('a key is too weak', '密钥强度不足', NEW_KEY),
  weak_signature_hash: row('a certificate is signed with a broken hash', '证书签名使用了不安全的哈希算法', NEW_HASH),
  expired: row('a certificate has expired', '证书已过期', RENEW),
  not_yet_valid: row('a certificate is not valid yet', '证书尚未生效', RENEW),
  not_version_3: row('a CA certificate is not of version 3', 'CA 证书不是版本 3', FAULTY),
  no_basic_constraints: row('an issuer is not marked as a CA', '签发者没有 basicConstraints，不是 CA', FAULTY),
  not_a_ca: row('an issuer is not a CA', '签发者不是 CA', FAULTY),
  path_length_exceeded: row('the chain is longer than one of its CAs allows', '证书链长度超过 CA 的限制', FAULTY),
  too_many_intermediates: row('there are too many intermediate certificates', '中间证书过多'),
  no_key_cert_sign: row('an issuer may not sign certificates', '签发者的密钥用途不包括签发证书', FAULTY),
  wrong_purpose: row('the certificate is not for TLS servers', '证书用途不包括 TLS 服务器认证', REISSUE),
  issuer_wrong_purpose: row('a CA may not issue certificates for TLS servers', 'CA 无权签发 TLS 服务器证书', FAULTY),
  key_usage_not_for_tls: row(
    'the key usage of the certificate does not allow TLS',
    '证书的密钥用途不适合 TLS',
    REISSUE,
  ),
  unknown_critical_extension: row(
    'a certificate has a critical extension that is not known',
    '证书含有未知的关键扩展',
    REISSUE,
  ),
  name_not_permitted: row('a CA may not issue certificates for this name', '该名称不在 CA 的允许范围内', FAULTY),
  name_excluded: row('a CA is forbidden to issue certificates for this name', '该名称在 CA 的禁止范围内', FAULTY),
  name_constraint_unsupported: row(
    'a CA has a name constraint of a form that is not supported',
    'CA 的名称约束形式不受支持',
  ),
  malformed_name_constraints: row('the name constraints of a CA are not well-formed', 'CA 的名称约束编码有误', FAULTY),
  malformed_alternative_name: row('a name in the certificate is not well-formed', '证书中的名称格式有误', FAULTY),
  policy_required: row('a CA demands a certificate policy that is missing', '缺少 CA 要求的证书策略', FAULTY),
  no_alternative_name: row('the certificate names no host', '证书中没有任何主机名', NAMES),
  common_name_only: row(
    'the name stands only in the common name, which no longer counts',
    '主机名只写在 CN 中，已不再有效',
    ALTERNATIVE_NAME,
  ),
  pin_mismatch: row('the public key is not a pinned one', '公钥不在固定的公钥之列', FAULTY),
  name_mismatch: row('the certificate is for another name', '证书与所访问的主机名不符', NAMES),
  leaf_is_ca: row('the certificate of the server is that of a CA', '服务器使用的是 CA 证书', REISSUE),
  common_name_form: row('the common name is not among the alternative names', 'CN 不在 subjectAltName 之列', FAULTY),
  wrong_criticality: row(
    'an extension is critical where it must not be, or the other way round',
    '扩展的关键标志有误',
    FAULTY,
  ),
  bad_serial_number: row('a serial number breaks the rules', '序列号不合规范', FAULTY),
  empty_name: row('a certificate has an empty name', '证书的名称为空', FAULTY),
  missing_key_identifier: row('a key identifier is missing', '缺少密钥标识符', FAULTY),
  authority_key_identifier_form: row('a key identifier has a wrong form', '密钥标识符形式有误', FAULTY),
  misplaced_extension: row('an extension stands where it must not be', '扩展出现在不该出现的位置', FAULTY),
  inconsistent_key_usage: row('key usages contradict each other', '密钥用途自相矛盾', FAULTY),
  revoked_by_crl: row('a certificate was revoked (CRL)', '证书已被吊销（CRL）', REVOKED),
  crl_missing: row('there is no CRL for a certificate', '没有覆盖该证书的 CRL'),
  crl_malformed: row('a CRL is not well-formed', 'CRL 编码有误'),
  crl_out_of_date: row('the CRL is out of date', 'CRL 已过期'),
  crl_bad_signature: row('the signature of a CRL is wrong', 'CRL 签名无效'),
  crl_issuer_no_crl_sign: row('the issuer of a CRL may not sign CRLs', '签发者无权签发 CRL'),
  crl_not_usable: row('the CRL does not cover the certificate', 'CRL 不适用于该证书'),
  revoked_by_ocsp: row('a certificate was revoked (OCSP)', '证书已被吊销（OCSP）', REVOKED),
  ocsp_missing: row(
    'a stapled OCSP response is required, and none came',
    '必须附上 OCSP 响应（OCSP stapling），但服务器没有提供',
    STAPLE,
  ),
  ocsp_malformed: row('the OCSP response is not well-formed', 'OCSP 响应编码有误', STAPLE),
  ocsp_not_successful: row('the OCSP responder gave no answer', 'OCSP 服务没有给出结果', STAPLE),
  ocsp_wrong_certificate: row('the OCSP response is about another certificate', 'OCSP 响应针对的是另一张证书', STAPLE),
  ocsp_wrong_signer: row('the OCSP response is signed by somebody who may not', 'OCSP 响应的签名者无权签名', STAPLE),
  ocsp_bad_signature: row('the signature of the OCSP response is wrong', 'OCSP 响应签名无效', STAPLE),
  ocsp_out_of_date: row('the OCSP response is out of date', 'OCSP 响应已过期', STAPLE),
  ocsp_status_unknown: row('the OCSP responder does not know the certificate', 'OCSP 服务不认识该证书', STAPLE),
  scts_missing: row('the certificate is not in enough public logs', '证书缺少足够的公开日志记录（SCT）', REISSUE),
};

const CLIENT_TRUST: Text = {
  en: 'If that CA is to count, add its certificate to the file of --client-ca.',
  zh: '如果应当接受该 CA，请把它的证书加入 --client-ca 的文件。',
};
const CLIENT_CHAIN: Text = {
  en: 'The client should send the whole chain; with glasstls, the file of --cert holds it.',
  zh: '客户端应发送完整证书链；使用 glasstls 时，应把整条链放进 --cert 的文件。',
};
const CLIENT_RENEW: Text = {
  en: 'Renew the certificate of the client, or correct the clock of this machine if it is wrong.',
  zh: '请更新客户端的证书；如果是本机时钟不准，请先校准。',
};

/** Where the words are others when it is a client's certificate that was refused. */
const OF_CLIENTS: Readonly<Partial<Record<RefusalCode, RefusalText>>> = {
  empty_chain: row('the client sent no certificate', '客户端没有发送证书'),
  too_many_certificates: row('the client sent too many certificates', '客户端发送的证书过多'),
  no_trust_anchors: row('there is no CA to trust at all', '没有任何受信任的 CA', CLIENT_TRUST),
  missing_intermediate: row('the client left out its intermediate certificate', '客户端漏发了中间证书', CLIENT_CHAIN),
  unknown_issuer: row(
    'nobody trusted has issued the certificate',
    '证书的签发者不受信任，客户端也没有发送其证书',
    CLIENT_TRUST,
  ),
  unknown_root: row('the chain leads to a CA that is not trusted', '证书链通向不受信任的 CA', CLIENT_TRUST),
  untrusted_root: row(
    'the chain is complete, but its root is not trusted',
    '证书链完整，但根证书不受信任',
    CLIENT_TRUST,
  ),
  self_signed_leaf: row(
    'the certificate is self-signed and not trusted',
    '客户端使用自签名证书，且不受信任',
    CLIENT_TRUST,
  ),
  path_loop: row('the certificates only sign each other', '证书之间循环签发，找不到受信任的根', CLIENT_TRUST),
  expired: row('a certificate has expired', '证书已过期', CLIENT_RENEW),
  not_yet_valid: row('a certificate is not valid yet', '证书尚未生效', CLIENT_RENEW),
  wrong_purpose: row('the certificate is not for TLS clients', '证书用途不包括 TLS 客户端认证', REISSUE),
  issuer_wrong_purpose: row('a CA may not issue certificates for TLS clients', 'CA 无权签发 TLS 客户端证书', FAULTY),
  leaf_is_ca: row('the certificate of the client is that of a CA', '客户端使用的是 CA 证书', FAULTY),
};

/** What to do depends on which certificate it is: `whose`, and where it stands in the chain. */
export function refusalHint({ code, certificate }: Refusal, whose: 'server' | 'client'): Text | undefined {
  if (code === 'expired' && whose === 'server') {
    if (certificate !== undefined && certificate.kind !== 'chain') return RENEW_ROOT;
    if (certificate !== undefined && certificate.index > 0) return RENEW_CHAIN;
  }
  return refusalText(code, whose).hint;
}

/** `whose`: whose certificate was refused. */
export function refusalText(code: RefusalCode, whose: 'server' | 'client'): RefusalText {
  return (whose === 'client' ? OF_CLIENTS[code] : undefined) ?? REFUSAL_TEXTS[code];
}
