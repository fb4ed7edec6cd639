// What reads text: PEM, traces, cipher lists, names of servers. Inputs are UTF-8, and mutated by bytes and by words.

import { isDeepStrictEqual } from 'node:util';
import { fromHex, toHex } from '../../../src/bytes/bytes.ts';
import { SUITES } from '../../../src/crypto/suites.ts';
import { parseCipherList } from '../../../src/engine/cipher_list.ts';
import { plainText } from '../../../src/inspect/lines.ts';
import { renderCurl } from '../../../src/inspect/render_curl.ts';
import { renderLadder } from '../../../src/inspect/render_ladder.ts';
import { timelineOf } from '../../../src/inspect/timeline.ts';
import { formatTrace, readTrace, type Trace, TraceError, traceRecorder } from '../../../src/inspect/trace.ts';
import { parseServerName } from '../../../src/x509/identity.ts';
import { parseIp } from '../../../src/x509/ip.ts';
import { readPem, writePem } from '../../../src/x509/pem.ts';
import { makePair, shakeHands } from '../../support/pair.ts';
import type { Collected } from './collect.ts';
import { mutate } from './mutate.ts';
import type { Random } from './random.ts';
import { attempt, hold, type Target } from './target.ts';

const WORDS: Readonly<Record<string, readonly string[]>> = {
  pem: [
    '-----BEGIN ',
    '-----END ',
    '-----',
    'CERTIFICATE',
    'X509 CRL',
    '\n',
    '\r\n',
    ' ',
    '=',
    '==',
    'MII',
    'Proc-Type: 4',
  ],
  trace: [
    '{',
    '}',
    '"kind":',
    '"record"',
    '"message"',
    '"t":',
    '-1',
    '1e999',
    'null',
    '[]',
    '"raw":"',
    '00',
    'zz',
    '\n',
    ',',
  ],
  list: ['ALL', 'DEFAULT', 'ECDHE', 'kRSA', '+', '-', '!', ':', '@STRENGTH', '@SECLEVEL=1', 'AESGCM', 'HIGH', ' ', '.'],
  name: ['localhost', '.', '*', 'xn--', '::', '[', ']', '127.0.0.1', 'ffff:', '%', '-', '_', '0x7f', '1'],
};

export function textTargets({ certificates }: Collected): readonly Target[] {
  return [
    text('pem', pems(certificates), (input) => {
      const read = attempt(() => readPem(input));
      if ('refused' in read) return read.refused;
      const written = read.value.map(({ label, der }) => writePem(label, der)).join('');
      hold(isDeepStrictEqual(readPem(written), read.value), 'written and read again, it differs');
      return `${Math.min(3, read.value.length)} blocks`;
    }),
    text('trace', traces(), (input) => {
      try {
        const trace = readTrace(input);
        hold(isDeepStrictEqual(readTrace(formatTrace(trace)), trace), 'written and read again, it differs');
        return shown(trace);
      } catch (error) {
        if (error instanceof TraceError) return 'TraceError';
        throw error;
      }
    }),
    text('list', ['ECDHE+AESGCM:!SHA1', 'DEFAULT:-kRSA:+AES', 'HIGH:@STRENGTH', 'ALL:!aNULL:@SECLEVEL=2'], (input) => {
      const read = attempt(() => parseCipherList(input, SUITES12));
      return 'refused' in read ? read.refused : 'read';
    }),
    text('name', ['example.com', '127.0.0.1', '::1', 'a.xn--bcher-kva.example', '*.example.com'], (input) => {
      const name = parseServerName(input);
      return `${parseIp(input) === undefined ? '' : 'address '}${name === undefined ? 'none' : 'name'}`;
    }),
  ];
}

const SUITES12 = SUITES.filter((suite) => suite.version === 'tls12');

/** What is drawn of a trace holds nothing that a terminal would obey, whatever a peer has put into it. */
function shown(trace: Trace): string {
  const timeline = timelineOf(trace);
  const lang = trace.entries.length % 2 === 0 ? 'en' : 'zh';
  const lines = [...renderLadder(timeline, { lang, width: 100 }), ...renderCurl(timeline)];
  for (const line of lines) {
    const drawn = plainText([line]);
    hold(![...drawn.trimEnd()].some(isControl), `a control character is drawn: ${JSON.stringify(drawn)}`);
  }
  return 'shown';
}

function isControl(character: string): boolean {
  const code = character.charCodeAt(0);
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

function text(name: keyof typeof WORDS, seeds: readonly string[], run: (input: string) => string): Target {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  return {
    name: `text/${name}`,
    kind: 'parser',
    ...(name === 'trace' && { batch: 8 }),
    seeds: () => seeds.map((one) => encoder.encode(one)),
    vary: (input, random) => {
      const before = decoder.decode(input);
      return encoder.encode(varyHex(before, random) ?? varyText(before, WORDS[name] ?? [], random));
    },
    run: (input) => run(decoder.decode(input)),
    // A word that nobody knows is compared with every name of a suite.
    work: { base: 20_000, each: name === 'list' ? 20_000 : 400 },
  };
}

/** Bytes that a trace quotes, changed and quoted again; undefined where there are none, and half of the time. */
function varyHex(input: string, random: Random): string | undefined {
  if (random.once(2)) return undefined;
  const quoted = [...input.matchAll(/"raw":"([0-9a-f]{8,})"/g)];
  if (quoted.length === 0) return undefined;
  const [, hex = '', at] = ((one) => [one[0], one[1], one.index] as const)(random.pick(quoted));
  const bytes = mutate(fromHex(hex), random, [fromHex(hex)]);
  return `${input.slice(0, at + 7)}${toHex(bytes)}${input.slice(at + 7 + hex.length)}`;
}

function varyText(input: string, words: readonly string[], random: Random): string {
  const at = random.below(input.length + 1);
  const end = at + random.below(Math.min(40, input.length - at + 1));
  switch (random.below(4)) {
    case 0:
      return input.slice(0, at) + input.slice(end);
    case 1:
      return input.slice(0, end) + input.slice(at);
    case 2:
      return input.slice(0, at) + random.pick(words) + input.slice(end);
    default:
      return input.slice(0, at) + random.pick(words).repeat(1 + random.below(4)) + input.slice(at);
  }
}

function pems(certificates: readonly Uint8Array[]): string[] {
  const [a = new Uint8Array(3), b = new Uint8Array(5)] = certificates;
  return [
    writePem('CERTIFICATE', a),
    `text\n${writePem('CERTIFICATE', a.subarray(0, 50))}${writePem('X509 CRL', b.subarray(0, 99))}`,
    writePem('A', b.subarray(0, 2)),
  ];
}

function traces(): string[] {
  return (['client', 'server'] as const).map((side) => {
    const { observe, trace } = traceRecorder({ side, now: () => 1_700_000_000_000 });
    shakeHands(makePair({ [side]: { observe, observeSecrets: true } }));
    return formatTrace(trace());
  });
}
