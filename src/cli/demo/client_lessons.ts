// The connections of the chapter on client certificates: with one in TLS 1.2 and in TLS 1.3, without being asked for one, and
// without having one; and the check of the proof that a server makes.

import { concat } from '../../bytes/bytes.ts';
import { decode } from '../../codec/run.ts';
import type { PrivateKey } from '../../crypto/provider.ts';
import { SCHEMES } from '../../crypto/schemes.ts';
import { nodeProvider } from '../../providers/node.ts';
import { generatePrivateKey } from '../../providers/node_keys.ts';
import { certificate12, certificateVerify, HANDSHAKE_HEADER_LENGTH } from '../../wire/messages.ts';
import { CONTENT_TYPE } from '../../wire/registry/names.ts';
import { parseCertificate } from '../../x509/certificate.ts';
import { makeTestPki } from '../../x509/make_pki.ts';
import { writePem } from '../../x509/pem.ts';
import { type LessonHandshake, type LessonIdentity, type LessonPlan, runLesson, SETTINGS } from './loopback.ts';
import { messageOf } from './values.ts';

/** The customer, and the authority of the bank that issues certificates to its customers. */
interface ClientIdentity {
  readonly cert: string;
  readonly key: PrivateKey;
  readonly ca: string;
}

export interface ClientLessons {
  readonly asked: LessonHandshake;
  readonly asked13: LessonHandshake;
  readonly unasked: LessonHandshake;
  readonly refused: LessonHandshake;
}

export async function runClientLessons(identity: LessonIdentity): Promise<ClientLessons> {
  const { cert, key, ca } = customer();
  const plan: LessonPlan = { kind: 'ecdhe12', settings: SETTINGS.ecdhe12, clientCa: ca };
  const client = { cert, key };
  return {
    unasked: await runLesson({ kind: 'ecdhe12', settings: SETTINGS.ecdhe12 }, identity),
    asked: await runLesson({ ...plan, client }, identity),
    asked13: await runLesson({ kind: 'tls13', settings: SETTINGS.tls13, clientCa: ca, client }, identity),
    refused: await runLesson({ ...plan, mayFail: true }, identity),
  };
}

function customer(): ClientIdentity {
  const pki = makeTestPki({
    provider: nodeProvider,
    generateKey: () => generatePrivateKey('ec').privateKey,
    now: Date.now(),
    label: 'Bank customers',
  });
  const issued = pki.issue({ role: 'client', commonName: 'Alice' });
  const pem = (der: Uint8Array): string => writePem('CERTIFICATE', der);
  return { cert: pki.chainOf(issued).map(pem).join(''), key: issued.key, ca: pem(pki.root.der) };
}

export interface ProofCheck {
  readonly good: boolean;
  /** What was signed. */
  readonly messages: number;
  readonly bytes: number;
}

/**
 * Checks CertificateVerify as the server does (RFC 5246 7.4.8): over all handshake messages before it, with the key of the
 * certificate. Good when it holds, and does not hold for the same bytes with one bit changed.
 */
export function checkProof(lesson: LessonHandshake): ProofCheck {
  const messages = lesson.timeline.messages.filter(({ contentType }) => contentType === CONTENT_TYPE.handshake);
  const end = messages.findIndex(({ name }) => name === 'certificate_verify');
  const before = messages.slice(0, end).map(({ raw }) => raw);
  const data = concat(...before);
  const { algorithm, signature } = decode(certificateVerify, bodyOf(lesson, 'client_certificate_verify'));
  const [leaf] = decode(certificate12, bodyOf(lesson, 'client_certificate')).certificate_list;
  const key = leaf === undefined ? undefined : parseCertificate(leaf).spki.key;
  const scheme = SCHEMES.find(({ id }) => id === algorithm);
  const holds = (bytes: Uint8Array): boolean =>
    key !== undefined && scheme !== undefined && nodeProvider.verify(key, scheme.algorithm, bytes, signature);
  return { good: holds(data) && !holds(withOneBitChanged(data)), messages: before.length, bytes: data.length };
}

function withOneBitChanged(bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  const middle = changed.length >> 1;
  changed[middle] = (changed[middle] ?? 0) ^ 1;
  return changed;
}

function bodyOf(lesson: LessonHandshake, key: Parameters<typeof messageOf>[1]): Uint8Array {
  return messageOf(lesson, key)?.subarray(HANDSHAKE_HEADER_LENGTH) ?? new Uint8Array(0);
}
