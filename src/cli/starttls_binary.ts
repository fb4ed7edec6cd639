// The protocols of counted bytes that change over to TLS: PostgreSQL (SSLRequest), MySQL (SSL request packet behind the greeting),
// LDAP (the StartTLS extended operation, RFC 4511 4.14).

import { Declined, type Dialogue, Nonsense } from './starttls_dialogue.ts';
import { STARTTLS } from './texts/starttls.ts';

/** PostgreSQL, "Message Formats", SSLRequest: length 8, code 80877103; the answer is one byte. */
export async function postgres({ talk, events }: Dialogue): Promise<void> {
  events.said('SSLRequest');
  talk.send(Uint8Array.of(0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f));
  const [answer = 0] = await talk.bytes(1);
  const letter = String.fromCharCode(answer);
  events.heard(letter);
  if (letter === 'N') throw new Declined(STARTTLS.notOffered, '');
  // Servers older than TLS, and those with no free connection, answer with an ErrorResponse.
  if (letter === 'E') throw new Declined(STARTTLS.refused, '');
  if (letter !== 'S') throw new Nonsense();
}

const CLIENT_LONG_PASSWORD = 0x0001;
const CLIENT_PROTOCOL_41 = 0x0200;
const CLIENT_SSL = 0x0800;
const CLIENT_SECURE_CONNECTION = 0x8000;
const UTF8MB4 = 45;
const GREETING_VERSION = 10;
const ERROR_PACKET = 0xff;

/** MySQL, "Connection Phase": HandshakeV10 from the server, SSLRequest from us, and then TLS. */
export async function mysql({ talk, events }: Dialogue): Promise<void> {
  const header = await talk.bytes(4);
  const length = header.readUIntLE(0, 3);
  if (length < 5 || length > 4096 || header[3] !== 0) throw new Nonsense();
  const packet = await talk.bytes(length);
  if (packet[0] === ERROR_PACKET) throw new Declined(STARTTLS.refused, packet.subarray(3).toString('latin1'));
  if (packet[0] !== GREETING_VERSION) throw new Nonsense();
  const end = packet.indexOf(0, 1);
  // Thread id (4), salt (8), filler (1), then the lower half of the capabilities.
  const at = end + 1 + 4 + 8 + 1;
  if (end < 0 || at + 2 > packet.length) throw new Nonsense();
  events.heard(`HandshakeV10 ${packet.subarray(1, end).toString('latin1')}`);
  if ((packet.readUInt16LE(at) & CLIENT_SSL) === 0) throw new Declined(STARTTLS.notOffered, '');
  const request = Buffer.alloc(4 + 32);
  request.writeUIntLE(32, 0, 3);
  request[3] = 1;
  request.writeUInt32LE(CLIENT_LONG_PASSWORD | CLIENT_PROTOCOL_41 | CLIENT_SSL | CLIENT_SECURE_CONNECTION, 4);
  request.writeUInt32LE(0x01000000, 8);
  request[12] = UTF8MB4;
  events.said('SSLRequest');
  talk.send(request);
}

const START_TLS_OID = '1.3.6.1.4.1.1466.20037';

/** RFC 4511 4.14.1: an ExtendedRequest whose ExtendedResponse has the resultCode success. */
export async function ldap({ talk, events }: Dialogue): Promise<void> {
  const name = Buffer.from(START_TLS_OID, 'latin1');
  const request = tlv(0x77, tlv(0x80, name));
  events.said(`ExtendedRequest ${START_TLS_OID}`);
  talk.send(tlv(0x30, Buffer.concat([tlv(0x02, Buffer.of(1)), request])));
  const [id, response] = elementsOf(await readSequence(talk));
  if (id?.tag !== 0x02 || response?.tag !== 0x78) throw new Nonsense();
  const [result, , diagnostic] = elementsOf(response.content);
  if (result?.tag !== 0x0a || result.content.length !== 1) throw new Nonsense();
  const [code = -1] = result.content;
  events.heard(`ExtendedResponse resultCode ${code}`);
  if (code === 0) return;
  throw new Declined(STARTTLS.refused, `resultCode ${code} ${diagnostic?.content.toString('utf8') ?? ''}`.trim());
}

/** BER with a length of one byte: the request is short. */
function tlv(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(tag, content.length), content]);
}

/** The content of the SEQUENCE that comes next. RFC 4511 5.1: no indefinite lengths. */
async function readSequence(talk: Dialogue['talk']): Promise<Buffer> {
  const [tag, first = 0] = await talk.bytes(2);
  if (tag !== 0x30) throw new Nonsense();
  if (first < 0x80) return talk.bytes(first);
  const count = first & 0x7f;
  if (count < 1 || count > 4) throw new Nonsense();
  const length = (await talk.bytes(count)).readUIntBE(0, count);
  if (length > MAX_MESSAGE) throw new Nonsense();
  return talk.bytes(length);
}

const MAX_MESSAGE = 16 * 1024;

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

function elementsOf(within: Buffer): readonly Element[] {
  const found: Element[] = [];
  for (let at = 0; at < within.length; ) {
    const [tag, first] = [within[at], within[at + 1]];
    if (tag === undefined || first === undefined) throw new Nonsense();
    const count = first < 0x80 ? 0 : first & 0x7f;
    if (first === 0x80 || count > 4 || at + 2 + count > within.length) throw new Nonsense();
    const length = count === 0 ? first : within.readUIntBE(at + 2, count);
    const start = at + 2 + count;
    if (start + length > within.length) throw new Nonsense();
    found.push({ tag, content: within.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}
