// A message opened field by field: byte range, name, value, what the registry calls it, what it means, which section says so.
// Long lists are folded, extensions stand under their names instead of as type, length and body. Pure.

import { toHex } from '../bytes/bytes.ts';
import type { AnnotatedField, AnnotatedMessage } from './annotate.ts';
import { clip, displayWidth, type Line, lineWidth, padEnd, padStart, type Segment, segment, wrap } from './lines.ts';
import { messageTitle } from './names.ts';
import type { Lang } from './text.ts';

export interface FieldsOptions {
  readonly lang: Lang;
  /** Columns; fewer than 52 are treated as 52. */
  readonly width: number;
  /** Whether the first bytes of each field stand beside it: six, fewer below 80 columns, none below 66. */
  readonly hex?: boolean;
  /** Whether fields are explained (the default) or only named. */
  readonly meanings?: boolean;
  /** Items of a list that are shown one by one; 0 shows all. Default 8. */
  readonly foldAfter?: number;
}

const MIN_WIDTH = 52;
const FOLD_AFTER = 8;
/** Bytes beside a field, by the columns that there are: the longest name of an extension still has room. */
const HEX_BYTES: readonly (readonly [columns: number, bytes: number])[] = [
  [80, 6],
  [68, 4],
  [66, 3],
];
const INDENT = 2;

/** Draws an annotated message, or a record header. */
export function renderFields(message: AnnotatedMessage, options: FieldsOptions): readonly Line[] {
  const digits = Math.max(2, String(Math.max(0, message.raw.length - 1)).length);
  const width = Math.max(MIN_WIDTH, Math.floor(options.width));
  const hexBytes = options.hex === true ? (HEX_BYTES.find(([columns]) => width >= columns)?.[1] ?? 0) : 0;
  const view: View = {
    options,
    raw: message.raw,
    digits,
    width,
    hexBytes,
    left: 2 * digits + 3 + hexWidth(hexBytes),
  };
  const lines: Line[] = [titleLine(message, view)];
  for (const field of message.fields) drawField(view, field, { depth: 0, rfc: message.rfc }, lines);
  if (message.error !== undefined) lines.push(...errorLines(message, view));
  return lines;
}

interface View {
  readonly options: FieldsOptions;
  readonly raw: Uint8Array;
  readonly digits: number;
  readonly width: number;
  /** 0 for none. */
  readonly hexBytes: number;
  /** Columns of byte range and hexadecimal in front of the tree. */
  readonly left: number;
}

/** Two digits and a blank each, and room for the sign that there are more. */
function hexWidth(bytes: number): number {
  return bytes === 0 ? 0 : 3 * bytes + 1;
}

function titleLine({ name, raw, rfc }: AnnotatedMessage, { options }: View): Line {
  const size = options.lang === 'zh' ? `${raw.length} 字节` : `${raw.length} ${raw.length === 1 ? 'byte' : 'bytes'}`;
  const title = name === 'record' ? (options.lang === 'zh' ? '记录头' : 'record header') : messageTitle(name);
  return [segment(title, 'title'), segment(`  ${size}`, 'dim'), segment(`  ${rfc}`, 'rfc')];
}

/** How deep a field stands, and the section that has been named already. */
interface At {
  readonly depth: number;
  readonly rfc: string;
}

function drawField(view: View, field: AnnotatedField, at: At, lines: Line[]): void {
  const isExtension = field.name.startsWith('[') && field.children[0]?.name === 'extension_type';
  const name = isExtension ? extensionTitle(field) : field.name;
  const label = isExtension ? undefined : field.label;
  const children = isExtension ? (field.children[2]?.children ?? []) : field.children;
  lines.push(...headLines(view, field, at.depth, { name, label, children }));
  if (view.options.meanings !== false) lines.push(...meaningLines(view, field, at, isExtension));
  const fold = view.options.foldAfter ?? FOLD_AFTER;
  // Lists of code points are folded; extensions and certificates are what the reader came for.
  const plain = children.every((child) => child.children.length === 0 && child.name.startsWith('['));
  const shown = plain && fold > 0 && children.length > fold + 1 ? children.slice(0, fold) : children;
  for (const child of shown) drawField(view, child, { depth: at.depth + 1, rfc: field.rfc }, lines);
  if (shown.length < children.length) lines.push(...foldedLines(view, children.slice(shown.length), at.depth + 1));
}

/** `server_name (0)`; an extension that nobody knows is called by its number. */
function extensionTitle({ label, children }: AnnotatedField): string {
  const number = children[0]?.value ?? '?';
  return label === undefined ? `extension ${number}` : `${label} (${number})`;
}

interface Head {
  readonly name: string;
  readonly label: string | undefined;
  readonly children: readonly AnnotatedField[];
}

/** The field itself. A value that does not fit goes on below; what has no room at all begins below. */
function headLines(view: View, field: AnnotatedField, depth: number, { name, label, children }: Head): readonly Line[] {
  const isItem = name.startsWith('[');
  const lead = `${' '.repeat(depth * INDENT)}${name}${isItem ? ' ' : ': '}`;
  // A list is shown by its items; only its length stands beside its name.
  const isList = children.length > 1 && children.every((child) => child.name.startsWith('['));
  const value = isList
    ? countText(children.length, view.options.lang)
    : inLanguage(structValue(field, children), view.options.lang);
  const beside = view.width - view.left - displayWidth(lead);
  const below = view.width - view.left - depth * INDENT - INDENT;
  const fits = displayWidth(value) <= beside || beside >= MIN_VALUE;
  const values = wrapValue(value, Math.max(2, fits ? beside : below));
  const indent = ' '.repeat(fits ? view.left + displayWidth(lead) : view.width - below);
  const lines: Segment[][] = [[...leftColumn(view, field), segment(lead, 'name')]];
  values.forEach((one, i) => {
    if (i === 0 && fits) lines[0]?.push(segment(one, 'value'));
    else lines.push([segment(indent), segment(one, 'value')]);
  });
  if (label !== undefined && label !== value) addSegment(view, lines, indent, segment(`  ${label}`, 'label'));
  const remark = isItem ? remarkOf(view, field) : undefined;
  if (remark !== undefined && fitsBehind(view, lines, `  ${remark}`))
    lines.at(-1)?.push(segment(`  ${remark}`, 'note'));
  else if (remark !== undefined) lines.push(...noteLines(view, remark, depth));
  return lines;
}

/** Bytes are cut into lines of equal length, between bytes; other values like text. */
function wrapValue(value: string, room: number): readonly string[] {
  if (value.length <= room || !/^[0-9a-f]+$/.test(value)) return wrap(value, room);
  const lines = Math.ceil(value.length / (room - (room % 2)));
  const each = 2 * Math.ceil(value.length / lines / 2);
  return value.match(new RegExp(`.{1,${each}}`, 'g')) ?? [value];
}

/** The narrowest column in which a long value is still broken beside its name. */
const MIN_VALUE = 24;

function remarkOf({ options }: View, { remark }: AnnotatedField): string | undefined {
  return options.meanings === false ? undefined : remark?.[options.lang];
}

/** Puts a segment behind the last line if there is room, else on a line of its own. */
function addSegment(view: View, lines: Segment[][], indent: string, one: Segment): void {
  if (fitsBehind(view, lines, one.text)) lines.at(-1)?.push(one);
  else {
    const text = one.text.trimStart();
    // A long name in a narrow terminal begins further left.
    const room = Math.max(0, view.width - displayWidth(text));
    lines.push([segment(indent.slice(0, room)), { ...one, text }]);
  }
}

function fitsBehind(view: View, lines: readonly Segment[][], text: string): boolean {
  return lineWidth(lines.at(-1) ?? []) + displayWidth(text) <= view.width;
}

function noteLines(view: View, remark: string, depth: number): readonly Segment[][] {
  const indent = ' '.repeat(view.left + depth * INDENT + INDENT);
  return wrap(`→ ${remark}`, Math.max(24, view.width - indent.length)).map((one) => [
    segment(indent),
    segment(one, 'note'),
  ]);
}

/** The two values that are words of ours and no bytes of the message. */
function inLanguage(value: string, lang: Lang): string {
  return lang === 'zh' ? (IN_CHINESE[value] ?? value) : value;
}

const IN_CHINESE: Readonly<Record<string, string>> = { '(empty)': '（空）', '(none)': '（无）' };

/** A struct is shown by its fields; repeating them in one line helps nobody. */
function structValue(field: AnnotatedField, children: readonly AnnotatedField[]): string {
  const isStruct =
    children.length > 0 && !field.name.startsWith('[') && children.every((child) => !child.name.startsWith('['));
  return isStruct ? '' : field.value;
}

function meaningLines(view: View, field: AnnotatedField, at: At, isExtension: boolean): readonly Line[] {
  const { lang } = view.options;
  const isItem = field.name.startsWith('[');
  // Items of a list say their remark in their own line, and the list has said what they are.
  if (isItem && !isExtension) return [];
  // The header is the same in front of every message.
  if (field.path.startsWith('handshake.')) return [];
  const indent = ' '.repeat(view.left + at.depth * INDENT + INDENT);
  const room = Math.max(24, view.width - indent.length);
  const rfc = field.rfc === at.rfc ? '' : lang === 'zh' ? `（${field.rfc}）` : ` (${field.rfc})`;
  const lines: Line[] = [];
  if (field.remark !== undefined) lines.push(...noteLines(view, field.remark[lang], at.depth));
  const texts = wrap(field.meaning[lang], room);
  texts.forEach((one, i) => {
    const isLast = i === texts.length - 1;
    const fits = displayWidth(one) + displayWidth(rfc) <= room;
    lines.push([segment(indent), segment(one, 'meaning'), ...(isLast && fits ? [segment(rfc, 'rfc')] : [])]);
    if (isLast && !fits) lines.push([segment(indent), segment(rfc.trim(), 'rfc')]);
  });
  return lines;
}

function foldedLines(view: View, rest: readonly AnnotatedField[], depth: number): readonly Line[] {
  const { lang } = view.options;
  const indent = ' '.repeat(view.left + depth * INDENT);
  const names = rest.map((field) => field.label ?? clip(field.value, 24)).join(', ');
  const more = lang === 'zh' ? `… 另有 ${rest.length} 项：${names}` : `… ${rest.length} more: ${names}`;
  return wrap(more, Math.max(24, view.width - indent.length)).map(
    (one): Line => [segment(indent), segment(one, 'dim')],
  );
}

/** `  4-5  ` and, when asked for, the first bytes. */
function leftColumn(view: View, field: AnnotatedField): readonly Segment[] {
  const { digits, hexBytes } = view;
  const { start, end } = field;
  const last = Math.max(start, end - 1);
  const range = end - start <= 1 ? String(start) : `${padStart(String(start), digits)}-${last}`;
  const offset = `${padEnd(padStart(range, end - start <= 1 ? digits : 0), 2 * digits + 1)}  `;
  if (hexBytes === 0) return [segment(offset, 'offset')];
  const bytes = view.raw.subarray(start, Math.min(end, start + hexBytes));
  const pairs = (toHex(bytes).match(/../g) ?? []).join(' ');
  const more = end - start > hexBytes ? '…' : '';
  return [segment(offset, 'offset'), segment(padEnd(pairs + more, hexWidth(hexBytes)), 'hex')];
}

function errorLines({ error }: AnnotatedMessage, view: View): readonly Line[] {
  if (error === undefined) return [];
  const zh = view.options.lang === 'zh';
  const where = error.offset === undefined ? '' : zh ? `第 ${error.offset} 字节处，` : `at byte ${error.offset}, `;
  const lead = zh ? '解析到此为止：' : 'Reading stopped here: ';
  return wrap(`✗ ${lead}${where}${error.path}: ${error.problem}`, view.width).map(
    (one): Line => [segment(one, 'error')],
  );
}

function countText(count: number, lang: Lang): string {
  return lang === 'zh' ? `${count} 项` : `${count} items`;
}
