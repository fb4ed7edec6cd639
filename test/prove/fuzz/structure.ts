// Mutations of what was read instead of its bytes: the value of a codec is changed and written again, a tree of DER is changed
// and its lengths made anew. What comes out is well formed on the outside, and reaches further in.

import { concat } from '../../../src/bytes/bytes.ts';
import type { Codec } from '../../../src/codec/codec.ts';
import { decode, encode } from '../../../src/codec/run.ts';
import { type DerElement, outline } from '../../../src/x509/outline.ts';
import { mutate } from './mutate.ts';
import type { Random } from './random.ts';

/** The message with something in its value changed; undefined when it cannot be read or written. */
export function varyValue<T>(codec: Codec<T>, input: Uint8Array, random: Random): Uint8Array | undefined {
  try {
    return encode(codec, changedValue(decode(codec, input), random) as T);
  } catch {
    return undefined; // not readable, or a value that the format cannot carry: the other mutations have their turn
  }
}

const NUMBERS = [0, 1, 2, 3, 0x1a1a, 0x0303, 0x0304, 0x001d, 0x0017, 0x1301, 0x00ff, 0xff01, 0x7fffffff, 0xffffffff];

function changedValue(value: unknown, random: Random): unknown {
  if (value instanceof Uint8Array) return mutate(value, random, [value]);
  if (typeof value === 'number') return random.once(2) ? random.pick(NUMBERS) : value + random.below(3) - 1;
  if (typeof value === 'string') return random.once(2) ? `${value}${value}` : value.slice(random.below(value.length));
  if (Array.isArray(value)) return changedList(value, random);
  if (typeof value !== 'object' || value === null) return value;
  // Extension blocks are written from their list.
  const keys = Object.keys(value).filter((key) => key !== 'known');
  if (keys.length === 0) return value;
  const key = random.pick(keys);
  return { ...value, [key]: changedValue((value as Record<string, unknown>)[key], random) };
}

function changedList(list: readonly unknown[], random: Random): readonly unknown[] {
  if (list.length === 0) return list;
  const at = random.below(list.length);
  const [before, one, after] = [list.slice(0, at), list[at], list.slice(at + 1)];
  switch (random.below(6)) {
    case 0:
      return [...before, ...after];
    case 1:
      return [...before, one, one, ...after];
    case 2:
      return [...after, one, ...before];
    case 3:
      return [...list, ...Array.from({ length: random.below(60) }, () => one)];
    default:
      return [...before, changedValue(one, random), ...after];
  }
}

interface Node {
  tag: number;
  /** Of a string: bytes in front of the DER inside it. */
  readonly front: Uint8Array;
  content: Uint8Array;
  children: Node[];
}

/** DER with its tree changed; undefined when it is no DER. */
export function varyDer(input: Uint8Array, random: Random, corpus: readonly Uint8Array[]): Uint8Array | undefined {
  const root = treeOf(input);
  if (root === undefined) return undefined;
  for (let rounds = 1 + random.below(3); rounds > 0; rounds--) changeTree(root, random, corpus);
  const out = write(root);
  return out.length > 20_000 ? undefined : out;
}

function treeOf(bytes: Uint8Array): Node | undefined {
  try {
    return nodeOf(bytes, outline(bytes));
  } catch {
    return undefined; // damaged before: it is mutated as bytes
  }
}

function nodeOf(bytes: Uint8Array, { tag, contentOffset, end, children }: DerElement): Node {
  const first = children[0]?.offset ?? end;
  return {
    tag,
    front: bytes.subarray(contentOffset, children.length > 0 ? first : contentOffset),
    content: children.length > 0 ? new Uint8Array(0) : bytes.subarray(contentOffset, end),
    children: children.map((child) => nodeOf(bytes, child)),
  };
}

function write({ tag, front, content, children }: Node): Uint8Array {
  const body = concat(front, content, ...children.map(write));
  const { length } = body;
  const header = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length];
  return concat(Uint8Array.of(tag, ...header), body);
}

function nodesOf(root: Node): Node[] {
  return [root, ...root.children.flatMap(nodesOf)];
}

const TAGS = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x13, 0x16, 0x17, 0x18, 0x30, 0x31, 0x80, 0x82, 0xa0, 0xa3,
];

function changeTree(root: Node, random: Random, corpus: readonly Uint8Array[]): void {
  const nodes = nodesOf(root);
  const node = random.pick(nodes);
  const { children } = node;
  const at = random.below(children.length);
  const child = children[at];
  switch (random.below(8)) {
    case 0:
      children.splice(at, 1);
      return;
    case 1:
      if (child !== undefined) children.splice(at, 0, child);
      return;
    case 2:
      if (child !== undefined) children.push(...children.splice(at, 1));
      return;
    case 3: {
      const other = treeOf(random.pick(corpus));
      if (other !== undefined) children.splice(at, random.below(2), random.pick(nodesOf(other)));
      return;
    }
    case 4:
      node.tag = random.pick(TAGS);
      return;
    case 5: {
      // Deeper than anybody means it.
      if (!random.once(8)) return;
      let inner: Node = { ...node, children: [...children] };
      for (let depth = random.below(60); depth > 0; depth--) {
        inner = { tag: node.tag | 0x20, front: new Uint8Array(0), content: new Uint8Array(0), children: [inner] };
      }
      node.children = [inner];
      return;
    }
    default: {
      const leaf = random.pick(nodes.filter((one) => one.children.length === 0));
      leaf.content = mutate(leaf.content, random, [leaf.content]);
    }
  }
}
