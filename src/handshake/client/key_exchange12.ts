// The client's half of the TLS 1.2 key exchanges: what the server's key exchange message must be, and our answer to it with the
// pre-master secret (RFC 5246 7.4.3 and 7.4.7, RFC 8422 5.4 and 5.7, RFC 7919, RFC 4279, RFC 5489).

import { bitLength, concat, EMPTY } from '../../bytes/bytes.ts';
import { ffdheGroupOf } from '../../crypto/ffdhe.ts';
import type { PublicKey } from '../../crypto/keys.ts';
import { PRE_MASTER_LENGTH } from '../../crypto/rsa_pre_master.ts';
import { pskPreMaster } from '../../crypto/schedule12.ts';
import { serverKeyExchangeContent } from '../../crypto/signed_content.ts';
import {
  clientKeyExchangeDhe,
  clientKeyExchangeDhePsk,
  clientKeyExchangeEcdhe,
  clientKeyExchangeEcdhePsk,
  clientKeyExchangePsk,
  clientKeyExchangeRsa,
  type DhParams,
  type EcdhParams,
  type ServerKeyExchangeDhe,
  type ServerKeyExchangeDhePsk,
  type ServerKeyExchangeEcdhe,
  type ServerKeyExchangeEcdhePsk,
  type ServerKeyExchangePsk,
} from '../../wire/key_exchange.ts';
import { EC_CURVE_TYPE, groupName, VERSION } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import type { ClientConfig } from '../shared/config.ts';
import { agree, groupById, groupId, isCurve12 } from '../shared/groups.ts';
import type { Psk } from '../shared/needs.ts';
import { withoutLeadingZeros } from '../shared/pre_master.ts';
import { verifyPeerSignature } from '../shared/signatures.ts';
import type { Peer } from '../shared/states.ts';
import type {
  Ephemeral,
  Handshake12,
  ServerExchange,
  WaitCertificateRequest12,
  WaitPskHint,
  WaitServerHelloDone,
  WaitServerKeyExchangeDhe,
  WaitServerKeyExchangeDhePsk,
  WaitServerKeyExchangeEcdhe,
  WaitServerKeyExchangeEcdhePsk,
} from './states.ts';

export function onEcdhe(
  context: HandshakeContext,
  state: WaitServerKeyExchangeEcdhe,
  message: ServerKeyExchangeEcdhe,
): WaitCertificateRequest12 {
  return signed(context, state, message, answerEcdh(context, message.params.value));
}

export function onDhe(
  context: HandshakeContext,
  state: WaitServerKeyExchangeDhe,
  message: ServerKeyExchangeDhe,
): WaitCertificateRequest12 {
  return signed(context, state, message, answerDh(context, message.params.value));
}

export function onPskHint(
  _context: HandshakeContext,
  state: WaitPskHint,
  message: ServerKeyExchangePsk,
): WaitServerHelloDone {
  return shared(state.handshake, message, undefined);
}

export function onNoPskHint(_context: HandshakeContext, state: WaitPskHint): WaitServerHelloDone {
  return shared(state.handshake, undefined, undefined);
}

export function onDhePsk(
  context: HandshakeContext,
  state: WaitServerKeyExchangeDhePsk,
  message: ServerKeyExchangeDhePsk,
): WaitServerHelloDone {
  return shared(state.handshake, message, answerDh(context, message.params));
}

export function onEcdhePsk(
  context: HandshakeContext,
  state: WaitServerKeyExchangeEcdhePsk,
  message: ServerKeyExchangeEcdhePsk,
): WaitServerHelloDone {
  return shared(state.handshake, message, answerEcdh(context, message.params));
}

/** Our ephemeral key for the server's, and both in the group of the message. */
type Answered = Omit<Ephemeral, 'scheme'>;

/** The parameters are the server's only with its signature over them and both randoms. */
function signed(
  context: HandshakeContext,
  state: WaitServerKeyExchangeEcdhe | WaitServerKeyExchangeDhe,
  message: ServerKeyExchangeEcdhe | ServerKeyExchangeDhe,
  answered: Answered,
): WaitCertificateRequest12 {
  const { handshake, peer } = state;
  const { client, server } = handshake.randoms;
  checkCurve(context.client, peer.key);
  verifyPeerSignature(context, context.client.schemes, peer.key, peer.usage, 'tls12', {
    message: 'server_key_exchange',
    algorithm: message.algorithm,
    signature: message.signature,
    content: serverKeyExchangeContent(client, server, message.params.raw),
  });
  const ephemeral = { ...answered, scheme: message.algorithm };
  return { name: 'wait_certificate_request_12', handshake, peer, ephemeral, hint: undefined };
}

/** RFC 8422 5.3: the key in the server's certificate "MUST respect the client's choice of elliptic curves". */
function checkCurve({ groups }: ClientConfig, key: PublicKey): void {
  if (key.kind !== 'ec' || groups.includes(key.curve)) return;
  throw new TlsError('ERR_TLS_WRONG_KEY', `a key on ${key.curve}, which was not offered`, {
    where: { message: 'certificate', field: 'certificate_list' },
  });
}

/** With a shared key no certificate is asked for (RFC 4279 2). RFC 4279 5.2: an empty hint is none. */
function shared(
  handshake: Handshake12,
  message: ServerKeyExchangePsk | undefined,
  answered: Answered | undefined,
): WaitServerHelloDone {
  const hint = message?.psk_identity_hint.length === 0 ? undefined : message?.psk_identity_hint;
  const ephemeral = answered && { ...answered, scheme: undefined };
  return { name: 'wait_server_hello_done', handshake, peer: undefined, ephemeral, hint, request: undefined };
}

function answerEcdh(context: HandshakeContext, params: EcdhParams): Answered {
  const groups = context.client.groups.filter(isCurve12);
  const { curve_type, named_curve } = params;
  const group = groupById(groups, named_curve);
  if (curve_type !== EC_CURVE_TYPE.named_curve || group === undefined) {
    const label = groupName(named_curve) ?? `group ${named_curve}`;
    throw new TlsError('ERR_TLS_UNOFFERED_GROUP', `the server chose ${label}, which was not offered`, {
      where: { message: 'server_key_exchange', field: 'params.named_curve' },
      expected: groups,
      actual: label,
    });
  }
  context.decide({ about: 'group', chosen: named_curve, offered: groups.map(groupId), acceptable: [named_curve] });
  return { share: context.provider.generateKeyShare(group), peerPublic: params.public, group: named_curve };
}

/** TLS 1.2 lets the server name any prime; ours decides only how small it may be (RFC 7919 1, the Logjam attack). */
function answerDh(context: HandshakeContext, { dh_p, dh_g, dh_Ys }: DhParams): Answered {
  const { minDhBits, dhGroups } = context.client;
  const bits = bitLength(dh_p);
  if (bits < minDhBits) {
    throw new TlsError(
      'ERR_TLS_WEAK_DH',
      `the server's Diffie-Hellman group has ${bits} bits, fewer than ${minDhBits}`,
      {
        where: { message: 'server_key_exchange', field: 'params.dh_p' },
        expected: minDhBits,
        actual: bits,
      },
    );
  }
  const share = context.provider.generateDhShare(dh_p, dh_g);
  if (share === undefined) {
    throw new TlsError('ERR_TLS_BAD_KEY_SHARE', "the server's Diffie-Hellman parameters cannot be used", {
      where: { message: 'server_key_exchange', field: 'params' },
    });
  }
  const known = ffdheGroupOf(dh_p, dh_g);
  const group = known && groupId(known);
  const offered = dhGroups.map(groupId);
  context.decide({ about: 'group', chosen: group ?? `a prime of ${bits} bits`, offered, acceptable: offered });
  return { share, peerPublic: dh_Ys, group };
}

/** Sends ClientKeyExchange. The result is the pre-master secret. `psk` is there for the suites that need one. */
export function sendKeyExchange(
  context: HandshakeContext,
  handshake: Handshake12,
  { peer, ephemeral }: ServerExchange,
  psk: Psk | undefined,
): Uint8Array {
  const { keyExchange } = handshake.suite;
  const psk_identity = psk?.identity ?? EMPTY;
  const name = 'client_key_exchange';
  if (keyExchange === 'rsa') return sendRsa(context, peer);
  if (keyExchange === 'psk') {
    context.send(name, clientKeyExchangePsk, { psk_identity });
    return pskPreMaster(keyOf(psk));
  }
  if (ephemeral === undefined) throw new TlsError('ERR_TLS_INTERNAL', `${keyExchange} without an ephemeral key`);
  const { share, peerPublic } = ephemeral;
  const { publicKey } = share;
  if (keyExchange === 'ecdhe' || keyExchange === 'ecdhe_psk') {
    const secret = agree(share, peerPublic, 'server_key_exchange', 'params.public');
    if (keyExchange === 'ecdhe') context.send(name, clientKeyExchangeEcdhe, { ecdh_Yc: publicKey });
    else context.send(name, clientKeyExchangeEcdhePsk, { psk_identity, ecdh_Yc: publicKey });
    return keyExchange === 'ecdhe' ? secret : pskPreMaster(keyOf(psk), secret);
  }
  const secret = withoutLeadingZeros(agree(share, peerPublic, 'server_key_exchange', 'params.dh_Ys'));
  if (keyExchange === 'dhe') context.send(name, clientKeyExchangeDhe, { dh_Yc: publicKey });
  else context.send(name, clientKeyExchangeDhePsk, { psk_identity, dh_Yc: publicKey });
  return keyExchange === 'dhe' ? secret : pskPreMaster(keyOf(psk), secret);
}

function keyOf(psk: Psk | undefined): Uint8Array {
  if (psk === undefined) throw new TlsError('ERR_TLS_INTERNAL', 'a suite with a shared key, and no key');
  return psk.key;
}

/** RFC 5246 7.4.7.1: the version that was offered and 46 random bytes, encrypted to the key of the certificate. */
function sendRsa(context: HandshakeContext, peer: Peer | undefined): Uint8Array {
  const version = Uint8Array.of(VERSION.tls12 >> 8, VERSION.tls12 & 0xff);
  const preMaster = concat(version, context.client.random(PRE_MASTER_LENGTH - 2));
  const encrypted = peer && context.provider.rsaEncrypt(peer.key, preMaster);
  if (encrypted === undefined) {
    throw new TlsError('ERR_TLS_WRONG_KEY', 'the RSA key of the certificate cannot carry a pre-master secret', {
      where: { message: 'certificate' },
    });
  }
  context.send('client_key_exchange', clientKeyExchangeRsa, { encrypted_pre_master_secret: encrypted });
  return preMaster;
}
