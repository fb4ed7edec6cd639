// A session: what a later connection may go on from (RFC 5246 7.3, RFC 5077, RFC 8446 4.6.1). It carries the trust it was made
// under, so that resuming never gives more than a full handshake would: `binding` names the trust policy, names and
// configuration it belongs to, `validUntil` is the end of the peer's chain. It is a secret; its encoding is ours.

import { DecodeError } from '../../bytes/decode_error.ts';
import { type Codec, mapped, opaque, struct, u8, u16, u32, vector } from '../../codec/codec.ts';
import { decode, encode } from '../../codec/run.ts';

export interface Session {
  readonly version: number;
  readonly suite: number;
  /** TLS 1.2: the master secret. TLS 1.3: the PSK of the ticket. */
  readonly secret: Uint8Array;
  readonly extendedMasterSecret: boolean;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** Seconds that it may be used, counted from `created`. */
  readonly lifetime: number;
  /**
   * Milliseconds since the epoch; the first moment at which neither it nor what was made from it may be used: a certificate of
   * the peer's chain has expired, or the peer has not proved itself for {@link MAX_LINE} seconds.
   */
  readonly validUntil: number;
  /** See {@link CommonConfig.sessionBinding}. */
  readonly binding: Uint8Array;
  readonly serverName: string;
  readonly alpn: string;
  /** Code points; 0 where there was none. */
  readonly group: number;
  readonly scheme: number;
  readonly authorized: boolean;
  readonly authorizationProblem: string;
  readonly peerChain: readonly Uint8Array[];
  /** TLS 1.2: the session's id; empty for one that lives in a ticket. */
  readonly id: Uint8Array;
  /** What the server wants to see again; empty on the server's side. */
  readonly ticket: Uint8Array;
  /** TLS 1.3: what hides the ticket's age on the wire; 0 in TLS 1.2. */
  readonly ageAdd: number;
  /** TLS 1.3: bytes of early data that the server takes with this ticket; 0 for none. */
  readonly maxEarlyData: number;
}

/**
 * Seconds from a full handshake in which its sessions, and those that come of resuming them, may be used. RFC 8446 4.6.1
 * recommends such a limit; a week is what it allows a single ticket.
 */
export const MAX_LINE = 604_800;

/** A ClientHello must still hold the ticket beside its other extensions; what is longer is not kept. */
export const MAX_TICKET_LENGTH = 32_768;

/** Why a peer was not trusted may quote its certificate; so much of it is kept. */
const MAX_PROBLEM = 1000;

const FORMAT = 2;

const flag: Codec<boolean> = mapped(
  u8,
  (value, reader) => {
    if (value > 1) throw new DecodeError(`a flag of ${value}, neither 0 nor 1`, reader.pos - 1);
    return value === 1;
  },
  Number,
);
const text: Codec<string> = mapped(
  opaque(2),
  (bytes, reader) => {
    if (bytes.length % 2 !== 0) throw new DecodeError('a text of half a character', reader.pos - 1);
    return fromUtf16(bytes);
  },
  toUtf16,
);
/** The host's clock, and its word on when a chain ends, may be fractions or endless. */
const moment: Codec<number> = mapped(
  struct<{ high: number; low: number }>({ high: u32, low: u32 }),
  ({ high, low }, reader) => {
    const value = high * 2 ** 32 + low;
    if (!Number.isSafeInteger(value)) throw new DecodeError('a moment beyond any clock', reader.pos - 8);
    return value;
  },
  (value) => {
    const whole = Math.min(Math.max(0, Math.floor(value) || 0), Number.MAX_SAFE_INTEGER);
    return { high: Math.floor(whole / 2 ** 32), low: whole % 2 ** 32 };
  },
);
const problem: Codec<string> = { read: text.read, write: (w, value) => text.write(w, value.slice(0, MAX_PROBLEM)) };

const session: Codec<Session> = struct<Session>({
  version: u16,
  suite: u16,
  secret: opaque(1),
  extendedMasterSecret: flag,
  created: moment,
  lifetime: u32,
  validUntil: moment,
  binding: opaque(1),
  serverName: text,
  alpn: text,
  group: u16,
  scheme: u16,
  authorized: flag,
  authorizationProblem: problem,
  peerChain: vector(3, opaque(3)),
  id: opaque(1, 0, 32),
  ticket: opaque(2, 0, MAX_TICKET_LENGTH),
  ageAdd: u32,
  maxEarlyData: u32,
});

/** A session behind the number of its format. */
const formatted: Codec<Session> = {
  read: (r) => {
    const format = r.u8();
    if (format !== FORMAT) throw new DecodeError(`a session of format ${format}, not ${FORMAT}`, r.pos - 1);
    return session.read(r);
  },
  write: (w, value) => {
    w.u8(FORMAT);
    session.write(w, value);
  },
};

export function encodeSession(value: Session): Uint8Array {
  return encode(formatted, value, 4096);
}

/** @throws DecodeError for anything that {@link encodeSession} did not write */
export function decodeSession(bytes: Uint8Array): Session {
  return decode(formatted, bytes);
}

/** Texts here are ours or escaped ones; two bytes a code unit need no decoder that the core does not have. */
function toUtf16(value: string): Uint8Array {
  const out = new Uint8Array(2 * value.length);
  for (let i = 0; i < value.length; i++) {
    out[2 * i] = value.charCodeAt(i) >> 8;
    out[2 * i + 1] = value.charCodeAt(i);
  }
  return out;
}

function fromUtf16(bytes: Uint8Array): string {
  let value = '';
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    value += String.fromCharCode(((bytes[i] as number) << 8) | (bytes[i + 1] as number));
  }
  return value;
}
