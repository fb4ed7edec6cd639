// What `glasstls help` says around the table of flags: the commands, examples, the environment.

import type { Command } from '../flags.ts';
import type { Text } from '../text.ts';
import { DECODE_HELP } from './decode.ts';

export const SUMMARY: Text = {
  en: 'glasstls: TLS 1.2 and 1.3 that one can see through',
  zh: 'glasstls：看得透的 TLS 1.2 和 1.3',
};

/** Those that there are completions for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export interface CommandHelp {
  readonly usage: string;
  readonly summary: Text;
  /** What stands behind the flags, for who completes it: a file, or one of a few words. */
  readonly operand?: 'FILE' | readonly string[];
  readonly examples: readonly (readonly [command: string, what: Text])[];
}

export const COMMANDS: Readonly<Record<Command, CommandHelp>> = {
  connect: {
    usage: 'glasstls [connect] [flags] https://HOST[:PORT]/PATH',
    summary: {
      en: 'Connects, shows the handshake, asks for a page over HTTP/2 or HTTP/1.1.',
      zh: '建立连接并显示握手过程，再用 HTTP/2 或 HTTP/1.1 请求页面。',
    },
    examples: [
      [
        'glasstls -v https://example.com/',
        { en: 'the handshake in the words of curl -v', zh: '用 curl -v 的说法显示握手' },
      ],
      ['glasstls -vvvv -I https://example.com/', { en: 'every field and every key', zh: '展开每个字段和每个密钥' }],
      [
        'glasstls --format ladder https://example.com/',
        { en: 'the handshake as a diagram with its round trips', zh: '以时序图显示握手及其往返' },
      ],
      [
        'glasstls --tls-max 1.2 --ciphers ECDHE-RSA-AES128-GCM-SHA256 -vI https://example.com/',
        { en: 'TLS 1.2 with one cipher suite', zh: 'TLS 1.2，只用一个密码套件' },
      ],
      ['glasstls --cacert ca.pem https://localhost:8443/', { en: 'trust a CA of your own', zh: '信任自己的 CA' }],
      [
        'glasstls --cert client.pem --key client.key https://bank.example/',
        { en: 'a client certificate, for a server that asks for one', zh: '服务器要求时出示客户端证书' },
      ],
      [
        'glasstls -v --session s.pem https://example.com/',
        { en: 'twice: the second time the session is resumed', zh: '执行两次：第二次恢复会话' },
      ],
      [
        'glasstls -v --session s.pem --tls-earlydata https://example.com/',
        {
          en: 'the second time the request goes out with the ClientHello',
          zh: '第二次时，请求随 ClientHello 一起发出',
        },
      ],
      [
        'glasstls --starttls smtp mail.example:587',
        { en: 'TLS that begins in the middle of another protocol', zh: '在其他协议中途升级到 TLS' },
      ],
      [
        'glasstls -x socks5h://127.0.0.1:1080 https://example.com/',
        { en: 'through ssh -D 1080, which also resolves the name', zh: '经由 ssh -D 1080 连接，域名也由对端解析' },
      ],
      ['glasstls --showcerts -s https://example.com/', { en: 'the chain as PEM', zh: '以 PEM 输出证书链' }],
      [
        'glasstls --repeat 10 https://example.com/',
        { en: 'how often sessions are resumed', zh: '统计会话恢复的成功率' },
      ],
      [
        'glasstls --keylog keys.txt --trace trace.jsonl https://example.com/',
        { en: 'for Wireshark and for tools', zh: '留给 Wireshark 和其他工具分析' },
      ],
    ],
  },
  serve: {
    usage: 'glasstls serve [flags]',
    summary: {
      en: 'A TLS server that shows each handshake from its side and says why clients fail.',
      zh: 'TLS 服务器：从服务器一侧显示每次握手，并说明客户端为何失败。',
    },
    examples: [
      [
        'glasstls serve --ca-out ca.pem',
        {
          en: 'then: glasstls --cacert ca.pem https://localhost:8443/',
          zh: '然后执行：glasstls --cacert ca.pem https://localhost:8443/',
        },
      ],
      [
        'glasstls serve -vv --tls-max 1.2',
        { en: 'TLS 1.2 only, with records and decisions', zh: '只用 TLS 1.2，并显示记录和协商决定' },
      ],
      [
        'glasstls serve --client-ca clients.pem --require-client-cert',
        { en: 'only clients with a certificate from that CA', zh: '只接受持有该 CA 所签证书的客户端' },
      ],
      [
        'glasstls serve --cert chain.pem --key key.pem --host 0.0.0.0 --port 443',
        { en: 'your own certificate, for everybody', zh: '使用自己的证书，对外提供服务' },
      ],
    ],
  },
  demo: {
    usage: 'glasstls demo [flags]',
    summary: {
      en: 'The handshake explained on real bytes, between a client and a server in this process: RSA, ECDHE and TLS 1.3; in chapters of their own both versions side by side, HelloRetryRequest, resumed sessions, early data, client certificates, bytes changed on the way, an expired certificate.',
      zh: '用真实字节讲解握手，客户端和服务器都在本进程内：RSA、ECDHE 和 TLS 1.3；另有单独的章节讲两个版本对比、HelloRetryRequest、恢复会话、早期数据、客户端证书、途中改动字节、证书过期。',
    },
    examples: [
      ['glasstls demo', { en: 'three chapters and the comparison', zh: '前三章和对比表' }],
      ['glasstls demo --chapter rsa --lang zh', { en: 'one chapter, in Chinese', zh: '只看一章，中文' }],
      ['glasstls demo --chapter all', { en: 'all ten, page by page in a terminal', zh: '全部十章，在终端里分页显示' }],
    ],
  },
  decode: DECODE_HELP,
  explain: {
    usage: 'glasstls explain X',
    summary: {
      en: 'What X is, and what to do about it: a message, an extension, a cipher suite, a group, a signature scheme, an alert, an error code or error text of glasstls, OpenSSL, curl, Node, Java or Chrome, by name or by number.',
      zh: '解释 X 是什么、该怎么办：消息、扩展、密码套件、密钥交换组、签名算法、告警，或 glasstls、OpenSSL、curl、Node、Java、Chrome 的错误码和错误文本，名称或编号均可。',
    },
    examples: [
      ['glasstls explain alert 40', { en: 'an alert by its number', zh: '按编号查询告警' }],
      ['glasstls explain 0xc02f', { en: 'a cipher suite', zh: '密码套件' }],
      [
        'glasstls explain UNABLE_TO_VERIFY_LEAF_SIGNATURE',
        { en: 'what Node means, and what to do', zh: 'Node 的错误码是什么意思、该怎么办' },
      ],
      ['glasstls explain wrong version number', { en: 'a text of OpenSSL', zh: 'OpenSSL 的错误文本' }],
    ],
  },
  completions: {
    usage: 'glasstls completions bash|zsh|fish',
    operand: SHELLS,
    summary: {
      en: 'Prints what makes a shell complete commands, flags and their words.',
      zh: '输出 shell 补全脚本，可补全命令、选项及其取值。',
    },
    examples: [
      [
        'source <(glasstls completions bash)',
        { en: 'for this shell; in ~/.bashrc for all', zh: '对当前 shell 生效；写入 ~/.bashrc 则一直有效' },
      ],
      ['source <(glasstls completions zsh)', { en: 'for zsh, behind compinit', zh: '用于 zsh，放在 compinit 之后' }],
      ['glasstls completions fish | source', { en: 'the same for fish', zh: '用于 fish' }],
    ],
  },
};

export const WORDS = {
  usage: { en: 'Usage: ', zh: '用法：' },
  commands: { en: 'Commands', zh: '命令' },
  examples: { en: 'Examples', zh: '示例' },
  more: {
    en: 'glasstls help COMMAND lists its flags; glasstls help all lists every flag; glasstls help exit-codes and glasstls help environment say the rest, glasstls help man is the manual page.',
    zh: '“glasstls help 命令”列出该命令的选项；“glasstls help all”列出全部选项；另见 glasstls help exit-codes 和 glasstls help environment；glasstls help man 输出手册页。',
  },
  otherForm: {
    en: '--format {form} is for glasstls {other}; glasstls {command} draws {forms}',
    zh: '--format {form} 只用于 glasstls {other}；glasstls {command} 可用 {forms}',
  },
  badShell: {
    en: 'completions are there for {shells}, not for {shell}',
    zh: '只支持 {shells} 的补全，不支持 {shell}',
  },
  exitCodes: { en: 'Exit codes (those of curl)', zh: '退出码（与 curl 一致）' },
  environment: { en: 'Environment', zh: '环境变量' },
  noTopic: { en: 'there is no help on {topic}', zh: '没有关于 {topic} 的帮助' },
  topics: { en: 'Topics: {topics}', zh: '可用主题：{topics}' },
} as const satisfies Record<string, Text>;

export const ENVIRONMENT: readonly (readonly [string, Text])[] = [
  [
    'SSL_CERT_FILE',
    {
      en: 'File of trusted certificates in place of the built-in roots, when there is no --cacert.',
      zh: '未给出 --cacert 时，用此文件中的证书代替内置根证书。',
    },
  ],
  [
    'SSL_CERT_DIR',
    {
      en: 'Folders of trusted certificates, separated by colons, beside SSL_CERT_FILE.',
      zh: '受信任证书所在的目录，用冒号分隔，可与 SSL_CERT_FILE 并用。',
    },
  ],
  ['NODE_EXTRA_CA_CERTS', { en: 'File of certificates to trust besides.', zh: '额外信任的证书文件。' }],
  [
    'SSLKEYLOGFILE',
    {
      en: 'File for the secrets of connections, when there is no --keylog.',
      zh: '未给出 --keylog 时，连接密钥写入此文件。',
    },
  ],
  [
    'HTTPS_PROXY, ALL_PROXY, NO_PROXY',
    {
      en: 'The proxy, when there is no -x, and the hosts that need none. Small letters come first.',
      zh: '未给出 -x 时使用的代理，以及不经代理的主机。小写的变量名优先。',
    },
  ],
  ['NO_COLOR', { en: 'No colours, whatever else is set.', zh: '一律不使用颜色。' }],
  [
    'FORCE_COLOR',
    { en: 'Colours even where there is no terminal; 0 turns them off.', zh: '即使不是终端也使用颜色；设为 0 则关闭。' },
  ],
  [
    'PAGER',
    {
      en: 'What demo shows a text with that is longer than the terminal; less -R without it, nothing when it is empty or cat.',
      zh: 'demo 的内容超过终端高度时所用的分页程序；未设置则用 less -R，为空或 cat 则不分页。',
    },
  ],
  ['COLUMNS', { en: 'Width where there is no terminal.', zh: '不是终端时的输出宽度。' }],
  [
    'LC_ALL, LC_MESSAGES, LANG',
    {
      en: 'Language, when there is no --lang: Chinese for zh, English for all else.',
      zh: '未给出 --lang 时决定语言：zh 开头为中文，其余为英文。',
    },
  ],
];
