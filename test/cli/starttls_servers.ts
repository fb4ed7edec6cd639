// Small servers that change over to TLS in the words of their protocols, as the RFCs and manuals have it: enough of each for a client to
// begin TLS, written apart from the client under test. Behind the handshake they say one line and echo what comes.

import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { Identity } from '../peers/pki.ts';

/** How a server behaves: as it should, without TLS, or refusing it; or putting plaintext behind its consent. */
export type Manner = 'good' | 'without' | 'refusing' | 'injecting';

/** Plays it on a connection; calls `consent` with its last words in the clear, or ends the connection. */
export type StarttlsServer = (socket: Socket, manner: Manner, consent: (words: string | Uint8Array) => void) => void;

/** Lines to a handler, until it is told to stop. */
function lines(socket: Socket, handle: (line: string) => void): () => void {
  let kept = '';
  const onData = (chunk: Buffer): void => {
    kept += chunk.toString('latin1');
    for (let end = kept.indexOf('\r\n'); end >= 0; end = kept.indexOf('\r\n')) {
      const line = kept.slice(0, end);
      kept = kept.slice(end + 2);
      handle(line);
    }
  };
  socket.on('data', onData);
  return () => void socket.off('data', onData);
}

/** RFC 3207 with a reply of several lines (RFC 5321 4.2.1). */
const smtp: StarttlsServer = (socket, manner, consent) => {
  socket.write('220-mail.example ESMTP\r\n220 ready\r\n');
  const stop = lines(socket, (line) => {
    if (/^EHLO /.test(line)) {
      socket.write(
        `250-mail.example\r\n250-PIPELINING\r\n${manner === 'without' ? '' : '250-STARTTLS\r\n'}250 8BITMIME\r\n`,
      );
    } else if (line === 'STARTTLS') {
      if (manner === 'refusing') return void socket.write('454 TLS not available due to temporary reason\r\n');
      stop();
      consent('220 Ready to start TLS\r\n');
    } else socket.end('500 what?\r\n');
  });
};

/** RFC 9051 6.2.1, with an untagged response in between (7). */
const imap: StarttlsServer = (socket, manner, consent) => {
  socket.write('* OK IMAP4rev2 ready\r\n');
  const stop = lines(socket, (line) => {
    const [tag = '*', verb = ''] = line.split(' ');
    if (verb === 'CAPABILITY') {
      socket.write(
        `* CAPABILITY IMAP4rev1 ${manner === 'without' ? '' : 'STARTTLS '}LOGINDISABLED\r\n${tag} OK done\r\n`,
      );
    } else if (verb === 'STARTTLS') {
      if (manner === 'refusing') return void socket.write(`${tag} BAD no\r\n`);
      stop();
      consent(`${tag} OK Begin TLS negotiation now\r\n`);
    } else socket.end(`${tag} BAD what?\r\n`);
  });
};

/** RFC 2595 4. */
const pop3: StarttlsServer = (socket, manner, consent) => {
  socket.write('+OK POP3 ready <1@mail.example>\r\n');
  const stop = lines(socket, (line) => {
    if (line !== 'STLS' || manner !== 'good') {
      if (manner !== 'injecting') return void socket.write('-ERR not here\r\n');
    }
    stop();
    consent('+OK Begin TLS negotiation\r\n');
  });
};

/** RFC 4217 4, greeting with a line of free form in the middle (RFC 959 4.2). */
const ftp: StarttlsServer = (socket, manner, consent) => {
  socket.write('220-welcome\r\n  to this server\r\n220 ready\r\n');
  const stop = lines(socket, (line) => {
    if (line !== 'AUTH TLS' || manner === 'without') return void socket.write('502 no such command\r\n');
    if (manner === 'refusing') return void socket.write('431 temporarily unavailable\r\n');
    stop();
    consent('234 AUTH TLS OK\r\n');
  });
};

/** RFC 6120 5.4.2: stream header, features, proceed. */
const xmpp: StarttlsServer = (socket, manner, consent) => {
  let kept = '';
  let opened = false;
  const onData = (chunk: Buffer): void => {
    kept += chunk.toString('utf8');
    if (!opened && /<stream:stream [^>]*to='localhost'[^>]*>/.test(kept)) {
      opened = true;
      kept = '';
      const offer =
        manner === 'without' ? '' : "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>";
      socket.write("<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1' version='1.0'>");
      socket.write(`<stream:features>${offer}</stream:features>`);
    } else if (opened && /<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'\/>/.test(kept)) {
      socket.off('data', onData);
      if (manner === 'refusing') {
        socket.end("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>");
      } else consent("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    }
  };
  socket.on('data', onData);
};

/** Waits for so many bytes. */
function bytes(socket: Socket, count: number, then: (request: Buffer) => void): void {
  let kept = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    kept = Buffer.concat([kept, chunk]);
    if (kept.length < count) return;
    socket.off('data', onData);
    then(kept);
  };
  socket.on('data', onData);
}

/** PostgreSQL 55.2.10 and 55.7: SSLRequest, then one byte. */
const postgres: StarttlsServer = (socket, manner, consent) => {
  bytes(socket, 8, (request) => {
    if (request.toString('hex') !== '0000000804d2162f') return void socket.end('E');
    if (manner === 'without') return void socket.write('N');
    if (manner === 'refusing') return void socket.end(`E${'\0\0\0\x20'}SFATAL\0`);
    consent('S');
  });
};

/** MySQL: HandshakeV10; the SSLRequest has 32 bytes, CLIENT_SSL among its capabilities, and number 1. */
const mysql: StarttlsServer = (socket, manner, consent) => {
  const packet = (content: Buffer): Buffer => {
    const header = Buffer.alloc(4);
    header.writeUIntLE(content.length, 0, 3);
    return Buffer.concat([header, content]);
  };
  if (manner === 'refusing') {
    return void socket.end(packet(Buffer.from('\xff\x69\x04Host is not allowed', 'latin1')));
  }
  const low = Buffer.alloc(2);
  low.writeUInt16LE(manner === 'without' ? 0xf7ff : 0xffff);
  const salt = Buffer.alloc(8, 0x41);
  const rest = Buffer.concat([Buffer.from([45, 2, 0, 0xff, 0xc1, 21]), Buffer.alloc(10), Buffer.alloc(13, 0x42)]);
  socket.write(
    packet(Buffer.concat([Buffer.from('\x0a8.0.36\0', 'latin1'), Buffer.alloc(4, 7), salt, Buffer.of(0), low, rest])),
  );
  bytes(socket, 36, (request) => {
    const fine = request.length === 36 && request.readUIntLE(0, 3) === 32 && request[3] === 1;
    if (!fine || (request.readUInt32LE(4) & 0x0800) === 0) return void socket.end();
    consent('');
  });
};

/** RFC 4511 4.14: ExtendedResponse; lengths in the long form that Active Directory sends. */
const ldap: StarttlsServer = (socket, manner, consent) => {
  const oid = Buffer.from('1.3.6.1.4.1.1466.20037', 'latin1');
  bytes(socket, 31, (request) => {
    if (!request.includes(oid)) return void socket.end();
    const code = manner === 'good' || manner === 'injecting' ? 0 : manner === 'without' ? 2 : 52;
    const why = Buffer.from(code === 0 ? '' : 'no TLS here');
    const long = (tag: number, content: Buffer): Buffer =>
      Buffer.concat([Buffer.of(tag, 0x84, 0, 0, 0, content.length), content]);
    const response = Buffer.concat([Buffer.of(0x0a, 1, code), Buffer.of(4, 0), Buffer.of(4, why.length), why]);
    const message = long(0x30, Buffer.concat([Buffer.of(2, 1, 1), long(0x78, response)]));
    if (code === 0) consent(message);
    else socket.write(message);
  });
};

export const SERVERS = { smtp, imap, pop3, ftp, postgres, mysql, ldap, xmpp } as const satisfies Record<
  string,
  StarttlsServer
>;

/** Plays `server` on a socket; behind its consent TLS by node:tls, which greets and echoes in capitals. */
export function playing(server: StarttlsServer, identity: Identity, manner: Manner): (socket: Socket) => void {
  return (socket) =>
    server(socket, manner, (words) => {
      const poison = manner === 'injecting' ? 'evil words\r\n' : '';
      socket.write(Buffer.concat([Buffer.from(words), Buffer.from(poison)]));
      const secureContext = createSecureContext({ cert: identity.fullChain, key: identity.key });
      const secure = new TLSSocket(socket, { isServer: true, secureContext });
      secure.on('error', () => {});
      secure.once('secure', () => secure.write('secured\r\n'));
      secure.on('data', (chunk: Buffer) => secure.write(chunk.toString('latin1').toUpperCase()));
      secure.on('end', () => secure.end());
    });
}
