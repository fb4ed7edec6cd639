// The connections of the chapter on HelloRetryRequest: the client guesses the wrong group, the right one, and brings keys for both;
// and what its two hellos have in common.

import { equal } from '../../bytes/bytes.ts';
import { decode } from '../../codec/run.ts';
import { codePoint } from '../../inspect/summary.ts';
import { extensionName } from '../../wire/extensions.ts';
import { type ClientHello, clientHello, HANDSHAKE_HEADER_LENGTH, helloRetryRequest } from '../../wire/messages.ts';
import { groupName } from '../../wire/registry/names.ts';
import { type LessonHandshake, type LessonIdentity, type LessonPlan, runLesson, SETTINGS } from './loopback.ts';
import { messageOf } from './values.ts';

export interface RetryLessons {
  readonly wrong: LessonHandshake;
  readonly right: LessonHandshake;
  readonly both: LessonHandshake;
}

export async function runRetryLessons(identity: LessonIdentity): Promise<RetryLessons> {
  const plan: LessonPlan = { kind: 'tls13', settings: SETTINGS.tls13, server: { groups: ['secp384r1'] } };
  return {
    right: await runLesson({ ...plan, client: { tickets: false, ecdhCurve: 'P-384:X25519' } }, identity),
    both: await runLesson(
      {
        ...plan,
        client: { tickets: false, ecdhCurve: 'X25519:P-384', hello: { keyShares: ['x25519', 'secp384r1'] } },
      },
      identity,
    ),
    wrong: await runLesson({ ...plan, client: { tickets: false, ecdhCurve: 'X25519:P-384' } }, identity),
  };
}

export interface HelloComparison {
  /** Whether random, session id, suites and compression are the same. */
  readonly sameHead: boolean;
  /** Extensions by name. */
  readonly same: readonly string[];
  readonly changed: readonly string[];
  readonly shares: readonly [before: string, after: string];
}

/** Compares the two hellos of a lesson, byte by byte where they may be compared. */
export function compareHellos(lesson: LessonHandshake): HelloComparison {
  const [first, second] = [helloOf(lesson, 'client_hello'), helloOf(lesson, 'second_client_hello')];
  const same: string[] = [];
  const changed: string[] = [];
  for (const { extension_type: type, extension_data } of first.extensions.list) {
    const again = second.extensions.list.find((one) => one.extension_type === type);
    const kept = again !== undefined && equal(again.extension_data, extension_data);
    (kept ? same : changed).push(extensionName(type) ?? String(type));
  }
  const sameHead =
    equal(first.random, second.random) &&
    equal(first.legacy_session_id, second.legacy_session_id) &&
    first.cipher_suites.join() === second.cipher_suites.join();
  return { sameHead, same, changed, shares: [sharesOf(first), sharesOf(second)] };
}

/** The random of the HelloRetryRequest. */
export function retryRandom(lesson: LessonHandshake): Uint8Array {
  return decode(helloRetryRequest, bodyOf(lesson, 'hello_retry_request')).random;
}

/** The groups that the first hello offers, those that it has a key for, and the one that is asked for. */
export function groupsOf(lesson: LessonHandshake): Record<'groups' | 'guess' | 'wanted', string> {
  const first = helloOf(lesson, 'client_hello');
  const named = (groups: readonly number[]): string => groups.map((one) => codePoint(one, groupName)).join(', ');
  const wanted = decode(helloRetryRequest, bodyOf(lesson, 'hello_retry_request')).extensions.known.key_share;
  return {
    groups: named(first.extensions.known.supported_groups ?? []),
    guess: sharesOf(first),
    wanted: named(wanted === undefined ? [] : [wanted]),
  };
}

function sharesOf({ extensions }: ClientHello): string {
  return (extensions.known.key_share ?? []).map(({ group }) => codePoint(group, groupName)).join(', ');
}

function helloOf(lesson: LessonHandshake, key: 'client_hello' | 'second_client_hello'): ClientHello {
  return decode(clientHello, bodyOf(lesson, key));
}

function bodyOf(lesson: LessonHandshake, key: Parameters<typeof messageOf>[1]): Uint8Array {
  return messageOf(lesson, key)?.subarray(HANDSHAKE_HEADER_LENGTH) ?? new Uint8Array(0);
}
