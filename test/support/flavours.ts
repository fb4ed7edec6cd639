// The kinds of handshake that tests bring a side through, as words: the version, the key exchange of TLS 1.2 (ECDHE unless one is
// named), and what is special. Which of them leads to each state of the tables, and the options that make it.

import type { ClientOptions } from '../../src/engine/options.ts';
import { certificateCompression } from '../../src/node/compression.ts';
import type { KeyKind, PairOptions, ProviderName } from './pair.ts';
import { stapled } from './staple.ts';

/**
 * `asked`: the server asks for a certificate, and the client has one unless it is `empty`; `stapled`: an OCSP response comes;
 * `promised`: one is promised and does not come; `early`: False Start, in TLS 1.3 early data, which is taken unless it is
 * `rejected` or `withheld`; `hint`: for the shared key; `unshared`: the server does not have that key, `forgotten`: no longer
 * when it is asked again; `resumed` and `unknown`: the client has a session, which the server knows or does not;
 * `afterwards`: the server asks for a certificate in open traffic; `compressed`: certificates are.
 */
export const FLAVOURS = [
  '1.3',
  '1.3 askHello',
  '1.3 asked',
  '1.3 asked empty',
  '1.3 stapled',
  '1.3 retry',
  '1.3 retry askHello',
  '1.3 compressed',
  '1.3 asked compressed',
  '1.3 asked empty compressed',
  '1.3 afterwards',
  '1.3 afterwards empty',
  '1.3 retry afterwards',
  '1.3 PSK',
  '1.3 PSK askHello',
  '1.3 PSK afterwards',
  '1.3 PSK retry',
  '1.3 PSK retry forgotten',
  '1.3 PSK unshared',
  '1.3 PSK unknown ticket',
  '1.3 PSK unknown ticket early',
  '1.3 PSK resumed ticket early',
  '1.3 ticket',
  '1.3 unknown ticket',
  '1.3 unknown ticket early',
  '1.3 resumed ticket',
  '1.3 resumed ticket afterwards',
  '1.3 resumed ticket askHello',
  '1.3 resumed ticket retry',
  '1.3 resumed ticket early',
  '1.3 resumed ticket early askHello',
  '1.3 resumed ticket early rejected',
  '1.3 resumed ticket early retry',
  '1.3 resumed ticket early withheld',
  '1.2 ECDHE',
  '1.2 ECDHE askHello',
  '1.2 ECDHE asked',
  '1.2 ECDHE asked empty',
  '1.2 ECDHE asked ticket',
  '1.2 ECDHE early',
  '1.2 ECDHE promised',
  '1.2 ECDHE stapled',
  '1.2 DHE',
  '1.2 DHE asked',
  '1.2 DHE asked empty',
  '1.2 RSA',
  '1.2 RSA askHello',
  '1.2 RSA asked',
  '1.2 RSA asked askHello',
  '1.2 RSA asked empty',
  '1.2 RSA asked unknown id',
  '1.2 RSA unknown id',
  '1.2 PSK',
  '1.2 PSK askHello',
  '1.2 PSK hint',
  '1.2 PSK ticket',
  '1.2 PSK unknown id',
  '1.2 DHE_PSK',
  '1.2 DHE_PSK askHello',
  '1.2 DHE_PSK unknown id',
  '1.2 ECDHE_PSK',
  '1.2 ECDHE_PSK askHello',
  '1.2 ECDHE_PSK unknown id',
  '1.2 ticket',
  '1.2 ticket early',
  '1.2 resumed ticket',
  '1.2 resumed ticket askHello',
  '1.2 resumed ticket renewed',
  '1.2 resumed id',
  '1.2 resumed id askHello',
  '1.2 unknown id',
] as const;
export type Flavour = (typeof FLAVOURS)[number];

/** Which handshake leads to a state. */
export const WAY: Readonly<Record<'client' | 'server', Readonly<Record<string, Flavour>>>> = {
  client: {
    start: '1.3',
    choose_external_psk: '1.3 PSK',
    wait_server_hello: '1.3 resumed ticket early',
    wait_encrypted_extensions: '1.3 resumed ticket early',
    wait_certificate_request_13: '1.3',
    wait_certificate_13: '1.3 asked',
    judge_certificate_13: '1.3',
    wait_certificate_verify: '1.3',
    wait_finished_13: '1.3 resumed ticket early',
    sign_certificate_verify_13: '1.3 asked',
    connected_13: '1.3',
    sign_post_certificate_verify: '1.3 afterwards',
    wait_certificate_12: '1.2 ECDHE',
    wait_certificate_status: '1.2 ECDHE stapled',
    judge_certificate_12: '1.2 ECDHE',
    wait_server_key_exchange_ecdhe: '1.2 ECDHE',
    wait_server_key_exchange_dhe: '1.2 DHE',
    wait_server_key_exchange_psk: '1.2 PSK hint',
    wait_server_key_exchange_dhe_psk: '1.2 DHE_PSK',
    wait_server_key_exchange_ecdhe_psk: '1.2 ECDHE_PSK',
    wait_certificate_request_12: '1.2 ECDHE',
    wait_server_hello_done: '1.2 ECDHE asked',
    choose_psk: '1.2 PSK',
    sign_certificate_verify_12: '1.2 ECDHE asked',
    wait_change_cipher_spec: '1.2 ECDHE early',
    wait_finished_12: '1.2 ECDHE early',
    wait_new_session_ticket: '1.2 ticket early',
    wait_new_session_ticket_resumed: '1.2 resumed ticket renewed',
    wait_change_cipher_spec_resumed: '1.2 resumed ticket',
    wait_finished_resumed: '1.2 resumed ticket',
    connected_12: '1.2 ECDHE',
  },
  server: {
    wait_client_hello: '1.3',
    choose_configuration: '1.3 askHello',
    wait_second_client_hello: '1.3 retry',
    find_external_psk: '1.3 PSK',
    judge_early_data: '1.3 resumed ticket early',
    wait_end_of_early_data: '1.3 resumed ticket early',
    sign_certificate_verify: '1.3',
    wait_certificate_13: '1.3 asked',
    judge_certificate_13: '1.3 asked',
    wait_certificate_verify_13: '1.3 asked',
    wait_finished_13: '1.3',
    connected_13: '1.3 afterwards',
    judge_post_certificate: '1.3 afterwards',
    wait_post_certificate_verify: '1.3 afterwards',
    wait_post_finished: '1.3 afterwards',
    sign_server_key_exchange: '1.2 ECDHE',
    wait_certificate_12: '1.2 ECDHE asked',
    judge_certificate_12: '1.2 ECDHE asked',
    wait_client_key_exchange_ecdhe: '1.2 ECDHE',
    wait_client_key_exchange_dhe: '1.2 DHE',
    wait_client_key_exchange_rsa: '1.2 RSA',
    wait_client_key_exchange_psk: '1.2 PSK',
    wait_client_key_exchange_dhe_psk: '1.2 DHE_PSK',
    wait_client_key_exchange_ecdhe_psk: '1.2 ECDHE_PSK',
    decrypt_pre_master: '1.2 RSA',
    find_psk: '1.2 ECDHE_PSK',
    wait_certificate_verify_12: '1.2 ECDHE asked',
    wait_change_cipher_spec: '1.2 ECDHE',
    wait_finished_12: '1.2 ECDHE',
    find_session: '1.2 resumed id',
    wait_change_cipher_spec_resumed: '1.2 resumed ticket',
    wait_finished_resumed: '1.2 resumed ticket',
    connected_12: '1.2 ECDHE',
  },
};

/** For rows that leave it to the state whether data may be written, handshakes in which it may not. */
export const WAY_NOT_EARLY: typeof WAY.client = {
  wait_server_hello: '1.3 resumed ticket',
  wait_encrypted_extensions: '1.3 resumed ticket',
  wait_finished_13: '1.3 resumed ticket',
  wait_new_session_ticket: '1.2 ticket',
  wait_change_cipher_spec: '1.2 ECDHE',
  wait_finished_12: '1.2 ECDHE',
};

/** A key exchange of TLS 1.2 by its suite, and the server's key. A suite of shared keys has none. */
export const EXCHANGES = {
  ECDHE: { suite: undefined, key: 'p256' },
  DHE: { suite: 'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256', key: 'rsa' },
  RSA: { suite: 'TLS_RSA_WITH_AES_128_GCM_SHA256', key: 'rsa' },
  PSK: { suite: 'TLS_PSK_WITH_AES_128_GCM_SHA256', key: undefined },
  DHE_PSK: { suite: 'TLS_DHE_PSK_WITH_AES_128_GCM_SHA256', key: undefined },
  ECDHE_PSK: { suite: 'TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256', key: undefined },
} as const satisfies Record<string, { suite: string | undefined; key: KeyKind | undefined }>;
export type Exchange = keyof typeof EXCHANGES;

export const has = (flavour: Flavour, word: string): boolean => flavour.split(' ').includes(word);

/** What both sides are given, but for sessions. */
export function optionsOf(flavour: Flavour, provider: ProviderName): PairOptions {
  const { key, ...agreement } = has(flavour, '1.3') ? agreement13(flavour) : agreement12(flavour);
  const early = has(flavour, 'early');
  const afterwards = has(flavour, 'afterwards');
  const common = {
    name: provider,
    ...agreement,
    ...(early && { alpn: ['h2'] }),
    ...(has(flavour, 'compressed') && { certificateCompression }),
    postHandshakeAuth: afterwards,
  };
  const retry = has(flavour, 'retry');
  const asked = has(flavour, 'asked');
  const staples = key !== undefined && (has(flavour, 'stapled') || has(flavour, 'promised'));
  return {
    client: {
      ...common,
      ...(retry && { groups: ['x25519', 'secp256r1'], keyShares: ['x25519'] }),
      falseStart: early,
      earlyData: early,
    },
    server: {
      ...common,
      ...(retry && { groups: ['secp256r1'] }),
      ...(staples && { credentials: [stapled(key)] }),
      ...(has(flavour, 'hint') && { pskIdentityHint: new TextEncoder().encode('a hint') }),
      clientCertificate: asked ? 'request' : 'none',
      askHello: has(flavour, 'askHello'),
      maxEarlyData: early ? 1000 : 0,
    },
    keys: key === undefined ? [] : [key],
    clientKeys: (asked || afterwards) && !has(flavour, 'empty') ? ['p256'] : [],
  };
}

type Agreement = Pick<ClientOptions, 'minVersion' | 'maxVersion' | 'legacy' | 'psk' | 'cipherSuites'> & {
  readonly key: KeyKind | undefined;
};

function agreement12(flavour: Flavour): Agreement {
  const exchange = (Object.keys(EXCHANGES) as Exchange[]).find((name) => has(flavour, name)) ?? 'ECDHE';
  const { suite, key } = EXCHANGES[exchange];
  return {
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.2',
    legacy: exchange === 'RSA',
    psk: exchange.includes('PSK'),
    ...(suite !== undefined && { cipherSuites: [suite] }),
    key,
  };
}

function agreement13(flavour: Flavour): Agreement {
  return {
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    psk: has(flavour, 'PSK'),
    // Without the shared key, another suite than with it.
    ...(has(flavour, 'forgotten') && { cipherSuites: ['TLS_AES_256_GCM_SHA384', 'TLS_AES_128_GCM_SHA256'] }),
    key: 'p256',
  };
}
