// The steps of each chapter. Those of RSA follow the seven headings under which it is usually taught, those of ECDHE the ten lines
// that curl shows, and TLS 1.3 its own messages.

import type { MessageKey } from '../../inspect/texts/messages.ts';
import type { Text } from '../text.ts';
import type { ChapterName } from './demo.ts';

export interface StepText {
  readonly title: Text;
  /** Messages that are explained under this heading, by the paragraphs of inspect/texts. */
  readonly messages: readonly MessageKey[];
  /** Whose corrections are told here; by default those of `messages`. */
  readonly corrections?: readonly MessageKey[];
  /** In place of the paragraphs. */
  readonly text?: Text;
}

const same = (title: string): Text => ({ en: title, zh: title });

export const STEPS: Readonly<Record<ChapterName, readonly StepText[]>> = {
  rsa: [
    { title: same('Client Hello'), messages: ['client_hello'] },
    { title: same('Server Hello'), messages: ['server_hello'] },
    { title: same('Certificate'), messages: ['certificate'], corrections: [] },
    {
      title: { en: 'Server Key Exchange (there is none here)', zh: 'Server Key Exchange（这里并没有）' },
      messages: [],
      corrections: ['certificate'],
      text: {
        en: 'The usual account has the server send its public key in this message. With RSA key exchange the message does not exist, and none was on the wire above.',
        zh: '通常说服务器在这一步发送自己的公钥。其实 RSA 密钥交换没有这条消息，上面的线路上也没有出现。',
      },
    },
    { title: same('Server Hello Done'), messages: ['server_hello_done'] },
    {
      title: same('Client Key Exchange, Change Cipher Spec, Encrypted Handshake Message'),
      messages: ['client_key_exchange', 'client_change_cipher_spec', 'client_finished'],
    },
    {
      title: same('Change Cipher Spec, Encrypted Handshake Message'),
      messages: ['server_change_cipher_spec', 'server_finished'],
    },
  ],
  ecdhe: [
    { title: same('[OUT] Client hello (1)'), messages: ['client_hello'] },
    { title: same('[IN] Server hello (2)'), messages: ['server_hello'] },
    { title: same('[IN] Certificate (11)'), messages: ['certificate'] },
    { title: same('[IN] Server key exchange (12)'), messages: ['server_key_exchange'] },
    { title: same('[IN] Server finished (14)'), messages: ['server_hello_done'] },
    { title: same('[OUT] Client key exchange (16)'), messages: ['client_key_exchange'] },
    { title: same('[OUT] Change cipher spec (1)'), messages: ['client_change_cipher_spec'] },
    { title: same('[OUT] Finished (20)'), messages: ['client_finished'] },
    { title: same('[IN] Change cipher spec (1)'), messages: ['server_change_cipher_spec'] },
    { title: same('[IN] Finished (20)'), messages: ['server_finished'] },
  ],
  tls13: [
    { title: same('ClientHello'), messages: ['client_hello'] },
    { title: same('ServerHello'), messages: ['server_hello'] },
    { title: same('EncryptedExtensions'), messages: ['encrypted_extensions'] },
    { title: same('Certificate'), messages: ['certificate'] },
    { title: same('CertificateVerify'), messages: ['certificate_verify'] },
    { title: { en: 'Finished, from the server', zh: 'Finished（服务器）' }, messages: ['server_finished'] },
    {
      title: { en: 'ChangeCipherSpec, twice', zh: 'ChangeCipherSpec（两次）' },
      messages: ['client_change_cipher_spec'],
    },
    { title: { en: 'Finished, from the client', zh: 'Finished（客户端）' }, messages: ['client_finished'] },
  ],
};
