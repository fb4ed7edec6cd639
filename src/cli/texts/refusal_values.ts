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
