import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../bytes/bytes.ts';
import { decode, encode } from '../codec/run.ts';
import {
  buildExtensions,
  changeExtensions,
  type ExtensionBlock,
  extensionBlock,
  MAX_EXTENSIONS,
} from './extensions.ts';

describe('changing a block of extensions', () => {
  const block = buildExtensions('client_hello', {
    supported_groups: [0x001d],
    extended_master_secret: true,
    cookie: fromHex('aa'),
  });
  const written = ({ list }: ExtensionBlock<'client_hello'>): string[] =>
    list.map((one) => `${one.extension_type} ${toHex(one.extension_data)}`);

  it('a value is changed where it stands, and a new one comes last', () => {
    const changed = changeExtensions('client_hello', block, { supported_groups: [0x0017], padding: fromHex('0000') });
    expect(written(changed)).toEqual(['10 00020017', '23 ', '44 0001aa', '21 0000']);
    expect(changed.known).toEqual({
      supported_groups: [0x0017],
      extended_master_secret: true,
      cookie: fromHex('aa'),
      padding: fromHex('0000'),
    });
  });

  it('the block itself stays as it was, and so does one without changes', () => {
    const before = written(block);
    changeExtensions('client_hello', block, { cookie: fromHex('bb') });
    expect(written(block)).toEqual(before);
    expect(changeExtensions('client_hello', block, {})).toEqual(block);
  });

  it('what nobody knows keeps its bytes and its place', () => {
    const strange = { extension_type: 0x0a0a, extension_data: fromHex('ff') };
    const with_ = { ...block, list: [strange, ...block.list, { ...strange, extension_type: 0x1a1a }] };
    const changed = changeExtensions('client_hello', with_, { cookie: fromHex('bb'), padding: fromHex('') });
    expect(written(changed)).toEqual(['2570 ff', '10 0002001d', '23 ', '44 0001bb', '6682 ff', '21 ']);
  });

  it('an undefined value changes nothing', () => {
    const changed = changeExtensions('client_hello', block, { cookie: undefined } as never);
    expect(written(changed)).toEqual(written(block));
  });

  it('what has no place in the message is a mistake', () => {
    expect(() => changeExtensions('client_hello', block, { oid_filters: [] } as never)).toThrow(RangeError);
  });
});

it('a block of as many extensions as are read is read, one more is refused', () => {
  const codec = extensionBlock('client_hello');
  const blockOf = (count: number): Uint8Array => {
    const list = Array.from({ length: count }, (_, i) => ({ extension_type: 0x4000 + i, extension_data: fromHex('') }));
    return encode(codec, { list, known: {} });
  };
  expect(decode(codec, blockOf(MAX_EXTENSIONS)).list.length).toBe(MAX_EXTENSIONS);
  expect(() => decode(codec, blockOf(MAX_EXTENSIONS + 1))).toThrow(
    expect.objectContaining({ code: 'ERR_TLS_DECODE', alert: 'decode_error' }) as unknown as Error,
  );
});
