// The whole client, one edge a line (RFC 8446 A.1, RFC 5246 7.3). The engine, the tests and the pictures read this table;
// there are no transitions outside of it. A HelloRequest during a TLS 1.2 handshake is ignored (RFC 5246 7.4.1.1).

import * as exchange from '../../wire/key_exchange.ts';
import {
  certificate12,
  certificate13,
  certificateRequest12,
  certificateRequest13,
  certificateStatus,
  certificateVerify,
  emptyMessage,
  encryptedExtensions,
  finished,
  helloRetryRequest,
  keyUpdate,
  newSessionTicket12,
  newSessionTicket13,
  serverHello,
} from '../../wire/messages.ts';
import { ignore, on, onAnswer, onSignal, type Table } from '../machine.ts';
import { onHelloRequest, onKeyExhausted } from '../shared/connected12.ts';
import { onKeyUpdate, updateWriteKeys } from '../shared/key_update.ts';
import { onHelloRetryRequest, onStart } from './hello.ts';
import * as exchange12 from './key_exchange12.ts';
import * as resume12 from './resume12.ts';
import { onServerHello } from './server_hello.ts';
import type { ClientState } from './states.ts';
import * as tls12 from './tls12.ts';
import * as tls13 from './tls13.ts';

const closed = { reads: 'nothing', writes: 'nothing' } as const;
/** False Start (RFC 7918) may write here. */
const early = { reads: 'nothing', writes: 'early' } as const;
const open = { reads: 'data', writes: 'data' } as const;

export const CLIENT_TABLE: Table<ClientState> = {
  start: { ...closed, on: { start: onSignal(onStart, 'wait_server_hello') } },
  wait_server_hello: {
    ...closed,
    on: {
      server_hello: on(
        serverHello,
        onServerHello,
        'wait_encrypted_extensions',
        'wait_certificate_12',
        'wait_server_key_exchange_psk',
        'wait_server_key_exchange_dhe_psk',
        'wait_server_key_exchange_ecdhe_psk',
        'wait_new_session_ticket_resumed',
        'wait_change_cipher_spec_resumed',
      ),
      hello_retry_request: on(helloRetryRequest, onHelloRetryRequest, 'wait_server_hello'),
      hello_request: ignore,
      change_cipher_spec: ignore,
    },
  },

  wait_encrypted_extensions: {
    ...closed,
    on: {
      encrypted_extensions: on(encryptedExtensions, tls13.onEncryptedExtensions, 'wait_certificate_request_13'),
      change_cipher_spec: ignore,
    },
  },
  wait_certificate_request_13: {
    ...closed,
    on: {
      certificate_request: on(certificateRequest13, tls13.onCertificateRequest, 'wait_certificate_13'),
      change_cipher_spec: ignore,
    },
    otherwise: onSignal(tls13.onNoCertificateRequest, 'wait_certificate_13'),
  },
  wait_certificate_13: {
    ...closed,
    on: {
      certificate: on(certificate13, tls13.onCertificate, 'judge_certificate_13'),
      change_cipher_spec: ignore,
    },
  },
  judge_certificate_13: {
    ...closed,
    on: { answer: onAnswer('verdict', tls13.onVerdict, 'wait_certificate_verify') },
  },
  wait_certificate_verify: {
    ...closed,
    on: {
      certificate_verify: on(certificateVerify, tls13.onCertificateVerify, 'wait_finished_13'),
      change_cipher_spec: ignore,
    },
  },
  wait_finished_13: {
    ...closed,
    on: {
      finished: on(finished, tls13.onFinished, 'sign_certificate_verify_13', 'connected_13'),
      change_cipher_spec: ignore,
    },
  },
  sign_certificate_verify_13: {
    ...closed,
    on: { answer: onAnswer('signature', tls13.onSignature, 'connected_13') },
  },
  connected_13: {
    ...open,
    on: {
      new_session_ticket: on(newSessionTicket13, tls13.onNewSessionTicket, 'connected_13'),
      key_update: on(keyUpdate, onKeyUpdate, 'connected_13'),
      key_limit: onSignal(updateWriteKeys, 'connected_13'),
    },
  },

  wait_certificate_12: {
    ...closed,
    on: {
      hello_request: ignore,
      certificate: on(certificate12, tls12.onCertificate, 'wait_certificate_status', 'judge_certificate_12'),
    },
  },
  wait_certificate_status: {
    ...closed,
    on: {
      hello_request: ignore,
      certificate_status: on(certificateStatus, tls12.onCertificateStatus, 'judge_certificate_12'),
    },
    otherwise: onSignal(tls12.onNoCertificateStatus, 'judge_certificate_12'),
  },
  judge_certificate_12: {
    ...closed,
    // RSA key exchange has no ServerKeyExchange: its state has no cell for one.
    on: {
      answer: onAnswer(
        'verdict',
        tls12.onVerdict,
        'wait_server_key_exchange_ecdhe',
        'wait_server_key_exchange_dhe',
        'wait_certificate_request_12',
      ),
    },
  },
  wait_server_key_exchange_ecdhe: {
    ...closed,
    on: {
      hello_request: ignore,
      server_key_exchange: on(exchange.serverKeyExchangeEcdhe, exchange12.onEcdhe, 'wait_certificate_request_12'),
    },
  },
  wait_server_key_exchange_dhe: {
    ...closed,
    on: {
      hello_request: ignore,
      server_key_exchange: on(exchange.serverKeyExchangeDhe, exchange12.onDhe, 'wait_certificate_request_12'),
    },
  },
  // With a shared key there is no certificate, and none is asked for. The hint is optional.
  wait_server_key_exchange_psk: {
    ...closed,
    on: {
      hello_request: ignore,
      server_key_exchange: on(exchange.serverKeyExchangePsk, exchange12.onPskHint, 'wait_server_hello_done'),
    },
    otherwise: onSignal(exchange12.onNoPskHint, 'wait_server_hello_done'),
  },
  wait_server_key_exchange_dhe_psk: {
    ...closed,
    on: {
      hello_request: ignore,
      server_key_exchange: on(exchange.serverKeyExchangeDhePsk, exchange12.onDhePsk, 'wait_server_hello_done'),
    },
  },
  wait_server_key_exchange_ecdhe_psk: {
    ...closed,
    on: {
      hello_request: ignore,
      server_key_exchange: on(exchange.serverKeyExchangeEcdhePsk, exchange12.onEcdhePsk, 'wait_server_hello_done'),
    },
  },
  wait_certificate_request_12: {
    ...closed,
    on: {
      hello_request: ignore,
      certificate_request: on(certificateRequest12, tls12.onCertificateRequest, 'wait_server_hello_done'),
    },
    otherwise: onSignal(tls12.onNoCertificateRequest, 'wait_server_hello_done'),
  },
  wait_server_hello_done: {
    ...closed,
    on: {
      hello_request: ignore,
      server_hello_done: on(
        emptyMessage,
        tls12.onServerHelloDone,
        'choose_psk',
        'sign_certificate_verify_12',
        'wait_new_session_ticket',
        'wait_change_cipher_spec',
      ),
    },
  },
  choose_psk: {
    ...closed,
    on: { answer: onAnswer('psk', tls12.onPsk, 'wait_new_session_ticket', 'wait_change_cipher_spec') },
  },
  sign_certificate_verify_12: {
    ...closed,
    on: { answer: onAnswer('signature', tls12.onSignature, 'wait_new_session_ticket', 'wait_change_cipher_spec') },
  },
  wait_new_session_ticket: {
    ...early,
    on: {
      hello_request: ignore,
      new_session_ticket: on(newSessionTicket12, tls12.onNewSessionTicket, 'wait_change_cipher_spec'),
    },
  },
  wait_change_cipher_spec: {
    ...early,
    on: { hello_request: ignore, change_cipher_spec: onSignal(tls12.onChangeCipherSpec, 'wait_finished_12') },
  },
  wait_finished_12: {
    ...early,
    on: { hello_request: ignore, finished: on(finished, tls12.onFinished, 'connected_12') },
  },
  wait_new_session_ticket_resumed: {
    ...closed,
    on: {
      hello_request: ignore,
      new_session_ticket: on(newSessionTicket12, resume12.onNewSessionTicket, 'wait_change_cipher_spec_resumed'),
    },
  },
  wait_change_cipher_spec_resumed: {
    ...closed,
    on: {
      hello_request: ignore,
      change_cipher_spec: onSignal(resume12.onChangeCipherSpec, 'wait_finished_resumed'),
    },
  },
  wait_finished_resumed: {
    ...closed,
    on: { hello_request: ignore, finished: on(finished, resume12.onFinished, 'connected_12') },
  },
  connected_12: {
    ...open,
    on: {
      hello_request: on(emptyMessage, onHelloRequest, 'connected_12'),
      key_limit: onSignal(onKeyExhausted, 'connected_12'),
    },
  },
};
