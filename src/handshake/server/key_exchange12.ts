// The server's half of the TLS 1.2 key exchanges: our ephemeral key, signed or vouched for by a shared key, then the client's
// answer to it and the pre-master secret (RFC 5246 7.4.3 and 7.4.7, RFC 8422 5.4 and 5.7, RFC 7919, RFC 4279, RFC 5489).

import { concat, EMPTY } from '../../bytes/bytes.ts';
import { encode } from '../../codec/run.ts';
import { ffdheParameters, isFiniteField } from '../../crypto/ffdhe.ts';
import type { FfdheName, GroupName } from '../../crypto/keys.ts';
import { PRE_MASTER_LENGTH, unpadPreMaster } from '../../crypto/rsa_pre_master.ts';
import { masterSecret, pskPreMaster } from '../../crypto/schedule12.ts';
import {
  type ClientKeyExchangeDhe,
  type ClientKeyExchangeDhePsk,
  type ClientKeyExchangeEcdhe,
  type ClientKeyExchangeEcdhePsk,
  type ClientKeyExchangePsk,
  type ClientKeyExchangeRsa,
  type DhParams,
  dhParams,
  type EcdhParams,
  ecdhParams,
  serverKeyExchangeDhe,
  serverKeyExchangeDhePsk,
  serverKeyExchangeEcdhe,
  serverKeyExchangeEcdhePsk,
  serverKeyExchangePsk,
} from '../../wire/key_exchange.ts';
import { EC_CURVE_TYPE } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import { agree, groupId } from '../shared/groups.ts';
import { establishKeys12 } from '../shared/keys12.ts';
import type { Psk } from '../shared/needs.ts';
import { checkedPsk, withoutLeadingZeros } from '../shared/pre_master.ts';
import type {
  DecryptPreMaster,
  Ephemeral,
  FindPsk,
  Handshake12,
  WaitCertificateVerify12,
  WaitChangeCipherSpec,
  WaitClientKeyExchangeDhe,
  WaitClientKeyExchangeDhePsk,
  WaitClientKeyExchangeEcdhe,
  WaitClientKeyExchangeEcdhePsk,
  WaitClientKeyExchangePsk,
  WaitClientKeyExchangeRsa,
} from './states.ts';

/** A fresh key in `group`, to be signed with `scheme` if the suite has its parameters signed. */
export function makeEphemeral(context: HandshakeContext, group: GroupName, scheme: number | undefined): Ephemeral {
  return { share: context.provider.generateKeyShare(group), group: groupId(group), scheme };
}

/** The parameters of `group` with our public key, as they go on the wire and under the signature. */
export function encodeParams(group: GroupName, ephemeral: Ephemeral): Uint8Array {
  return isFiniteField(group)
    ? encode(dhParams, dhParamsOf(group, ephemeral))
    : encode(ecdhParams, ecdhParamsOf(ephemeral));
}

function ecdhParamsOf({ group, share }: Ephemeral): EcdhParams {
  return { curve_type: EC_CURVE_TYPE.named_curve, named_curve: group, public: share.publicKey };
}

function dhParamsOf(group: FfdheName, { share }: Ephemeral): DhParams {
  const { prime, generator } = ffdheParameters(group);
  return { dh_p: prime, dh_g: generator, dh_Ys: share.publicKey };
}

/** ServerKeyExchange of a certificate's suite: the parameters and the signature over them. */
export function sendSigned(
  context: HandshakeContext,
  { ephemeral, params, need }: { ephemeral: Ephemeral; params: Uint8Array; need: { scheme: number } },
  group: GroupName,
  signature: Uint8Array,
): void {
  const name = 'server_key_exchange';
  const rest = { algorithm: need.scheme, signature };
  if (isFiniteField(group)) {
    const value = dhParamsOf(group, ephemeral);
    context.send(name, serverKeyExchangeDhe, { params: { value, raw: params }, ...rest });
  } else {
    context.send(name, serverKeyExchangeEcdhe, { params: { value: ecdhParamsOf(ephemeral), raw: params }, ...rest });
  }
}

/** ServerKeyExchange of a shared key's suite. RFC 4279 2: the plain form is left out when there is no hint. */
export function sendForPsk(
  context: HandshakeContext,
  group: GroupName | undefined,
  ephemeral: Ephemeral | undefined,
): void {
  const hint = context.server.pskIdentityHint;
  const psk_identity_hint = hint ?? EMPTY;
  const name = 'server_key_exchange';
  if (group === undefined || ephemeral === undefined) {
    if (hint !== undefined) context.send(name, serverKeyExchangePsk, { psk_identity_hint });
  } else if (isFiniteField(group)) {
    context.send(name, serverKeyExchangeDhePsk, { psk_identity_hint, params: dhParamsOf(group, ephemeral) });
  } else {
    context.send(name, serverKeyExchangeEcdhePsk, { psk_identity_hint, params: ecdhParamsOf(ephemeral) });
  }
}

type Exchanged = WaitCertificateVerify12 | WaitChangeCipherSpec;

export function onEcdhe(
  context: HandshakeContext,
  { handshake }: WaitClientKeyExchangeEcdhe,
  message: ClientKeyExchangeEcdhe,
): Exchanged {
  return deriveKeys(context, handshake, agreedSecret(handshake, message));
}

export function onDhe(
  context: HandshakeContext,
  { handshake }: WaitClientKeyExchangeDhe,
  message: ClientKeyExchangeDhe,
): Exchanged {
  return deriveKeys(context, handshake, agreedSecret(handshake, message));
}

export function onPsk(
  _context: HandshakeContext,
  { handshake }: WaitClientKeyExchangePsk,
  { psk_identity }: ClientKeyExchangePsk,
): FindPsk {
  return findPsk(handshake, undefined, psk_identity);
}

export function onDhePsk(
  _context: HandshakeContext,
  { handshake }: WaitClientKeyExchangeDhePsk,
  message: ClientKeyExchangeDhePsk,
): FindPsk {
  return findPsk(handshake, agreedSecret(handshake, message), message.psk_identity);
}

export function onEcdhePsk(
  _context: HandshakeContext,
  { handshake }: WaitClientKeyExchangeEcdhePsk,
  message: ClientKeyExchangeEcdhePsk,
): FindPsk {
  return findPsk(handshake, agreedSecret(handshake, message), message.psk_identity);
}

function findPsk(handshake: Handshake12, agreed: Uint8Array | undefined, identity: Uint8Array): FindPsk {
  return { name: 'find_psk', handshake, agreed, need: { kind: 'psk', role: 'server', identity } };
}

export function onPskFound(
  context: HandshakeContext,
  { handshake, agreed }: FindPsk,
  psk: Psk | undefined,
): WaitChangeCipherSpec {
  if (psk === undefined) {
    throw new TlsError('ERR_TLS_UNKNOWN_PSK_IDENTITY', 'no key is shared under this identity', {
      where: { message: 'client_key_exchange', field: 'psk_identity' },
    });
  }
  return {
    name: 'wait_change_cipher_spec',
    handshake,
    keys: keysOf(context, handshake, pskPreMaster(checkedPsk(psk).key, agreed)),
  };
}

/** The shared secret; leading zeros count in ECDH (RFC 8422 5.10) and not in finite fields (RFC 5246 8.1.2). */
function agreedSecret({ ephemeral }: Handshake12, message: ClientKeyExchangeEcdhe | ClientKeyExchangeDhe): Uint8Array {
  if (ephemeral === undefined) throw new TlsError('ERR_TLS_INTERNAL', 'no ephemeral key to agree with');
  const { share } = ephemeral;
  const name = 'client_key_exchange';
  if ('ecdh_Yc' in message) return agree(share, message.ecdh_Yc, name, 'ecdh_Yc');
  return withoutLeadingZeros(agree(share, message.dh_Yc, name, 'dh_Yc'));
}

export function onRsa(
  context: HandshakeContext,
  { handshake }: WaitClientKeyExchangeRsa,
  { encrypted_pre_master_secret: ciphertext }: ClientKeyExchangeRsa,
): DecryptPreMaster {
  const { credential } = handshake;
  if (credential === undefined) throw new TlsError('ERR_TLS_INTERNAL', 'RSA key exchange without a certificate');
  const fallback = context.server.random(PRE_MASTER_LENGTH);
  return { name: 'decrypt_pre_master', handshake, fallback, need: { kind: 'decrypt', credential, ciphertext } };
}

export function onDecrypted(
  context: HandshakeContext,
  { handshake, fallback, need }: DecryptPreMaster,
  block: Uint8Array | undefined,
): Exchanged {
  const key = context.server.credentials[need.credential]?.key;
  const length = key?.kind === 'rsa' ? key.modulus.length : 0;
  // A failed operation and one with a strange result go the same way as every other failure: unpad something of the
  // modulus' length, and take the fallback.
  const usable = block !== undefined && block.length === length;
  const padded = usable ? block : concat(fallback, new Uint8Array(Math.max(0, length - fallback.length)));
  const { legacy_version } = handshake.hello;
  return deriveKeys(context, handshake, unpadPreMaster(padded, usable ? 0 : 1, legacy_version, fallback));
}

/** With a certificate the client still has to prove that its key is its own. */
function deriveKeys(context: HandshakeContext, handshake: Handshake12, preMaster: Uint8Array): Exchanged {
  const { peer } = handshake;
  const keys = keysOf(context, handshake, preMaster);
  if (peer !== undefined) return { name: 'wait_certificate_verify_12', handshake, peer, keys };
  return { name: 'wait_change_cipher_spec', handshake, keys };
}

function keysOf(
  context: HandshakeContext,
  handshake: Handshake12,
  preMaster: Uint8Array,
): WaitChangeCipherSpec['keys'] {
  const { provider, observeSecret, transcript } = context;
  const { suite, randoms, encryptThenMac } = handshake;
  const sessionHash = handshake.extendedMasterSecret ? transcript.hash() : undefined;
  const master = masterSecret(provider, suite, preMaster, randoms, sessionHash, observeSecret);
  return establishKeys12(context, suite, master, randoms, encryptThenMac);
}
