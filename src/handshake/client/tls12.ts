// The client's TLS 1.2 handshake after ServerHello (RFC 5246 7.4, RFC 8422 5): the server's certificate, for ECDHE its signed
// ephemeral key, then our key exchange, ChangeCipherSpec and Finished.

import { concat } from '../../bytes/bytes.ts';
import { masterSecret, verifyData12 } from '../../crypto/schedule12.ts';
import { clientKeyExchangeEcdhe, clientKeyExchangeRsa, type ServerKeyExchangeEcdhe } from '../../wire/key_exchange.ts';
import {
  type Certificate12,
  type CertificateRequest12,
  certificate12,
  type Finished,
  finished,
  type NewSessionTicket12,
} from '../../wire/messages.ts';
import { EC_CURVE_TYPE, groupName, VERSION } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import { checkFinished } from '../shared/finished.ts';
import { agree, groupById, groupId } from '../shared/groups.ts';
import { establishKeys12, keyChange12 } from '../shared/keys12.ts';
import type { Verdict } from '../shared/needs.ts';
import { acceptedPeer } from '../shared/peer.ts';
import { PRE_MASTER_LENGTH } from '../shared/rsa_pre_master.ts';
import { serverKeyExchangeContent, verifyPeerSignature } from '../shared/signatures.ts';
import type { Connected12, Peer } from '../shared/states.ts';
import { keepSession12 } from './resume12.ts';
import type {
  Handshake12,
  JudgeCertificate12,
  WaitCertificate12,
  WaitCertificateRequest12,
  WaitChangeCipherSpec,
  WaitFinished12,
  WaitNewSessionTicket,
  WaitServerHelloDone,
  WaitServerKeyExchange,
} from './states.ts';

export function onCertificate(
  context: HandshakeContext,
  state: WaitCertificate12,
  message: Certificate12,
): JudgeCertificate12 {
  if (message.certificate_list.length === 0) {
    throw new TlsError('ERR_TLS_EMPTY_CERTIFICATE', 'the server sent no certificate', {
      where: { message: 'certificate', field: 'certificate_list' },
    });
  }
  return {
    name: 'judge_certificate_12',
    handshake: state.handshake,
    need: {
      kind: 'verdict',
      role: 'server',
      chain: message.certificate_list,
      serverName: context.client.serverName,
      now: context.client.now(),
    },
  };
}

export function onVerdict(
  _context: HandshakeContext,
  state: JudgeCertificate12,
  verdict: Verdict,
): WaitServerKeyExchange | WaitCertificateRequest12 {
  const { handshake } = state;
  const peer = acceptedPeer(state.need, verdict);
  checkKeyForSuite(handshake, peer);
  if (handshake.suite.keyExchange === 'ecdhe') return { name: 'wait_server_key_exchange', handshake, peer };
  return { name: 'wait_certificate_request_12', handshake, peer, ephemeral: undefined };
}

/** RFC 5246 7.4.2, RFC 8422 5.3: the certificate must hold the kind of key that the suite names, and allow its use. */
function checkKeyForSuite({ suite }: Handshake12, { key, usage }: Peer): void {
  const where = { message: 'certificate' };
  const isRsa = key.kind === 'rsa' || (key.kind === 'rsa-pss' && suite.keyExchange !== 'rsa');
  if (isRsa !== (suite.authentication === 'rsa')) {
    throw new TlsError(
      'ERR_TLS_WRONG_KEY',
      `the suite asks for ${suite.authentication}, the certificate has ${key.kind}`,
      {
        where,
      },
    );
  }
  if (usage !== undefined && suite.keyExchange === 'rsa' && !usage.keyEncipherment) {
    throw new TlsError('ERR_TLS_KEY_USAGE', 'RSA key exchange, and the certificate does not allow keyEncipherment', {
      where,
    });
  }
}

export function onServerKeyExchange(
  context: HandshakeContext,
  state: WaitServerKeyExchange,
  message: ServerKeyExchangeEcdhe,
): WaitCertificateRequest12 {
  const { handshake, peer } = state;
  const { value: params, raw } = message.params;
  const where = { message: 'server_key_exchange', field: 'params.named_curve' };
  const group = groupById(context.client.groups, params.named_curve);
  if (params.curve_type !== EC_CURVE_TYPE.named_curve || group === undefined) {
    const label = groupName(params.named_curve) ?? `group ${params.named_curve}`;
    throw new TlsError('ERR_TLS_UNOFFERED_GROUP', `the server chose ${label}, which was not offered`, {
      where,
      expected: context.client.groups,
      actual: label,
    });
  }
  const { randoms } = handshake;
  verifyPeerSignature(context, context.client.schemes, peer.key, peer.usage, 'tls12', {
    message: 'server_key_exchange',
    algorithm: message.algorithm,
    signature: message.signature,
    content: serverKeyExchangeContent(randoms.client, randoms.server, raw),
  });
  const offered = context.client.groups.map(groupId);
  context.decide({ about: 'group', chosen: params.named_curve, offered, acceptable: [params.named_curve] });
  return {
    name: 'wait_certificate_request_12',
    handshake,
    peer,
    ephemeral: {
      share: context.provider.generateKeyShare(group),
      peerPublic: params.public,
      group: params.named_curve,
      scheme: message.algorithm,
    },
  };
}

export function onCertificateRequest(
  _context: HandshakeContext,
  state: WaitCertificateRequest12,
  _request: CertificateRequest12,
): WaitServerHelloDone {
  return { ...state, name: 'wait_server_hello_done', certificateRequested: true };
}

export function onNoCertificateRequest(
  _context: HandshakeContext,
  state: WaitCertificateRequest12,
): WaitServerHelloDone {
  return { ...state, name: 'wait_server_hello_done', certificateRequested: false };
}

export function onServerHelloDone(
  context: HandshakeContext,
  state: WaitServerHelloDone,
): WaitNewSessionTicket | WaitChangeCipherSpec {
  const { handshake, peer, ephemeral } = state;
  const { provider, transcript } = context;
  const { suite, randoms } = handshake;
  // RFC 5246 7.4.6: a client that was asked and has no suitable certificate sends an empty list.
  if (state.certificateRequested) context.send('certificate', certificate12, { certificate_list: [] });
  const preMaster = ephemeral === undefined ? sendRsa(context, peer) : sendEcdhe(context, ephemeral);
  const sessionHash = handshake.extendedMasterSecret ? transcript.hash() : undefined;
  const master = masterSecret(provider, suite, preMaster, randoms, sessionHash, context.observeSecret);
  const keys = establishKeys12(context, suite, master, randoms, handshake.encryptThenMac);
  context.sendChangeCipherSpec();
  context.setWriteKeys(keyChange12(keys, 'client'));
  context.send('finished', finished, {
    verify_data: verifyData12(provider, suite, master, 'client', transcript.hash()),
  });
  const established = { handshake, peer, ephemeral, keys };
  return handshake.ticketPromised
    ? { name: 'wait_new_session_ticket', ...established }
    : { name: 'wait_change_cipher_spec', ...established, ticket: undefined };
}

export function onNewSessionTicket(
  _context: HandshakeContext,
  state: WaitNewSessionTicket,
  ticket: NewSessionTicket12,
): WaitChangeCipherSpec {
  return { ...state, name: 'wait_change_cipher_spec', ticket };
}

/** RFC 5246 7.4.7.1: the version that was offered and 46 random bytes, encrypted to the key of the certificate. */
function sendRsa(context: HandshakeContext, peer: Peer): Uint8Array {
  const version = Uint8Array.of(VERSION.tls12 >> 8, VERSION.tls12 & 0xff);
  const preMaster = concat(version, context.client.random(PRE_MASTER_LENGTH - 2));
  const encrypted = context.provider.rsaEncrypt(peer.key, preMaster);
  if (encrypted === undefined) {
    throw new TlsError('ERR_TLS_WRONG_KEY', 'the RSA key of the certificate cannot carry a pre-master secret', {
      where: { message: 'certificate' },
    });
  }
  context.send('client_key_exchange', clientKeyExchangeRsa, { encrypted_pre_master_secret: encrypted });
  return preMaster;
}

function sendEcdhe(context: HandshakeContext, ephemeral: NonNullable<WaitServerHelloDone['ephemeral']>): Uint8Array {
  const secret = agree(ephemeral.share, ephemeral.peerPublic, 'server_key_exchange', 'params.public');
  context.send('client_key_exchange', clientKeyExchangeEcdhe, { ecdh_Yc: ephemeral.share.publicKey });
  return secret;
}

export function onChangeCipherSpec(context: HandshakeContext, state: WaitChangeCipherSpec): WaitFinished12 {
  context.setReadKeys(keyChange12(state.keys, 'server'));
  return { ...state, name: 'wait_finished_12' };
}

export function onFinished(context: HandshakeContext, state: WaitFinished12, message: Finished): Connected12 {
  const { handshake, peer, ephemeral, keys } = state;
  const hash = context.transcript.hashBefore();
  checkFinished(message.verify_data, verifyData12(context.provider, keys.suite, keys.master, 'server', hash));
  context.connected({
    version: VERSION.tls12,
    suite: keys.suite,
    group: ephemeral?.group,
    scheme: ephemeral?.scheme,
    alpn: handshake.alpn,
    serverName: context.client.serverName,
    extendedMasterSecret: handshake.extendedMasterSecret,
    peerChain: peer.chain,
    authorized: peer.authorized,
    authorizationProblem: peer.problem,
    resumed: false,
  });
  keepSession12(context, state);
  return { name: 'connected_12' };
}
