// The two values that a refusal compared, in Chinese. x509 words them in English around what the certificate says; here the
// wording is replaced and what the certificate says is kept. What has no row (a date, a list of names) is shown as it is.

const ROWS: readonly (readonly [RegExp, string])[] = [
  [/^an issuer named (.*), sent or trusted$/, '随证书链发送或受信任的签发者 $1'],
  [/^neither sent nor trusted$/, '既没有发送，也不受信任'],
  [/^a chain without it$/, '证书链中没有它'],
  [/^certificates that sign each other$/, '互相签发的证书'],
  [/^a certificate from a trusted CA$/, '由受信任的 CA 签发的证书'],
  [/^a certificate that names itself as its issuer$/, '签发者就是自己的证书（自签名）'],
  [/^a root that is trusted$/, '受信任的根证书'],
  [/^at least one trust anchor$/, '至少一个受信任的 CA'],
  [/^at least one certificate$/, '至少一张证书'],
  [/^none$/, '没有'],
  [/^strict DER that follows RFC 5280$/, '符合 RFC 5280 的严格 DER 编码'],
  [/^RSA, EC on (.*), Ed25519 or Ed448$/, 'RSA、EC（$1）、Ed25519 或 Ed448'],
  [/^RSA, RSASSA-PSS, ECDSA or EdDSA$/, 'RSA、RSASSA-PSS、ECDSA 或 EdDSA'],
  [/^at least (\d+) bits$/, '至少 $1 位'],
  [/^at most (\d+) bits$/, '至多 $1 位'],
  [/^RSA with (\d+) bits$/, '$1 位 RSA'],
  [/^RSA with exponent (\S+)$/, 'RSA，公钥指数为 $1'],
  [/^a number of bits that divides by 8$/, '位数能被 8 整除'],
  [/^an odd exponent from 3 to 2\^64$/, '3 到 2^64 之间的奇数公钥指数'],
  [/^version (\d+)$/, '版本 $1'],
  [/^basicConstraints with cA TRUE$/, 'basicConstraints 且 cA 为 TRUE'],
  [/^no basicConstraints$/, '没有 basicConstraints'],
  [/^cA (TRUE|FALSE)$/, 'cA 为 $1'],
  [/^no usage$/, '没有任何用途'],
  [/^critical extensions that are known$/, '可识别的关键扩展'],
  [/^digitalSignature, keyEncipherment or keyAgreement$/, 'digitalSignature、keyEncipherment 或 keyAgreement'],
  [/^4 or 16 bytes$/, '4 或 16 字节'],
  [/^a signature by the key of (?:the leaf|certificate \d+|the trust anchor) \((.*)\)$/, '由 $1 的密钥作出的签名'],
  [
    /^a signature by (\S+|an unknown key), the key of (?:the leaf|certificate \d+|the trust anchor) \((.*)\)$/,
    '$1 签名（与 $2 的密钥类型一致）',
  ],
  [/^a signature that this key did not make$/, '不是该密钥作出的签名'],
  [/^at most (\d+)$/, '至多 $1'],
  [/^at most (\d+) CA certificates below$/, '其下至多 $1 张 CA 证书'],
  [/^at most (\d+) (?:steps|signatures|signature checks)$/, '至多 $1 步'],
  [/^more$/, '超出'],
  [/^a positive number of at most 20 bytes$/, '不超过 20 字节的正数'],
  [/^a negative number$/, '负数'],
  [/^zero$/, '零'],
  [/^a (subject|issuer) that is not empty$/, '$1 不为空'],
  [/^an empty (subject|issuer)$/, '$1 为空'],
  [/^(\S+) critical$/, '$1 标为关键'],
  [/^(\S+) not critical$/, '$1 不标为关键'],
  [/^the keyIdentifier of the issuer alone$/, '只含签发者的 keyIdentifier'],
  [/^keyCertSign without cA TRUE$/, '有 keyCertSign，但 cA 不为 TRUE'],
  [/^the usual text of an IP address$/, 'IP 地址的通常写法'],
  [/^a policy that the whole path shares$/, '整条路径共有的证书策略'],
  [/^no policies$/, '没有证书策略'],
  [/^a name within (.*)$/, '属于 $1 的名称'],
  [/^a name outside (.*)$/, '不属于 $1 的名称'],
  [/^a well-formed name within (.*)$/, '属于 $1 且格式正确的名称'],
  [/^a constraint of RFC 5280 4\.2\.1\.10$/, '符合 RFC 5280 4.2.1.10 的约束'],
  [/^constraints on DNS, IP, email, URI and directory names$/, '对 DNS、IP、电子邮件、URI 或目录名称的约束'],
  [/^no (\w+KeyIdentifier)$/, '没有 $1'],
  [/^a TLS record$/, 'TLS 记录'],
  [/^notAfter no earlier than (.*)$/, 'notAfter 不早于 $1'],
  [/^notBefore no later than (.*)$/, 'notBefore 不晚于 $1'],
  [/^no names in subjectAltName$/, 'subjectAltName 中没有名称'],
  [/^at most (\S+) certificates$/, '最多 $1 张证书'],
  [/^a DNS name or an IP address$/, 'DNS 名称或 IP 地址'],
];

export function refusalValueInChinese(value: string): string {
  for (const [pattern, chinese] of ROWS) if (pattern.test(value)) return value.replace(pattern, chinese);
  return value;
}

/** `RFC 5280 6.1: a path to a trust anchor`: the section stays, the English gist goes; rows of the policy keep their names. */
export function ruleInChinese(check: string): string {
  return check.startsWith('policy:') ? check.replace('policy:', '策略：') : (check.split(':')[0] ?? check);
}
