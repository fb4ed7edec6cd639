// The client's TLS 1.2 handshake after ServerHello (RFC 5246 7.4, RFC 8422 5): the server's certificate and its status, the key
// exchange (key_exchange12.ts), our certificate where one is asked for, then ChangeCipherSpec and Finished both ways.

import { masterSecret, verifyData12 } from '../../crypto/schedule12.ts';
import {
  type Certificate12,
  type CertificateRequest12,
  type CertificateStatus,
  certificate12,
  certificateVerify,
  type Finished,
  finished,
  type NewSessionTicket12,
} from '../../wire/messages.ts';
import { CERTIFICATE_STATUS_TYPE, VERSION } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { CertificateRequestInfo, HandshakeContext } from '../context.ts';
import { signatureNeed } from '../shared/credentials.ts';
import { checkFinished } from '../shared/finished.ts';
import { establishKeys12, exporter12, keyChange12 } from '../shared/keys12.ts';
import type { Psk, Verdict } from '../shared/needs.ts';
import { acceptedPeer } from '../shared/peer.ts';
import { checkedPsk } from '../shared/pre_master.ts';
import { signatureOf } from '../shared/signatures.ts';
import type { Connected12, Peer } from '../shared/states.ts';
import { chooseClientCredential } from './credential.ts';
import { sendKeyExchange } from './key_exchange12.ts';
import { keepSession12 } from './resume12.ts';
import type {
  ChoosePsk,
  Handshake12,
  JudgeCertificate12,
  SignCertificateVerify12,
  WaitCertificate12,
  WaitCertificateRequest12,
  WaitCertificateStatus,
  WaitChangeCipherSpec,
  WaitFinished12,
  WaitNewSessionTicket,
  WaitPskHint,
  WaitServerHelloDone,
  WaitServerKeyExchangeDhe,
  WaitServerKeyExchangeDhePsk,
  WaitServerKeyExchangeEcdhe,
  WaitServerKeyExchangeEcdhePsk,
} from './states.ts';

export type Opened12 = WaitCertificate12 | WaitPskHint | WaitServerKeyExchangeDhePsk | WaitServerKeyExchangeEcdhePsk;

/** A full handshake begins with a certificate, unless a shared key stands in its place. */
export function enterFull12(handshake: Handshake12): Opened12 {
  switch (handshake.suite.keyExchange) {
    case 'psk':
      return { name: 'wait_server_key_exchange_psk', handshake };
    case 'dhe_psk':
      return { name: 'wait_server_key_exchange_dhe_psk', handshake };
    case 'ecdhe_psk':
      return { name: 'wait_server_key_exchange_ecdhe_psk', handshake };
    default:
      return { name: 'wait_certificate_12', handshake };
  }
}

export function onCertificate(
  context: HandshakeContext,
  state: WaitCertificate12,
  message: Certificate12,
): WaitCertificateStatus | JudgeCertificate12 {
  const { handshake } = state;
  const chain = message.certificate_list;
  if (chain.length === 0) {
    throw new TlsError('ERR_TLS_EMPTY_CERTIFICATE', 'the server sent no certificate', {
      where: { message: 'certificate', field: 'certificate_list' },
    });
  }
  return handshake.statusPromised
    ? { name: 'wait_certificate_status', handshake, chain }
    : toJudge(context, handshake, chain, undefined);
}

export function onCertificateStatus(
  context: HandshakeContext,
  state: WaitCertificateStatus,
  { status_type, response }: CertificateStatus,
): JudgeCertificate12 {
  if (status_type !== CERTIFICATE_STATUS_TYPE.ocsp) {
    throw new TlsError('ERR_TLS_ILLEGAL_VALUE', `status_type ${status_type} was not asked for`, {
      where: { message: 'certificate_status', field: 'status_type' },
    });
  }
  return toJudge(context, state.handshake, state.chain, response);
}

/** RFC 6066 8: a server that promised a status "MAY choose not to send a CertificateStatus message". */
export function onNoCertificateStatus(context: HandshakeContext, state: WaitCertificateStatus): JudgeCertificate12 {
  return toJudge(context, state.handshake, state.chain, undefined);
}

function toJudge(
  { client }: HandshakeContext,
  handshake: Handshake12,
  chain: readonly Uint8Array[],
  ocspResponse: Uint8Array | undefined,
): JudgeCertificate12 {
  return {
    name: 'judge_certificate_12',
    handshake,
    need: {
      kind: 'verdict',
      role: 'server',
      chain,
      serverName: client.serverName,
      statusRequested: client.statusRequest,
      ocspResponse,
      timestamps: handshake.timestamps,
      now: client.now(),
    },
  };
}

export function onVerdict(
  _context: HandshakeContext,
  state: JudgeCertificate12,
  verdict: Verdict,
): WaitServerKeyExchangeEcdhe | WaitServerKeyExchangeDhe | WaitCertificateRequest12 {
  const { handshake } = state;
  const peer = acceptedPeer(state.need, verdict);
  checkKeyForSuite(handshake, peer);
  const { keyExchange } = handshake.suite;
  if (keyExchange === 'ecdhe') return { name: 'wait_server_key_exchange_ecdhe', handshake, peer };
  if (keyExchange === 'dhe') return { name: 'wait_server_key_exchange_dhe', handshake, peer };
  return { name: 'wait_certificate_request_12', handshake, peer, ephemeral: undefined, hint: undefined };
}

/** RFC 5246 7.4.2, RFC 8422 5.3: the certificate must hold the kind of key that the suite names, and allow its use. */
function checkKeyForSuite({ suite }: Handshake12, { key, usage }: Peer): void {
  const where = { message: 'certificate' };
  const isRsa = key.kind === 'rsa' || (key.kind === 'rsa-pss' && suite.keyExchange !== 'rsa');
  if (isRsa !== (suite.authentication === 'rsa')) {
    const problem = `the suite asks for ${suite.authentication}, the certificate has ${key.kind}`;
    throw new TlsError('ERR_TLS_WRONG_KEY', problem, { where });
  }
  if (usage !== undefined && suite.keyExchange === 'rsa' && !usage.keyEncipherment) {
    const problem = 'RSA key exchange, and the certificate does not allow keyEncipherment';
    throw new TlsError('ERR_TLS_KEY_USAGE', problem, { where });
  }
}

export function onCertificateRequest(
  _context: HandshakeContext,
  state: WaitCertificateRequest12,
  request: CertificateRequest12,
): WaitServerHelloDone {
  return { ...state, name: 'wait_server_hello_done', request };
}

export function onNoCertificateRequest(
  _context: HandshakeContext,
  state: WaitCertificateRequest12,
): WaitServerHelloDone {
  return { ...state, name: 'wait_server_hello_done', request: undefined };
}

type Finishing = WaitNewSessionTicket | WaitChangeCipherSpec;

export function onServerHelloDone(
  context: HandshakeContext,
  state: WaitServerHelloDone,
): ChoosePsk | SignCertificateVerify12 | Finishing {
  if (state.handshake.suite.authentication !== 'psk') return sendFlight(context, state, undefined);
  return { ...state, name: 'choose_psk', need: { kind: 'psk', role: 'client', hint: state.hint } };
}

export function onPsk(context: HandshakeContext, state: ChoosePsk, psk: Psk | undefined): Finishing {
  if (psk === undefined) throw new TlsError('ERR_TLS_NO_PSK', 'there is no key shared with this server');
  return finish(context, exchange(context, state, undefined, checkedPsk(psk)));
}

/** Our certificate if one was asked for, ClientKeyExchange, and as far as it goes without the private key. */
function sendFlight(
  context: HandshakeContext,
  state: WaitServerHelloDone,
  psk: Psk | undefined,
): SignCertificateVerify12 | Finishing {
  const request = state.request && requestInfo12(state.request);
  const chosen = request && chooseClientCredential(context, request, 'tls12');
  if (request !== undefined) {
    // RFC 5246 7.4.6: a client that was asked and has no suitable certificate sends an empty list.
    const own = chosen && context.client.credentials[chosen.credential];
    context.send('certificate', certificate12, { certificate_list: own?.chain ?? [] });
  }
  const exchanged = exchange(context, state, chosen?.credential, psk);
  if (chosen === undefined) return finish(context, exchanged);
  const need = signatureNeed(chosen, context.transcript.all());
  return { ...exchanged, name: 'sign_certificate_verify_12', need };
}

type Exchanged = Omit<SignCertificateVerify12, 'name' | 'need'>;

/** Sends ClientKeyExchange and derives the keys; they are not in force yet. */
function exchange(
  context: HandshakeContext,
  state: WaitServerHelloDone | ChoosePsk,
  credential: number | undefined,
  psk: Psk | undefined,
): Exchanged {
  const { handshake, peer, ephemeral, hint, request } = state;
  const { provider, transcript } = context;
  const { suite, randoms } = handshake;
  const preMaster = sendKeyExchange(context, handshake, state, psk);
  const sessionHash = handshake.extendedMasterSecret ? transcript.hash() : undefined;
  const master = masterSecret(provider, suite, preMaster, randoms, sessionHash, context.observeSecret);
  const keys = establishKeys12(context, suite, master, randoms, handshake.encryptThenMac);
  return { handshake, peer, ephemeral, hint, request, credential, keys };
}

export function onSignature(
  context: HandshakeContext,
  state: SignCertificateVerify12,
  answer: Uint8Array | undefined,
): Finishing {
  const signature = signatureOf(answer, 'certificate_verify');
  context.send('certificate_verify', certificateVerify, { algorithm: state.need.scheme, signature });
  const { name: _, need: __, ...exchanged } = state;
  return finish(context, exchanged);
}

function finish(context: HandshakeContext, exchanged: Exchanged): Finishing {
  const { provider, transcript } = context;
  const { handshake, keys } = exchanged;
  context.sendChangeCipherSpec();
  context.setWriteKeys(keyChange12(keys, 'client'));
  const ownFinished = verifyData12(provider, keys.suite, keys.master, 'client', transcript.hash());
  context.send('finished', finished, { verify_data: ownFinished });
  transcript.forget();
  const finishing = { ...exchanged, ownFinished, mayWrite: mayStartEarly(context, exchanged) };
  return handshake.ticketPromised
    ? { ...finishing, name: 'wait_new_session_ticket' }
    : { ...finishing, name: 'wait_change_cipher_spec', ticket: undefined };
}

/**
 * RFC 7918: data may follow our Finished at once when the suite is strong, its key exchange forward secret, and the server
 * proved itself; ALPN shows a server that is new enough to bear it.
 */
function mayStartEarly({ client }: HandshakeContext, { handshake, ephemeral, peer }: Exchanged): boolean {
  const strong = handshake.suite.aead !== undefined && ephemeral !== undefined && peer !== undefined;
  return client.falseStart && strong && handshake.alpn !== undefined;
}

function requestInfo12(request: CertificateRequest12): CertificateRequestInfo {
  return {
    types: request.certificate_types,
    schemes: request.supported_signature_algorithms,
    certificateSchemes: undefined,
    authorities: request.certificate_authorities,
  };
}

export function onNewSessionTicket(
  _context: HandshakeContext,
  state: WaitNewSessionTicket,
  ticket: NewSessionTicket12,
): WaitChangeCipherSpec {
  return { ...state, name: 'wait_change_cipher_spec', ticket };
}

export function onChangeCipherSpec(context: HandshakeContext, state: WaitChangeCipherSpec): WaitFinished12 {
  context.setReadKeys(keyChange12(state.keys, 'server'));
  return { ...state, name: 'wait_finished_12' };
}

export function onFinished(context: HandshakeContext, state: WaitFinished12, message: Finished): Connected12 {
  const { handshake, peer, ephemeral, keys, request, ownFinished } = state;
  const hash = context.transcript.hashBefore();
  checkFinished(message.verify_data, verifyData12(context.provider, keys.suite, keys.master, 'server', hash));
  const psk = keys.suite.authentication === 'psk';
  context.connected({
    version: VERSION.tls12,
    suite: keys.suite,
    group: ephemeral?.group,
    scheme: ephemeral?.scheme,
    alpn: handshake.alpn,
    serverName: context.client.serverName,
    extendedMasterSecret: handshake.extendedMasterSecret,
    peerChain: peer?.chain ?? [],
    authorized: peer?.authorized ?? psk,
    authorizationProblem: peer?.problem,
    resumed: false,
    certificateRequest: request && requestInfo12(request),
    credential: state.credential,
    psk,
  });
  keepSession12(context, state);
  const { randoms, extendedMasterSecret } = handshake;
  return {
    name: 'connected_12',
    exporter: exporter12(context, keys, randoms, extendedMasterSecret, false, ownFinished),
  };
}
