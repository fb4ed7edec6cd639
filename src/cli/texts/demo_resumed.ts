// The chapter on resumed sessions: what stands around its ladders and tables. What each message does is said in inspect/texts.

import type { Text } from '../text.ts';
import type { StepText } from './demo_steps.ts';

export const RESUMED = {
  title: { en: 'TLS 1.2, a session resumed', zh: 'TLS 1.2：恢复会话' },
  intro: {
    en: 'A full handshake costs two round trips, and slow public-key operations on both sides. Who comes back soon need not pay for them again: both sides still have the master secret of the session, and with two new random numbers it makes new keys. They only have to find it again, and there are two ways. By session id, the server keeps the session in its memory and tells the client its number. By ticket, the server seals the session with a key that only it has, gives it to the client to keep, and forgets it. For this chapter four connections were made: for either way a full one and a resumed one.',
    zh: '完整握手要两个往返，双方还都要做开销大的公钥运算。刚连过不久又来连接，不必再付一次代价：双方都还保存着该会话的主密钥，加上两个新的随机数就能派生出新的密钥。要做的只是把会话找回来，办法有两种。会话 ID（Session ID）：服务器把会话记在自己的内存里，告诉客户端一个编号。会话票据（Session Ticket）：服务器用只有自己知道的密钥把会话加密，交给客户端保管，自己不再记录。本章为此真实连接了四次：两种办法各一次完整握手、一次恢复。',
  },
  first: { en: 'The first time: a full handshake', zh: '第一次：完整握手' },
  second: { en: 'The second time: the session is resumed', zh: '第二次：恢复会话' },
  byId: { en: 'By session id', zh: '凭会话 ID' },
  byIdText: {
    en: 'The first ClientHello has no session id: there is nothing to resume yet. The server makes one up and gives it in ServerHello. The next time the client sends it along; the server finds the session in its memory, and says so by sending the same id back.',
    zh: '第一次的 ClientHello 里没有会话 ID，因为还没有会话可恢复。服务器生成一个，在 ServerHello 里给出。第二次客户端把它带上；服务器在内存里找到这个会话，就把同一个 ID 送回，表示同意恢复。',
  },
  byTicket: { en: 'By ticket', zh: '凭会话票据' },
  byTicketText: {
    en: 'An empty session_ticket extension in ClientHello asks for a ticket. Before its Finished, the server sends one in NewSessionTicket: the whole session, sealed. The next time the client puts it into that extension; the server opens it and has everything it needs. (The session id of that ClientHello is made up by the client: when it comes back, the ticket was taken.)',
    zh: 'ClientHello 里空的 session_ticket 扩展表示想要票据。服务器在自己的 Finished 之前用 NewSessionTicket 发出票据：整个会话，已加密。第二次客户端把票据放进这个扩展；服务器解开票据，需要的信息就都有了。（此时 ClientHello 里的会话 ID 是客户端临时生成的：服务器把它送回，就表示接受了票据。）',
  },
  saved: { en: 'What was saved, counted in the two connections above:', zh: '节省了多少（根据上面两次连接统计）：' },
  steps: { en: 'The resumed handshake, step by step', zh: '恢复会话逐步讲解' },
  keys: {
    en: 'There is no key exchange, and so no pre-master secret: the master secret is the one of the first connection. The randoms are new, and with them all keys.',
    zh: '没有密钥交换，因此没有预主密钥：主密钥就是第一次连接的那个。随机数是新的，所以派生出的密钥也全是新的。',
  },
  checked: {
    en: 'Checked: both connections have the same master secret, and not one of the {count} keys that came from it is the same.',
    zh: '已核对：两次连接的主密钥相同，由它派生的 {count} 个密钥则无一相同。',
  },
  unchecked: {
    en: 'The secrets of the two connections are NOT as they should be.',
    zh: '两次连接的密钥与预期不符！',
  },
  secrecy: { en: 'What a ticket means for forward secrecy', zh: '票据与前向安全性' },
  secrecyText: {
    en: 'ECDHE gave the first connection forward secrecy: the private key of the certificate opens nothing that was recorded, today or later. The ticket takes that back for as long as its key exists, because the master secret is in it, and it crossed the wire before the server’s Finished, with nothing around it but that key. Whoever gets the ticket key opens it as the server does:',
    zh: 'ECDHE 让第一次连接具备前向安全性：即使证书私钥日后被盗，也解不开录下的数据。但只要票据密钥还在，票据就抵消了这一点：主密钥就在票据里，而票据在服务器的 Finished 之前就发到了网络上，除票据密钥外再无保护。谁得到票据密钥，就能像服务器那样解开它：',
  },
  thief: {
    en: 'Tried out: the recorded NewSessionTicket and the ticket key of the server give',
    zh: '当场验证：用服务器的票据密钥解开录下的 NewSessionTicket，得到',
  },
  thiefSame: {
    en: 'the very master secret of above. The first connection and every one that was resumed from it can be read.',
    zh: '正是上面的主密钥：第一次连接，以及由它恢复的每一次连接，全部可以解密。',
  },
  advice: {
    en: 'So forward secrecy begins when the ticket key is gone. Servers should make a new one every few hours, keep it in memory only, and share it among the machines of one site over a safe way; many never change it until they are restarted. Session ids have the same weakness in another place: the cache of the server holds the master secrets.',
    zh: '因此，要到票据密钥销毁之后才有前向安全性。服务器应每隔几小时更换票据密钥，只放在内存里，同一站点的多台机器之间通过安全途径共享；但很多服务器直到重启才会更换。会话 ID 也有同样的弱点，只是位置不同：主密钥都存放在服务器的缓存里。',
  },
  tls13: {
    en: 'TLS 1.3 has tickets only, and mends this: a ticket holds a secret made for resuming alone, from which the first connection cannot be read; and in the mode that is commonly used (psk_dhe_ke) both sides mix a new (EC)DHE secret in, so that the resumed connection has forward secrecy too. What a stolen ticket key still opens are early data (0-RTT).',
    zh: 'TLS 1.3 只有票据一种方式，并修正了这个问题：票据里的秘密专为恢复而派生，由它推不出第一次连接的密钥；在通常使用的 psk_dhe_ke 模式下，恢复时双方还会混入新的 (EC)DHE 秘密，恢复的连接因此也有前向安全性。票据密钥被盗后，仍会暴露的只有早期数据（0-RTT）。',
  },
  interview: { en: 'The interview question', zh: '面试题' },
  question: {
    en: 'What is session resumption, what does it save, and how do session id and session ticket differ?',
    zh: '什么是会话恢复（会话复用）？它节省了什么？Session ID 和 Session Ticket 有什么区别？',
  },
} as const satisfies Record<string, Text>;

/** `{...}` are counted: round trips and messages of both handshakes, how many bytes fewer, all public-key operations of the full one. */
export const ANSWERS: readonly Text[] = [
  {
    en: 'The second connection goes on from the master secret of the first. It takes {tripsAfter} round trip in place of {tripsBefore}, {messagesAfter} handshake messages in place of {messagesBefore}, {percent} % fewer bytes, and none of the {work} public-key operations: no certificate is sent and no key exchanged.',
    zh: '第二次连接沿用第一次的主密钥：往返由 {tripsBefore} 个减为 {tripsAfter} 个，握手消息由 {messagesBefore} 条减为 {messagesAfter} 条，字节数减少 {percent}%，{work} 次公钥运算全部省去，因为既不发送证书，也不做密钥交换。',
  },
  {
    en: 'It is still a handshake: two new randoms, new session keys, and a Finished from either side, the server’s first. That is also how both prove that they have the master secret.',
    zh: '它仍然是一次握手：两个新随机数、新的会话密钥，双方各发一条 Finished（服务器在先）；双方也由此证明自己持有主密钥。',
  },
  {
    en: 'Session id: the state is with the server. The server gives the id in ServerHello, the client returns it. It costs the server memory, and all machines behind a load balancer have to share that memory.',
    zh: 'Session ID：状态在服务器。服务器在 ServerHello 里给出 ID，客户端下次带回。代价是占用服务器内存，负载均衡后面的各台机器还要共享这份缓存。',
  },
  {
    en: 'Session ticket (RFC 5077): the state is with the client, sealed by the server, which keeps nothing. The client cannot read it. All machines of a site only have to share one key, and that key has to be changed often.',
    zh: 'Session Ticket（RFC 5077）：状态在客户端，由服务器加密，服务器什么也不存，客户端也看不到内容。同一站点的机器只需共享一个密钥，但这个密钥必须经常更换。',
  },
  {
    en: 'The price: no certificate is checked again, so a client must bind the session to name and trust and let it end with the certificate; and in TLS 1.2 there is no forward secrecy while cache or ticket key exist.',
    zh: '代价：不再重新验证证书，所以客户端要把会话与主机名和信任设置绑定，并随证书到期而失效；而且在 TLS 1.2 中，只要缓存或票据密钥还在，就没有前向安全性。',
  },
];

export const RESUMED_STEPS: readonly StepText[] = [
  { title: { en: 'ClientHello, with the ticket', zh: 'ClientHello（带着票据）' }, messages: ['client_hello'] },
  { title: { en: 'ServerHello, with the id sent back', zh: 'ServerHello（送回会话 ID）' }, messages: ['server_hello'] },
  {
    title: { en: 'ChangeCipherSpec and Finished, from the server', zh: 'ChangeCipherSpec 和 Finished（服务器）' },
    messages: ['server_change_cipher_spec', 'server_finished'],
  },
  {
    title: { en: 'ChangeCipherSpec and Finished, from the client', zh: 'ChangeCipherSpec 和 Finished（客户端）' },
    messages: ['client_change_cipher_spec', 'client_finished'],
  },
];

/** The names of values in this chapter. */
export const RESUMED_VALUES = {
  idSent1: { en: 'id in ClientHello 1', zh: '第一次 ClientHello 中的 ID' },
  idGiven: { en: 'id in ServerHello 1', zh: '第一次 ServerHello 中的 ID' },
  idSent2: { en: 'id in ClientHello 2', zh: '第二次 ClientHello 中的 ID' },
  idBack: { en: 'id in ServerHello 2', zh: '第二次 ServerHello 中的 ID' },
  empty: { en: 'empty', zh: '空' },
  kept: { en: 'with the server', zh: '服务器保存' },
  keptById: {
    en: 'the session, under its id: {length} bytes of memory',
    zh: '会话本身，按 ID 存放，占内存 {length} 字节',
  },
  keptNothing: { en: 'nothing but its ticket key', zh: '除票据密钥外什么也不存' },
  ticketGiven: { en: 'NewSessionTicket 1', zh: '第一次 NewSessionTicket' },
  ticketSent: { en: 'ticket in ClientHello 2', zh: '第二次 ClientHello 中的票据' },
  same: { en: 'the same {length} bytes', zh: '同样的 {length} 字节' },
  other: { en: 'OTHER BYTES', zh: '内容不同！' },
  keyName: { en: 'of it: name of the key', zh: '其中：密钥名' },
  sealed: { en: 'of it: sealed', zh: '其中：密文' },
  lifetime: { en: 'lifetime hint', zh: '建议有效期' },
  seconds: { en: '{n} s', zh: '{n} 秒' },
  master1: { en: 'master secret 1', zh: '第一次的主密钥' },
  master2: { en: 'master secret 2', zh: '第二次的主密钥' },
  key1: { en: 'client_write_key 1', zh: '第一次 client_write_key' },
  key2: { en: 'client_write_key 2', zh: '第二次 client_write_key' },
} as const satisfies Record<string, Text>;
