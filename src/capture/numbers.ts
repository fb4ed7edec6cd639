// Numbers of a file whose byte order its first bytes tell.

export function u16(bytes: Uint8Array, at: number, little: boolean): number {
  const [a, b] = [bytes[at] ?? 0, bytes[at + 1] ?? 0];
  return little ? a | (b << 8) : (a << 8) | b;
}

export function u32(bytes: Uint8Array, at: number, little: boolean): number {
  const low = u16(bytes, little ? at : at + 2, little);
  return u16(bytes, little ? at + 2 : at, little) * 0x10000 + low;
}

/** The number as `size` bytes. */
export function numberBytes(value: number, size: 2 | 4, little: boolean): Uint8Array {
  const out = new Uint8Array(size);
  for (let i = 0; i < size; i++) out[little ? i : size - 1 - i] = Math.floor(value / 2 ** (8 * i)) & 0xff;
  return out;
}
