// How one rule is broken: which message of the peer is changed, and how; and what must come of it.

import { concat } from '../../../src/bytes/bytes.ts';
import type { Codec } from '../../../src/codec/codec.ts';
import { encode } from '../../../src/codec/run.ts';
import type { MessageName } from '../../../src/handshake/machine.ts';
import type { ErrorCode } from '../../../src/wire/error_codes.ts';
import { keyShareEntry, keyShareList } from '../../../src/wire/extension_bodies.ts';
import { EXTENSIONS, type ExtensionName } from '../../../src/wire/extensions.ts';
import * as wire from '../../../src/wire/messages.ts';
import type { AlertName } from '../../../src/wire/registry/names.ts';
import { type Block, edited, withExtension } from '../../support/forge.ts';
import type { PairOptions } from '../../support/pair.ts';
import type { Flavour, Role } from '../../support/reach.ts';

export type Change = (raw: Uint8Array) => readonly Uint8Array[];

export interface Attack {
  readonly rule: string;
  readonly against: Role;
  readonly flavour: Flavour;
  readonly on: MessageName;
  readonly change: Change;
  readonly code: ErrorCode;
  readonly alert: AlertName;
  readonly more?: PairOptions;
  /** Which message of that name is changed; the first unless said. */
  readonly nth?: number;
}

export const one =
  (change: (raw: Uint8Array) => Uint8Array): Change =>
  (raw) => [change(raw)];
export const drop: Change = () => [];
export const flip = (bytes: Uint8Array, at = 0): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
export const ending = (hello: { readonly random: Uint8Array }, end: Uint8Array) => ({
  random: concat(hello.random.subarray(0, 24), end),
});
export const body = <T>(codec: Codec<T>, change: (body: T) => object): Change =>
  one((raw) => edited(codec, raw, (value) => ({ ...value, ...change(value) })));
export const extension = <T extends { readonly extensions: Block }>(
  codec: Codec<T>,
  name: ExtensionName | number,
  data: Uint8Array | undefined,
): Change =>
  body(codec, ({ extensions }) => ({
    extensions: withExtension(extensions, typeof name === 'number' ? name : EXTENSIONS[name].id, data),
  }));

export const serverHello = wire.serverHello as Codec<wire.ServerHelloOf<'server_hello_13'>>;
export const share = (group: number, key: Uint8Array): Uint8Array =>
  encode(keyShareEntry, { group, key_exchange: key });
export const X25519 = 0x001d;
export const P256 = 0x0017;
export const point = new Uint8Array(65).fill(1);
point[0] = 4;

export const LIMITED = { client: { alpn: ['h2'] }, server: { alpn: ['h2'] } } as const;

export type Rule = Omit<Attack, 'against' | 'flavour'>;
export const ch = wire.clientHello;
export const shares = (...list: readonly (readonly [number, Uint8Array])[]): Uint8Array =>
  encode(
    keyShareList,
    list.map(([group, key_exchange]) => ({ group, key_exchange })),
  );
export const nine = new Uint8Array(32).fill(9);
