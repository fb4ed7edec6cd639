// The chapter on early data: what it saves, what its keys are made of, and what a replay is.

import type { Text } from '../text.ts';
import type { StepText } from './demo_steps.ts';

export const EARLY = {
  title: { en: 'TLS 1.3 early data (0-RTT), and a replay', zh: 'TLS 1.3：早期数据（0-RTT）与重放' },
  intro: {
    en: 'Who comes back with a ticket has a key in common with the server before a word is said. So the first flight can carry data already, encrypted with that key: the request goes out with the ClientHello, and waits for nothing. That is 0-RTT. It has a price that nothing else in TLS has: the data may be repeated by anybody who recorded it, and its key has no forward secrecy. Both are tried out below. Shown are two connections of a client that comes back: without early data, and with.',
    zh: '带着票据回来的客户端，一句话还没说就与服务器有了共同的密钥。因此第一批报文就可以带数据，用这个密钥加密：请求随 ClientHello 一起发出，什么也不用等。这就是 0-RTT。它的代价在 TLS 中独一无二：录下数据的任何人都可以重放，而且它的密钥没有前向安全性。下面两点都当场验证。先看同一个客户端回来的两次连接：不用早期数据，和使用早期数据。',
  },
  without: { en: 'Resumed, the request after the handshake', zh: '恢复会话，握手后发请求' },
  with: { en: 'Resumed, the request as early data', zh: '恢复会话，请求作为早期数据' },
  saved: {
    en: 'Round trips before the request leaves, TCP’s own not counted: {full} in the first connection, {resumed} in a resumed one, {early} with early data.',
    zh: '发出请求前的往返数（不计 TCP 自身的往返）：首次连接 {full} 个，恢复会话 {resumed} 个，使用早期数据 {early} 个。',
  },
  keys: { en: 'What the keys of early data are made of', zh: '早期数据的密钥从何而来' },
  keysText: {
    en: 'The key of the ticket and the ClientHello, and nothing else: no key exchange has happened yet, and nothing that the server says in this connection goes in. All later keys are made as ever, with a new key exchange.',
    zh: '只有票据对应的密钥和这条 ClientHello：此时还没有做密钥交换，服务器在本次连接中说的任何内容都没有参与。此后的密钥照常派生，包含新的密钥交换。',
  },
  secrecy: { en: 'And if the ticket key is stolen later?', zh: '如果日后票据密钥被盗？' },
  secrecyText: {
    en: 'Tried out: the ticket stands in the recorded ClientHello. Who has the server’s ticket key opens it, takes out the key, derives what stands above, and decrypts the recorded early data:',
    zh: '当场验证：录下的 ClientHello 里就有票据。谁有服务器的票据密钥，就能解开它，取出其中的密钥，照上面的步骤派生，再解密录下的早期数据：',
  },
  rest: {
    en: 'The answer of the server stays closed: its keys had a new key exchange in them.',
    zh: '服务器的应答仍然解不开：它的密钥里混入了新的密钥交换。',
  },
  replay: { en: 'The replay', zh: '重放' },
  replayText: {
    en: 'Somebody on the way recorded the first flight, {bytes} bytes: ClientHello and an order in early data. He can read nothing of the order and change nothing. He sends the same bytes to the server again, over a connection of his own. This was done just now, to four servers that the customer had ordered from once each:',
    zh: '途中有人录下了第一批报文，共 {bytes} 字节：ClientHello，以及放在早期数据里的一份订单。他看不懂订单，也改不了。他只是另建一条连接，把同样的字节再发一遍。刚才对四台服务器真的做了一次，客户在每台上各下过一次单：',
  },
  orders: {
    en: 'orders carried out: {before}, after the replay {after}',
    zh: '执行订单 {before} 次，重放后共 {after} 次',
  },
  says: { en: 'the server on the replay: {decision}', zh: '服务器对重放的处理：{decision}' },
  deliver: { en: 'takes early data at once', zh: '立即处理早期数据' },
  ledger: { en: 'remembers used tickets', zh: '记住用过的票据' },
  withhold: { en: 'waits for Finished', zh: '等待 Finished' },
  later: { en: 'takes it at once, a minute later', zh: '立即处理，但已过一分钟' },
  why: {
    en: 'To the first server the copy is as good as the original: ticket, binder and encryption are all right, for nothing in them depends on the server. The second keeps a list of the tickets that were used (RFC 8446 8.1), which all machines of a site would have to share. The third lets nothing happen until the client’s Finished has come, which only the owner of the keys can make: safe, and the answer comes no earlier than without early data. The fourth looks at the age that the client says its ticket has (8.3): that narrows the time, and leaves ten seconds.',
    zh: '对第一台服务器来说，副本与原件同样有效：票据、binder、加密都没有问题，因为其中没有任何内容取决于服务器。第二台记录用过的票据（RFC 8446 8.1），同一站点的所有机器都要共享这份记录。第三台要等到客户端的 Finished 才处理，而只有持有密钥的人才能生成 Finished：这样是安全的，但应答也不比不用早期数据更早。第四台核对客户端声明的票据年龄（8.3）：只能缩短可重放的时间，仍留有十秒。',
  },
  advice: { en: 'What to do with it', zh: '该怎么用' },
  adviceText: {
    en: 'No list is perfect, so the last word is the application’s: only requests that do no harm when they come twice belong into early data, GET and not POST, and no GET that orders something. A server that does not want to carry out an early request answers 425 Too Early, and the client asks again after the handshake (RFC 8470). glasstls sends early data only when told to (--tls-earlydata), and its server waits for Finished unless the application answers otherwise.',
    zh: '任何记录都不完美，最终要由应用来把关：只有重复执行也无害的请求才能放进早期数据，用 GET 而不用 POST，更不能是会下单的 GET。服务器不愿执行早期请求时，以 425 Too Early 应答，客户端在握手后重发（RFC 8470）。glasstls 只在明确要求时才发送早期数据（--tls-earlydata），其服务器默认等到 Finished 才处理，除非应用另作决定。',
  },
  strange: { en: 'The replay did NOT go as it should.', zh: '重放的结果与预期不符！' },
} as const satisfies Record<string, Text>;

/** What the engine says of early data, in Chinese. */
export const EARLY_DECISIONS: Readonly<Record<string, Text>> = {
  accepted: { en: 'accepted', zh: '接受' },
  'accepted, and withheld until Finished': {
    en: 'accepted, but withheld until Finished, which never came',
    zh: '接受，但要等到 Finished 才处理，而 Finished 没有来',
  },
  'rejected: the host says no': { en: 'rejected: this ticket was used before', zh: '拒绝：这张票据已经用过' },
  "rejected: the ticket's age is not what it should be": {
    en: 'rejected: the age of the ticket is not what the client said',
    zh: '拒绝：票据的年龄与客户端声明的不符',
  },
};

export const EARLY_STEPS: readonly StepText[] = [
  {
    title: { en: 'ClientHello, with ticket and binder', zh: 'ClientHello（带票据和 binder）' },
    messages: ['client_hello'],
  },
  { title: { en: 'Early data', zh: '早期数据' }, messages: ['early_data'] },
  {
    title: { en: 'ServerHello, with pre_shared_key', zh: 'ServerHello（带 pre_shared_key）' },
    messages: ['server_hello'],
  },
  {
    title: { en: 'EncryptedExtensions, with early_data', zh: 'EncryptedExtensions（带 early_data）' },
    messages: ['encrypted_extensions'],
  },
  { title: { en: 'EndOfEarlyData', zh: 'EndOfEarlyData' }, messages: ['end_of_early_data'] },
];

export const EARLY_INTERVIEW = {
  question: {
    en: 'What is 0-RTT, and why is it not used for everything?',
    zh: '什么是 0-RTT？为什么不能什么请求都用它？',
  },
  answers: [
    {
      en: 'With a ticket of an earlier connection a TLS 1.3 client sends data in its first flight, encrypted with a key from the ticket. It saves the round trip of the handshake, {resumed} here; a first connection cannot do it.',
      zh: 'TLS 1.3 客户端凭之前连接得到的票据，在第一批报文里就发送数据，用票据派生的密钥加密。它省去握手的往返（本例 {resumed} 个）；第一次连接则做不到。',
    },
    {
      en: 'It can be replayed: no fresh value of the server is in it, so a copy is valid too. Here the copy of an order was carried out by a server that takes early data at once.',
      zh: '它可以被重放：其中没有服务器的任何新鲜值，副本同样有效。本章中，立即处理早期数据的服务器就把订单执行了两次。',
    },
    {
      en: 'It has no forward secrecy: who obtains the ticket key later reads recorded early data. What follows is protected by a new key exchange.',
      zh: '它没有前向安全性：日后得到票据密钥的人可以解密录下的早期数据；其后的内容则由新的密钥交换保护。',
    },
    {
      en: 'Defences: each ticket once (a shared list, or tickets that are database entries), a window on the ticket’s age, or waiting for Finished. And the application allows it for harmless requests only, or answers 425 Too Early.',
      zh: '防御手段：每张票据只接受一次（共享记录，或票据本身就是数据库中的一次性条目），限制票据年龄的窗口，或等到 Finished 才处理；应用只对无害的请求开放，否则以 425 Too Early 应答。',
    },
    {
      en: 'The client has to keep the data: a server may refuse it (other keys, a HelloRetryRequest, too much of it), and then it must be sent again after the handshake.',
      zh: '客户端要保留这些数据：服务器可能拒绝（密钥已换、HelloRetryRequest、数据过多），这时须在握手后重新发送。',
    },
  ],
} as const satisfies { question: Text; answers: readonly Text[] };
