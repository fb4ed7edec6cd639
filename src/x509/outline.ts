// The structure of any DER as a tree of elements with their offsets: what pictures and dumps of certificates are drawn
// from. It knows nothing of X.509; bounded in depth and in number of elements. An OCTET STRING or BIT STRING whose content
// is DER itself, as in extensions and keys, has that as its children.

import { DecodeError } from '../bytes/decode_error.ts';
import { DerReader, dotted, MAX_DEPTH, TAG } from './der.ts';
import { oidName } from './oids.ts';

export interface DerElement {
  readonly tag: number;
  /** `SEQUENCE`, `INTEGER`, `[0]` ... */
  readonly name: string;
  /** Offset of the tag, of the content, and of the end, in the bytes given. */
  readonly offset: number;
  readonly contentOffset: number;
  readonly end: number;
  /** A short reading of simple values: object identifiers and booleans. */
  readonly note: string | undefined;
  readonly children: readonly DerElement[];
}

export const MAX_ELEMENTS = 20_000;

/**
 * Reads one element and all that is in it.
 * @throws DecodeError on what is no strict DER, is nested deeper than MAX_DEPTH, or has more than MAX_ELEMENTS elements
 */
export function outline(der: Uint8Array): DerElement {
  const reader = new DerReader(der);
  const element = readElement(reader, { left: MAX_ELEMENTS }, 0);
  reader.finish('the outermost element');
  return element;
}

/** The elements around `offset`, from the outermost in. */
export function elementsAt(root: DerElement, offset: number): DerElement[] {
  const found: DerElement[] = [];
  let here: DerElement | undefined = root;
  while (here !== undefined) {
    found.push(here);
    here = here.children.find((child) => child.offset <= offset && offset < child.end);
  }
  return found;
}

function readElement(reader: DerReader, budget: { left: number }, depth: number): DerElement {
  if (--budget.left < 0) throw reader.fail(`more than ${MAX_ELEMENTS} elements`);
  if (depth > MAX_DEPTH) throw reader.fail(`nested deeper than ${MAX_DEPTH} elements`);
  const tag = reader.peek();
  const offset = reader.pos;
  const contentOffset = reader.range();
  const end = reader.pos;
  const inner = new DerReader(reader.bytes, contentOffset, end);
  const children: DerElement[] = [];
  if ((tag & 0x20) !== 0) while (inner.more) children.push(readElement(inner, budget, depth + 1));
  else children.push(...wrapped(reader.bytes, tag, contentOffset, end, budget, depth));
  return {
    tag,
    name: tagName(tag),
    offset,
    contentOffset,
    end,
    note: noteOf(reader.bytes, tag, contentOffset, end),
    children,
  };
}

/** DER inside of a string, when that is all there is in it. */
function wrapped(
  bytes: Uint8Array,
  tag: number,
  start: number,
  end: number,
  budget: { left: number },
  depth: number,
): DerElement[] {
  const from = tag === TAG.octetString ? start : tag === TAG.bitString && bytes[start] === 0 ? start + 1 : end;
  const first = bytes[from];
  const looksLikeDer =
    from < end && (first === TAG.sequence || (tag === TAG.octetString && first !== undefined && first <= 0x06));
  if (!looksLikeDer) return [];
  const trial = { left: budget.left };
  try {
    const inner = new DerReader(bytes, from, end);
    const element = readElement(inner, trial, depth + 1);
    inner.finish();
    budget.left = trial.left;
    return [element];
  } catch (error) {
    if (error instanceof DecodeError) return [];
    throw error;
  }
}

function noteOf(bytes: Uint8Array, tag: number, start: number, end: number): string | undefined {
  if (tag === TAG.boolean) return bytes[start] === 0 ? 'FALSE' : 'TRUE';
  if (tag !== TAG.oid) return undefined;
  const oid = dotted(bytes.subarray(start, end));
  if (oid === undefined) return undefined;
  const name = oidName(oid);
  return name === oid ? oid : `${name} (${oid})`;
}

const NAMES: Readonly<Record<number, string>> = {
  [TAG.boolean]: 'BOOLEAN',
  [TAG.integer]: 'INTEGER',
  [TAG.bitString]: 'BIT STRING',
  [TAG.octetString]: 'OCTET STRING',
  [TAG.null]: 'NULL',
  [TAG.oid]: 'OBJECT IDENTIFIER',
  [TAG.enumerated]: 'ENUMERATED',
  [TAG.utf8String]: 'UTF8String',
  [TAG.sequence]: 'SEQUENCE',
  [TAG.set]: 'SET',
  [TAG.numericString]: 'NumericString',
  [TAG.printableString]: 'PrintableString',
  [TAG.teletexString]: 'TeletexString',
  [TAG.ia5String]: 'IA5String',
  [TAG.utcTime]: 'UTCTime',
  [TAG.generalizedTime]: 'GeneralizedTime',
  [TAG.visibleString]: 'VisibleString',
  [TAG.universalString]: 'UniversalString',
  [TAG.bmpString]: 'BMPString',
};

function tagName(tag: number): string {
  const known = NAMES[tag];
  if (known !== undefined) return known;
  const classes = ['UNIVERSAL ', 'APPLICATION ', '', 'PRIVATE '];
  return `[${classes[tag >> 6] ?? ''}${tag & 0x1f}]`;
}
