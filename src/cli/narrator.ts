// Tells a connection while it happens, at the level that was asked for: 1 messages in the words of curl -v; 2 also records,
// states, decisions, keys, and every field of every message; 3 also the bytes beside the fields; 4 also how the keys are made.

import type { SecretStep } from '../crypto/secrets.ts';
import type { KeyExchange } from '../crypto/suites.ts';
import type { Observation, Observer } from '../engine/observe.ts';
import { annotateMessage } from '../inspect/annotate.ts';
import { type Line, segment, wrap } from '../inspect/lines.ts';
import { keyExchangeOf, negotiatedIn, suiteNames } from '../inspect/negotiated.ts';
import { curlConnectionLines, curlMessageLine } from '../inspect/render_curl.ts';
import { renderFields } from '../inspect/render_fields.ts';
import { renderSecret } from '../inspect/render_keys.ts';
import { codePoint } from '../inspect/summary.ts';
import { suiteName } from '../wire/registry/cipher_suites.ts';
import { contentTypeName, groupName, signatureSchemeName, versionName } from '../wire/registry/names.ts';
import { readersIn } from './readers.ts';
import { type Screen, safe } from './terminal.ts';
import { fill, type Lang, type Text } from './text.ts';
import { NARRATOR } from './texts/narrator.ts';

export interface NarratorOptions {
  /** 1 to 4. */
  readonly level: number;
  readonly screen: Screen;
  readonly lang: Lang;
  /** Whether this side offered ALPN: then no answer to it is worth a line. */
  readonly alpnOffered: boolean;
  /** Stands in front of every line, to tell connections of a server apart. */
  readonly tag?: string;
}

export function narrator(options: NarratorOptions): Observer {
  const { screen, level } = options;
  const told: Told = { keyExchange: undefined, previousSecret: undefined };
  return (observation) => {
    const lines = linesFor(observation, options, told, level);
    if (lines.length === 0) return;
    const { tag } = options;
    screen.lines(tag === undefined ? lines : lines.map((line) => [segment(tag, 'dim'), ...line]));
  };
}

/** `* text`, as curl shows what it tells. */
export function infoLine(text: string, style?: Parameters<typeof segment>[1]): Line {
  return [segment('* ', 'dim'), segment(text, style)];
}

interface Told {
  keyExchange: KeyExchange | undefined;
  previousSecret: SecretStep | undefined;
}

function linesFor(seen: Observation, options: NarratorOptions, told: Told, level: number): readonly Line[] {
  if (seen.kind === 'decision' && seen.about === 'cipher_suite' && typeof seen.chosen === 'number') {
    told.keyExchange = keyExchangeOf(seen.chosen);
  }
  switch (seen.kind) {
    case 'message':
      return [curlMessageLine(withVersion(seen)), ...(level >= 2 ? fieldLines(seen, options, told) : [])];
    case 'connected':
      return curlConnectionLines(seen, options.alpnOffered);
    case 'secret':
      return level >= 4 ? secretLines(seen, options, told) : [];
    case 'closed':
    case 'error':
      return [];
    default:
      return level >= 2 ? detailLines(seen, options) : [];
  }
}

type Message = Extract<Observation, { kind: 'message' }>;

/** A ServerHello is observed before the version is settled, although it is the one that settles it. */
function withVersion(seen: Message): Message {
  if (seen.version !== undefined) return seen;
  if (seen.name === 'hello_retry_request') return { ...seen, version: 0x0304 };
  if (seen.name !== 'server_hello') return seen;
  const { version } = negotiatedIn([{ from: 'server', name: 'server_hello', raw: seen.raw }]);
  return version === 0x0303 || version === 0x0304 ? { ...seen, version } : seen;
}

function fieldLines(seen: Message, { screen, lang, level, tag = '' }: NarratorOptions, told: Told): readonly Line[] {
  const context = {
    contentType: seen.type,
    version: withVersion(seen).version,
    keyExchange: told.keyExchange,
    readers: readersIn(lang),
  };
  const width = screen.width - INDENT.length - tag.length;
  const lines = renderFields(annotateMessage(seen.raw, context), { lang, width, hex: level >= 3 });
  return [...lines.map((line): Line => [segment(INDENT), ...line]), []];
}

function secretLines(step: SecretStep, { screen, lang, tag = '' }: NarratorOptions, told: Told): readonly Line[] {
  const width = screen.width - INDENT.length - tag.length;
  const lines = renderSecret(step, { lang, width }, told.previousSecret);
  told.previousSecret = step;
  return lines.map((line): Line => [segment(INDENT), ...line]);
}

const INDENT = '    ';

type Detail = Exclude<Observation, { kind: 'message' | 'connected' | 'secret' | 'closed' | 'error' }>;

function detailLines(seen: Detail, { screen, lang, tag = '' }: NarratorOptions): readonly Line[] {
  const say = (text: Text, values: Readonly<Record<string, string | number>>): readonly Line[] => {
    const lead = '*   ';
    const pieces = wrap(safe(fill(text[lang], values)), screen.width - lead.length - 2 - tag.length);
    return pieces.map((one, i): Line => [segment(i === 0 ? lead : `${lead}  `, 'dim'), segment(one, 'dim')]);
  };
  switch (seen.kind) {
    case 'record': {
      const { type, innerType, length, contentLength: content, epoch } = seen;
      const row = epoch === 'plaintext' ? NARRATOR.recordPlain : NARRATOR.recordSealed;
      return say(row, {
        way: way(seen),
        type: contentType(type),
        inner: contentType(innerType),
        length,
        content,
        epoch,
      });
    }
    case 'state':
      return say(NARRATOR.state, { from: seen.from, to: seen.to, input: seen.input });
    case 'decision':
      return say(...decisionText(seen, lang));
    case 'keys':
      return say(NARRATOR.keys, { way: way(seen), epoch: seen.epoch, suite: suiteNames(seen.suite).iana });
    case 'need':
      return say(NARRATOR.need, { id: seen.id, need: seen.need });
    case 'answer':
      return say(NARRATOR.answer, { id: seen.id, need: seen.need, outcome: seen.outcome });
    case 'data':
      return say(NARRATOR.data, { way: way(seen), length: seen.length });
  }
}

type Decision = Extract<Observation, { kind: 'decision' }>;

function decisionText(seen: Decision, lang: Lang): [Text, Record<string, string>] {
  const named = (value: number | string): string => nameIn(seen.about, value);
  const chosen = seen.chosen === undefined ? NARRATOR.none[lang] : named(seen.chosen);
  if (seen.offered.length === 0) return [NARRATOR.decisionOnly, { about: seen.about, chosen }];
  const shown = seen.offered.slice(0, SHOWN).map(named).join(', ');
  const total = seen.offered.length;
  const offered = total > SHOWN ? fill(NARRATOR.more[lang], { shown, count: total - SHOWN, total }) : shown;
  return [NARRATOR.decision, { about: seen.about, chosen, offered }];
}

const SHOWN = 12;

/** A code point by the name that its registry gives it. */
function nameIn(about: Decision['about'], value: number | string): string {
  if (typeof value === 'string') return value;
  switch (about) {
    case 'version':
      return codePoint(value, versionName);
    case 'cipher_suite':
      return codePoint(value, suiteName);
    case 'group':
      return codePoint(value, groupName);
    case 'signature_scheme':
      return codePoint(value, signatureSchemeName);
    default:
      return String(value);
  }
}

function way({ direction }: { readonly direction: 'in' | 'out' }): string {
  return direction === 'out' ? 'OUT' : 'IN';
}

function contentType(type: number): string {
  return `${contentTypeName(type) ?? 'unknown'} (${type})`;
}
