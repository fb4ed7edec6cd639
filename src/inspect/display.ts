// The value of a field as text: numbers the way their registry writes them, byte strings as hexadecimal, names quoted and
// escaped, lists by what is in them. `short` is what one item adds to the line of its parent.

import { toHex } from '../bytes/bytes.ts';
import type { Span } from '../codec/run.ts';
import { isGrease } from '../wire/registry/names.ts';
import { quoteWireText } from './escape.ts';

/** Longest byte string that is shown whole. */
const WHOLE_BYTES = 64;
const SHOWN_BYTES = 32;
const SHOWN_ITEMS = 6;
/** Two-byte numbers that count something; all other two-byte numbers are code points, which registries write in hex. */
const COUNTS = new Set([
  'extension_type',
  'extension_length',
  'record_size_limit',
  'pre_shared_key',
  'length',
  'value',
]);

/** The display text of a span's value. A leaf whose reading failed has none. */
export function valueText(span: Span): string {
  const { value } = span;
  if (typeof value === 'number') return numberText(span, value);
  if (typeof value === 'string') return quoteWireText(value);
  if (value instanceof Uint8Array) return bytesText(value);
  if (value === true) return '(empty)';
  if (span.children.length > 0) {
    const inner = span.children.filter((child) => !FRAME.has(child.name));
    return Array.isArray(value) || inner.some((child) => child.name.startsWith('['))
      ? listText(inner)
      : structText(inner);
  }
  return value !== undefined && span.end > span.start ? '(none)' : '';
}

/** Bytes as hexadecimal; long ones only their beginning, with their number. */
function bytesText(bytes: Uint8Array): string {
  if (bytes.length === 0) return '(empty)';
  if (bytes.length <= WHOLE_BYTES) return toHex(bytes);
  return `${toHex(bytes.subarray(0, SHOWN_BYTES))}… (${bytes.length} B)`;
}

/** The registry's name of a number, where the codec gave one; GREASE in any list of code points. */
export function labelOf(span: Span): string | undefined {
  const { value, label } = span;
  if (typeof value !== 'number') return undefined;
  const isCode = span.end - span.start === 2 && !COUNTS.has(span.name);
  return label ?? (isCode && isGrease(value) ? 'GREASE' : undefined);
}

/** Bytes of length prefix at the start of a leaf that holds opaque bytes or text behind their own length. */
export function prefixLength(span: Span): number {
  const { value } = span;
  const first = span.children[0];
  if (first !== undefined) return first.start - span.start;
  if (value instanceof Uint8Array || typeof value === 'string') return span.end - span.start - value.length;
  return Array.isArray(value) ? span.end - span.start : 0;
}

const FRAME = new Set(['extension_type', 'extension_length']);
/** Fields that say nothing in a summary: they have only one value in practice. */
const PLAIN = new Set(['name_type', 'curve_type']);

function numberText(span: Span, value: number): string {
  const size = span.end - span.start;
  if (size !== 2 || COUNTS.has(span.name)) return String(value);
  return `0x${value.toString(16).padStart(4, '0')}`;
}

function listText(items: readonly Span[]): string {
  const shown = items
    .slice(0, SHOWN_ITEMS)
    .map(short)
    .filter((text) => text !== '');
  const more = items.length - SHOWN_ITEMS;
  return more > 0 ? `${shown.join(', ')}, … (+${more})` : shown.join(', ');
}

function structText(fields: readonly Span[]): string {
  return fields
    .filter((one) => !PLAIN.has(one.name))
    .map(short)
    .filter((text) => text !== '' && text !== '(none)')
    .join(' ');
}

function short(span: Span): string {
  const frame = span.children[0];
  if (frame?.name === 'extension_type') return frame.label ?? valueText(frame);
  if (span.value instanceof Uint8Array && span.value.length > 8) return `${span.value.length} B`;
  if (span.children.length > 0) return structText(span.children);
  return labelOf(span) ?? valueText(span);
}
