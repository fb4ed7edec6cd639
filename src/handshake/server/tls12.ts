// The server's TLS 1.2 handshake (RFC 5246 7.4, RFC 8422 5): hello, certificate, for ECDHE a signed ephemeral key; then the
// client's key exchange, and Finished both ways.

import { concat, EMPTY } from '../../bytes/bytes.ts';
import { encode } from '../../codec/run.ts';
import { masterSecret, verifyData12 } from '../../crypto/schedule12.ts';
import { buildExtensions, noExtensions } from '../../wire/extensions.ts';
import {
  type ClientKeyExchangeEcdhe,
  type ClientKeyExchangeRsa,
  ecdhParams,
  serverKeyExchangeEcdhe,
} from '../../wire/key_exchange.ts';
import {
  type ClientHello,
  certificate12,
  emptyMessage,
  type Finished,
  finished,
  serverHello,
} from '../../wire/messages.ts';
import { EC_CURVE_TYPE, VERSION } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import { chooseAlpn } from '../shared/extensions.ts';
import { checkFinished } from '../shared/finished.ts';
import { agree, groupId } from '../shared/groups.ts';
import { establishKeys12, keyChange12 } from '../shared/keys12.ts';
import { PRE_MASTER_LENGTH, unpadPreMaster } from '../shared/rsa_pre_master.ts';
import { serverKeyExchangeContent } from '../shared/signatures.ts';
import type { Connected12 } from '../shared/states.ts';
import { type Choice12, choose12 } from './choose12.ts';
import { answerExtensions, serverRandom12 } from './hello12.ts';
import { giveSession12, resumeFound12, tryResume12 } from './resume12.ts';
import type {
  DecryptPreMaster,
  FindSession,
  Handshake12,
  SignServerKeyExchange,
  WaitChangeCipherSpec,
  WaitChangeCipherSpecResumed,
  WaitClientKeyExchangeEcdhe,
  WaitClientKeyExchangeRsa,
  WaitFinished12,
} from './states.ts';
import { decideAlpn } from './tls13.ts';

/** What follows a ClientHello in TLS 1.2. */
export type Opened12 = FindSession | WaitChangeCipherSpecResumed | FullHandshake12;
type FullHandshake12 = SignServerKeyExchange | WaitClientKeyExchangeRsa;

export function enterHandshake12(
  context: HandshakeContext,
  hello: ClientHello,
  serverName: string | undefined,
): Opened12 {
  return tryResume12(context, hello, serverName) ?? fullHandshake12(context, hello, serverName);
}

export function onSession(
  context: HandshakeContext,
  state: FindSession,
  found: Uint8Array | undefined,
): WaitChangeCipherSpecResumed | FullHandshake12 {
  return resumeFound12(context, state, found) ?? fullHandshake12(context, state.hello, state.serverName);
}

function fullHandshake12(
  context: HandshakeContext,
  hello: ClientHello,
  serverName: string | undefined,
): FullHandshake12 {
  const { server, transcript } = context;
  const choice = choose12(context, hello);
  const { suite } = choice;
  const { known } = hello.extensions;
  const alpn = chooseAlpn(server.alpn, known.application_layer_protocol_negotiation);
  decideAlpn(context, hello, alpn);
  const extendedMasterSecret = known.extended_master_secret === true;
  const encryptThenMac = known.encrypt_then_mac === true && suite.aead === undefined;
  const random = serverRandom12(server);
  const ticketPromised = known.session_ticket !== undefined && server.ticketKeys.length > 0;
  const sessionId = server.sessionCache && !ticketPromised ? server.random(32) : EMPTY;
  const extensions = buildExtensions('server_hello_12', {
    ...(serverName !== undefined && server.usesServerName && { server_name: true as const }),
    ...(known.ec_point_formats !== undefined && choice.signed !== undefined && { ec_point_formats: [0] }),
    ...answerExtensions(hello, alpn, extendedMasterSecret),
    ...(encryptThenMac && { encrypt_then_mac: true as const }),
    ...(ticketPromised && { session_ticket: true as const }),
  });
  context.send('server_hello', serverHello, {
    legacy_version: VERSION.tls12,
    random,
    legacy_session_id_echo: sessionId,
    cipher_suite: suite.id,
    legacy_compression_method: 0,
    extensions: extensions.list.length === 0 ? noExtensions<'server_hello_12'>() : extensions,
  });
  transcript.start(suite.hash);
  context.send('certificate', certificate12, {
    certificate_list: server.credentials[choice.credential]?.chain ?? [],
  });
  const handshake: Handshake12 = {
    hello,
    suite,
    randoms: { client: hello.random, server: random },
    credential: choice.credential,
    alpn,
    serverName,
    extendedMasterSecret,
    encryptThenMac,
    sessionId,
    ticketPromised,
  };
  if (choice.signed !== undefined) return prepareKeyExchange(context, handshake, choice.signed);
  context.send('server_hello_done', emptyMessage, true);
  return { name: 'wait_client_key_exchange_rsa', handshake };
}

function prepareKeyExchange(
  context: HandshakeContext,
  handshake: Handshake12,
  { group, scheme }: NonNullable<Choice12['signed']>,
): SignServerKeyExchange {
  const share = context.provider.generateKeyShare(group);
  const params = encode(ecdhParams, {
    curve_type: EC_CURVE_TYPE.named_curve,
    named_curve: groupId(group),
    public: share.publicKey,
  });
  const { hello, randoms } = handshake;
  const { supported_groups, signature_algorithms } = hello.extensions.known;
  const acceptable = context.server.groups.map(groupId);
  context.decide({ about: 'group', chosen: groupId(group), offered: supported_groups ?? [], acceptable });
  context.decide({
    about: 'signature_scheme',
    chosen: scheme.id,
    offered: signature_algorithms ?? [],
    acceptable: context.server.schemes.map((one) => one.id),
  });
  return {
    name: 'sign_server_key_exchange',
    handshake,
    share,
    params,
    need: {
      kind: 'signature',
      credential: handshake.credential,
      scheme: scheme.id,
      algorithm: scheme.algorithm,
      data: serverKeyExchangeContent(randoms.client, randoms.server, params),
    },
  };
}

export function onSignature(
  context: HandshakeContext,
  state: SignServerKeyExchange,
  signature: Uint8Array | undefined,
): WaitClientKeyExchangeEcdhe {
  const { handshake, share, params, need } = state;
  if (signature === undefined) {
    throw new TlsError('ERR_TLS_ANSWER', 'the private key did not sign', { where: { message: 'server_key_exchange' } });
  }
  context.send('server_key_exchange', serverKeyExchangeEcdhe, {
    params: {
      value: { curve_type: EC_CURVE_TYPE.named_curve, named_curve: groupId(share.group), public: share.publicKey },
      raw: params,
    },
    algorithm: need.scheme,
    signature,
  });
  context.send('server_hello_done', emptyMessage, true);
  return { name: 'wait_client_key_exchange_ecdhe', handshake, share, scheme: need.scheme };
}

export function onClientKeyExchangeEcdhe(
  context: HandshakeContext,
  state: WaitClientKeyExchangeEcdhe,
  message: ClientKeyExchangeEcdhe,
): WaitChangeCipherSpec {
  const { handshake, share, scheme } = state;
  const preMaster = agree(share, message.ecdh_Yc, 'client_key_exchange', 'ecdh_Yc');
  return deriveKeys(context, handshake, preMaster, groupId(share.group), scheme);
}

export function onClientKeyExchangeRsa(
  context: HandshakeContext,
  state: WaitClientKeyExchangeRsa,
  message: ClientKeyExchangeRsa,
): DecryptPreMaster {
  const { handshake } = state;
  return {
    name: 'decrypt_pre_master',
    handshake,
    fallback: context.server.random(PRE_MASTER_LENGTH),
    need: { kind: 'decrypt', credential: handshake.credential, ciphertext: message.encrypted_pre_master_secret },
  };
}

export function onDecrypted(
  context: HandshakeContext,
  state: DecryptPreMaster,
  block: Uint8Array | undefined,
): WaitChangeCipherSpec {
  const { handshake, fallback } = state;
  const key = context.server.credentials[handshake.credential]?.key;
  const length = key?.kind === 'rsa' ? key.modulus.length : 0;
  // A failed operation and one with a strange result go the same way as every other failure: unpad something of the
  // modulus' length, and take the fallback.
  const usable = block !== undefined && block.length === length;
  const padded = usable ? block : concat(fallback, new Uint8Array(Math.max(0, length - fallback.length)));
  const { legacy_version } = handshake.hello;
  const preMaster = unpadPreMaster(padded, usable ? 0 : 1, legacy_version, fallback);
  return deriveKeys(context, handshake, preMaster, undefined, undefined);
}

function deriveKeys(
  context: HandshakeContext,
  handshake: Handshake12,
  preMaster: Uint8Array,
  group: number | undefined,
  scheme: number | undefined,
): WaitChangeCipherSpec {
  const { provider, observeSecret } = context;
  const { suite, randoms } = handshake;
  const sessionHash = handshake.extendedMasterSecret ? context.transcript.hash() : undefined;
  const master = masterSecret(provider, suite, preMaster, randoms, sessionHash, observeSecret);
  const keys = establishKeys12(context, suite, master, randoms, handshake.encryptThenMac);
  return { name: 'wait_change_cipher_spec', handshake, keys, group, scheme };
}

export function onChangeCipherSpec(context: HandshakeContext, state: WaitChangeCipherSpec): WaitFinished12 {
  context.setReadKeys(keyChange12(state.keys, 'client'));
  return { ...state, name: 'wait_finished_12' };
}

export function onFinished(context: HandshakeContext, state: WaitFinished12, message: Finished): Connected12 {
  const { provider, transcript } = context;
  const { handshake, keys } = state;
  const { suite, master } = keys;
  checkFinished(message.verify_data, verifyData12(provider, suite, master, 'client', transcript.hashBefore()));
  giveSession12(context, state);
  context.sendChangeCipherSpec();
  context.setWriteKeys(keyChange12(keys, 'server'));
  context.send('finished', finished, {
    verify_data: verifyData12(provider, suite, master, 'server', transcript.hash()),
  });
  context.connected({
    version: VERSION.tls12,
    suite,
    group: state.group,
    scheme: state.scheme,
    alpn: handshake.alpn,
    serverName: handshake.serverName,
    extendedMasterSecret: handshake.extendedMasterSecret,
    peerChain: [],
    authorized: false,
    authorizationProblem: undefined,
    resumed: false,
  });
  return { name: 'connected_12' };
}
