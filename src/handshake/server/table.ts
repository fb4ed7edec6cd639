// The whole server, one edge a line (RFC 8446 A.2, RFC 5246 7.3). The engine, the tests and the pictures read this table;
// there are no transitions outside of it.

import * as exchange from '../../wire/key_exchange.ts';
import {
  certificate12,
  certificate13,
  certificateVerify,
  clientHello,
  compressedCertificate,
  emptyMessage,
  finished,
  keyUpdate,
} from '../../wire/messages.ts';
import { ignore, on, onAnswer, onSignal, type Table } from '../machine.ts';
import { onKeyExhausted, onSecondClientHello } from '../shared/connected12.ts';
import { onKeyUpdate, onPostAuthKeyLimit, updateBothKeys, updateWriteKeys } from '../shared/key_update.ts';
import * as clientCertificate13 from './client_certificate13.ts';
import * as enter13 from './enter13.ts';
import { onClientHello, onConfiguration } from './hello.ts';
import * as exchange12 from './key_exchange12.ts';
import * as postAuth13 from './post_auth13.ts';
import * as resume12 from './resume12.ts';
import type { JudgePostCertificate, ServerState, WaitPostCertificateVerify, WaitPostFinished } from './states.ts';
import * as tls12 from './tls12.ts';
import * as tls13 from './tls13.ts';

const closed = { reads: 'nothing', writes: 'nothing' } as const;
/** Early data (RFC 8446 2.3) arrives here, and may be answered. */
const early = { reads: 'early', writes: 'early' } as const;
/** The answer to early data goes on. */
const answering = { reads: 'nothing', writes: 'early' } as const;
/** Data is written, and none is read until the present exchange of messages ends. */
const half = { reads: 'nothing', writes: 'data' } as const;
const open = { reads: 'data', writes: 'data' } as const;

/** Where a full handshake of TLS 1.2 goes on. */
const FULL_12 = [
  'sign_server_key_exchange',
  'wait_certificate_12',
  'wait_client_key_exchange_rsa',
  'wait_client_key_exchange_psk',
  'wait_client_key_exchange_dhe_psk',
  'wait_client_key_exchange_ecdhe_psk',
] as const;
/** Where a ClientHello leads, once the configuration for it is known. */
const FROM_CLIENT_HELLO = [
  'find_external_psk',
  'judge_early_data',
  'sign_certificate_verify',
  'wait_finished_13',
  'wait_second_client_hello',
  'find_session',
  'wait_change_cipher_spec_resumed',
  ...FULL_12,
] as const;

export const SERVER_TABLE: Table<ServerState> = {
  wait_client_hello: {
    ...closed,
    on: {
      client_hello: on(clientHello, onClientHello, 'choose_configuration', ...FROM_CLIENT_HELLO),
    },
  },
  choose_configuration: {
    ...closed,
    on: {
      answer: onAnswer('hello', onConfiguration, ...FROM_CLIENT_HELLO),
    },
  },

  wait_second_client_hello: {
    ...closed,
    on: {
      client_hello: on(
        clientHello,
        enter13.onSecondClientHello,
        'find_external_psk',
        'sign_certificate_verify',
        'wait_finished_13',
      ),
      change_cipher_spec: ignore,
    },
  },
  find_external_psk: {
    ...closed,
    on: {
      answer: onAnswer(
        'psk',
        enter13.onExternalPsk,
        'find_external_psk',
        'sign_certificate_verify',
        'wait_finished_13',
        'wait_second_client_hello',
      ),
    },
  },
  judge_early_data: {
    ...closed,
    on: {
      answer: onAnswer('early_data', enter13.onEarlyDataJudged, 'wait_finished_13', 'wait_end_of_early_data'),
    },
  },
  wait_end_of_early_data: {
    ...early,
    on: {
      end_of_early_data: on(emptyMessage, tls13.onEndOfEarlyData, 'wait_finished_13'),
      change_cipher_spec: ignore,
    },
  },
  sign_certificate_verify: {
    ...closed,
    on: { answer: onAnswer('signature', tls13.onSignature, 'wait_certificate_13', 'wait_finished_13') },
  },
  wait_certificate_13: {
    ...closed,
    on: {
      certificate: on(certificate13, clientCertificate13.onCertificate, 'judge_certificate_13', 'wait_finished_13'),
      compressed_certificate: on(
        compressedCertificate,
        clientCertificate13.onCompressedCertificate,
        'judge_certificate_13',
        'wait_finished_13',
      ),
      change_cipher_spec: ignore,
    },
  },
  judge_certificate_13: {
    ...closed,
    on: { answer: onAnswer('verdict', clientCertificate13.onVerdict, 'wait_certificate_verify_13') },
  },
  wait_certificate_verify_13: {
    ...closed,
    on: {
      certificate_verify: on(certificateVerify, clientCertificate13.onCertificateVerify, 'wait_finished_13'),
      change_cipher_spec: ignore,
    },
  },
  wait_finished_13: {
    ...answering,
    on: {
      finished: on(finished, tls13.onFinished, 'connected_13'),
      change_cipher_spec: ignore,
    },
  },
  connected_13: {
    ...open,
    on: {
      key_update: on(keyUpdate, onKeyUpdate, 'connected_13'),
      certificate: on(certificate13, postAuth13.onCertificate, 'judge_post_certificate', 'wait_post_finished'),
      ask_certificate: onSignal(postAuth13.onAsk, 'connected_13'),
      key_limit: onSignal(updateWriteKeys, 'connected_13'),
      update_keys: onSignal(updateWriteKeys, 'connected_13'),
      update_both_keys: onSignal(updateBothKeys, 'connected_13'),
    },
  },
  judge_post_certificate: {
    ...half,
    on: {
      answer: onAnswer('verdict', postAuth13.onVerdict, 'wait_post_certificate_verify'),
      key_limit: onSignal(onPostAuthKeyLimit<JudgePostCertificate>, 'judge_post_certificate'),
    },
  },
  wait_post_certificate_verify: {
    ...half,
    on: {
      certificate_verify: on(certificateVerify, postAuth13.onCertificateVerify, 'wait_post_finished'),
      key_limit: onSignal(onPostAuthKeyLimit<WaitPostCertificateVerify>, 'wait_post_certificate_verify'),
    },
  },
  wait_post_finished: {
    ...half,
    on: {
      finished: on(finished, postAuth13.onFinished, 'connected_13'),
      key_limit: onSignal(onPostAuthKeyLimit<WaitPostFinished>, 'wait_post_finished'),
    },
  },

  sign_server_key_exchange: {
    ...closed,
    on: {
      answer: onAnswer(
        'signature',
        tls12.onSignature,
        'wait_certificate_12',
        'wait_client_key_exchange_ecdhe',
        'wait_client_key_exchange_dhe',
      ),
    },
  },
  wait_certificate_12: {
    ...closed,
    on: {
      certificate: on(
        certificate12,
        tls12.onCertificate,
        'judge_certificate_12',
        'wait_client_key_exchange_rsa',
        'wait_client_key_exchange_ecdhe',
        'wait_client_key_exchange_dhe',
      ),
    },
  },
  judge_certificate_12: {
    ...closed,
    on: {
      answer: onAnswer(
        'verdict',
        tls12.onVerdict,
        'wait_client_key_exchange_rsa',
        'wait_client_key_exchange_ecdhe',
        'wait_client_key_exchange_dhe',
      ),
    },
  },
  wait_client_key_exchange_ecdhe: {
    ...closed,
    on: {
      client_key_exchange: on(
        exchange.clientKeyExchangeEcdhe,
        exchange12.onEcdhe,
        'wait_certificate_verify_12',
        'wait_change_cipher_spec',
      ),
    },
  },
  wait_client_key_exchange_dhe: {
    ...closed,
    on: {
      client_key_exchange: on(
        exchange.clientKeyExchangeDhe,
        exchange12.onDhe,
        'wait_certificate_verify_12',
        'wait_change_cipher_spec',
      ),
    },
  },
  wait_client_key_exchange_rsa: {
    ...closed,
    on: { client_key_exchange: on(exchange.clientKeyExchangeRsa, exchange12.onRsa, 'decrypt_pre_master') },
  },
  decrypt_pre_master: {
    ...closed,
    on: {
      answer: onAnswer('decrypt', exchange12.onDecrypted, 'wait_certificate_verify_12', 'wait_change_cipher_spec'),
    },
  },
  wait_client_key_exchange_psk: {
    ...closed,
    on: { client_key_exchange: on(exchange.clientKeyExchangePsk, exchange12.onPsk, 'find_psk') },
  },
  wait_client_key_exchange_dhe_psk: {
    ...closed,
    on: { client_key_exchange: on(exchange.clientKeyExchangeDhePsk, exchange12.onDhePsk, 'find_psk') },
  },
  wait_client_key_exchange_ecdhe_psk: {
    ...closed,
    on: { client_key_exchange: on(exchange.clientKeyExchangeEcdhePsk, exchange12.onEcdhePsk, 'find_psk') },
  },
  find_psk: {
    ...closed,
    on: { answer: onAnswer('psk', exchange12.onPskFound, 'wait_change_cipher_spec') },
  },
  wait_certificate_verify_12: {
    ...closed,
    on: { certificate_verify: on(certificateVerify, tls12.onCertificateVerify, 'wait_change_cipher_spec') },
  },
  wait_change_cipher_spec: {
    ...closed,
    on: { change_cipher_spec: onSignal(tls12.onChangeCipherSpec, 'wait_finished_12') },
  },
  wait_finished_12: {
    ...closed,
    on: { finished: on(finished, tls12.onFinished, 'connected_12') },
  },
  find_session: {
    ...closed,
    on: {
      answer: onAnswer('session', tls12.onSession, 'wait_change_cipher_spec_resumed', ...FULL_12),
    },
  },
  wait_change_cipher_spec_resumed: {
    ...closed,
    on: { change_cipher_spec: onSignal(resume12.onChangeCipherSpec, 'wait_finished_resumed') },
  },
  wait_finished_resumed: {
    ...closed,
    on: { finished: on(finished, resume12.onFinished, 'connected_12') },
  },
  connected_12: {
    ...open,
    on: {
      client_hello: on(clientHello, onSecondClientHello, 'connected_12'),
      key_limit: onSignal(onKeyExhausted, 'connected_12'),
    },
  },
};
