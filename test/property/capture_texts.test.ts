// TLS out of texts: what `openssl s_client -msg` prints, a NetLog of Chrome, dumps in hexadecimal. The messages are those of the
// conversation that the text was made of, and what can be checked of them is.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, toHex } from '../../src/bytes/bytes.ts';
import type { CapturedConnection } from '../../src/capture/connection.ts';
import { type DecodeOptions, decodeCapture } from '../../src/capture/decode.ts';
import { KeyLog } from '../../src/capture/keylog.ts';
import { missingIn } from '../../src/capture/missing.ts';
import { messagesOf } from '../../src/capture/numbered.ts';
import { piecesOf } from '../../src/capture/texts_in.ts';
import { verdictsOf } from '../../src/capture/verdicts.ts';
import type { Observation } from '../../src/engine/observe.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import { CONTENT_TYPE } from '../../src/wire/registry/names.ts';
import { type Hooks, recording } from '../support/captured.ts';
import { opensslText } from '../support/message_text.ts';
import { makePair } from '../support/pair.ts';
import { converse } from '../support/sessions.ts';

interface Talk {
  readonly messages: readonly Extract<Observation, { kind: 'message' }>[];
  readonly deliveries: readonly { readonly from: 'client' | 'server'; readonly bytes: Uint8Array }[];
  readonly keyLog: KeyLog;
}

function talkOf(version: 'TLSv1.2' | 'TLSv1.3'): Talk {
  const deliveries: Talk['deliveries'][number][] = [];
  const limits = { minVersion: version, maxVersion: version } as const;
  const { observed, keyLog } = recording(({ observe, keyLog: log, wire }: Hooks) => {
    converse(makePair({ client: { ...limits, observe, keyLog: log }, server: limits }), (direction, bytes, number) => {
      deliveries.push({ from: direction === 'to_server' ? 'client' : 'server', bytes: bytes.slice() });
      return wire(direction, bytes, number);
    });
  });
  const secrets = new KeyLog();
  secrets.add(keyLog.join('\n'));
  const messages = observed.flatMap((one) => (one.kind === 'message' ? [one] : []));
  return { messages, deliveries, keyLog: secrets };
}

const TALKS = { 'TLS 1.2': talkOf('TLSv1.2'), 'TLS 1.3': talkOf('TLSv1.3') } as const;

async function read(text: string, options: Partial<DecodeOptions> = {}): Promise<readonly CapturedConnection[]> {
  const connections: CapturedConnection[] = [];
  const file = async function* (): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(text);
  };
  for await (const one of decodeCapture(file(), { provider: nodeProvider, ...options })) {
    if (one.kind === 'connection') connections.push(one.connection);
  }
  return connections;
}

const names = (connection: CapturedConnection | undefined): string[] =>
  connection === undefined ? [] : messagesOf(connection).flatMap(({ name, from }) => (name ? [`${from} ${name}`] : []));
const wrongs = (connection: CapturedConnection | undefined): unknown[] =>
  connection === undefined ? ['nothing'] : verdictsOf(connection).filter(({ outcome }) => outcome !== 'right');
/** As they stand in a text that has no records of application data. */
const told = ({ messages }: Talk): string[] =>
  messages.map(({ direction, name }) => `${direction === 'out' ? 'client' : 'server'} ${name}`);

describe.each(Object.entries(TALKS))('%s', (_, talk) => {
  it('openssl s_client -msg, among other words, and s_server -msg', async () => {
    for (const side of ['out', 'in'] as const) {
      const text = `CONNECTED(00000003)\n${opensslText(talk.messages, side)}\n---\nread:errno=0\n`;
      const [connection, ...more] = await read(text, { keyLog: talk.keyLog });
      expect(more).toEqual([]);
      expect(names(connection)).toEqual(told(talk));
      expect(wrongs(connection)).toEqual([]);
    }
  });

  it('two connections one behind the other are two', async () => {
    const connections = await read(`${opensslText(talk.messages)}\n${opensslText(talk.messages)}\n`);
    expect(connections.map(names)).toEqual([told(talk), told(talk)]);
  });

  it('a NetLog of Chrome, whole or cut off, with events of several sockets', async () => {
    const types = {
      SSL_HANDSHAKE_MESSAGE_SENT: 60,
      SSL_HANDSHAKE_MESSAGE_RECEIVED: 61,
      SSL_ALERT_SENT: 62,
      SSL_ALERT_RECEIVED: 63,
      OTHER: 64,
    };
    const constants = { logEventTypes: types, timeTickOffset: '1700000000000' };
    const shown = talk.messages.filter(({ type }) => type !== CONTENT_TYPE.change_cipher_spec);
    const events = shown.flatMap(({ type, direction, raw }, i) => {
      const what = type === CONTENT_TYPE.alert ? 'ALERT' : 'HANDSHAKE_MESSAGE';
      const name = `SSL_${what}_${direction === 'out' ? 'SENT' : 'RECEIVED'}` as keyof typeof types;
      const params = { bytes: Buffer.from(raw).toString('base64'), type: raw[0] };
      return [7, 9].map((id) => ({
        params,
        phase: 0,
        source: { id, type: 9 },
        time: String(1000 + i),
        type: types[name],
      }));
    });
    const lines = events.map((event) => JSON.stringify(event)).join(',\n');
    const whole = `{"constants": ${JSON.stringify(constants)},\n"events": [\n${lines}]}\n`;
    const expected = told({ ...talk, messages: shown });
    expect((await read(whole)).map(names)).toEqual([expected, expected]);
    // It has no ChangeCipherSpec; what can be checked is checked all the same.
    for (const connection of await read(whole, { keyLog: talk.keyLog })) {
      expect(wrongs(connection)).toEqual([]);
      const checked = verdictsOf(connection).map(({ name }) => name);
      expect(checked).toEqual(expect.arrayContaining(['client_finished', 'server_finished']));
    }
    const [bare] = await read(whole);
    expect(bare?.checks.find(({ name }) => name === 'client_finished')).toMatchObject({ why: 'no_secret' });
    const cut = await read(whole.slice(0, -80));
    expect(cut.map((one) => names(one).length)).toEqual([shown.length, shown.length - 1]);
    expect((await read(whole))[0]?.started).toBe(1_700_000_001_000);
    expect(await read('{"some": "other JSON"}')).toEqual([]);
  });

  const dumps: Readonly<Record<string, (bytes: Uint8Array, from: 'client' | 'server') => string>> = {
    'bare digits': (bytes) => toHex(bytes),
    xxd: (bytes) =>
      (toHex(bytes).match(/.{1,32}/g) ?? [])
        .map((line, i) => `${(16 * i).toString(16).padStart(8, '0')}: ${line.match(/.{1,4}/g)?.join(' ')}  ..beef cafe`)
        .join('\n'),
    'hexdump -C': (bytes) =>
      (toHex(bytes).match(/.{1,32}/g) ?? [])
        .map((line, i) => `${(16 * i).toString(16).padStart(8, '0')}  ${line.match(/../g)?.join(' ')}  |....|`)
        .join('\n'),
    'Wireshark, follow stream': (bytes, from) =>
      (toHex(bytes).match(/.{1,32}/g) ?? [])
        .map((line) => `${from === 'server' ? '    ' : ''}00000000  ${line.match(/../g)?.join(' ')}   ....`)
        .join('\n'),
    'marked with > and <': (bytes, from) => `${from === 'client' ? '>' : '<'} ${toHex(bytes)}`,
  };

  it.each(Object.entries(dumps))('a dump: %s', async (name, dump) => {
    const text = `# a dump\n${talk.deliveries.map(({ from, bytes }) => dump(bytes, from)).join('\n')}\n`;
    const [connection] = await read(text, { keyLog: talk.keyLog });
    const isTold = name.startsWith('Wireshark') || name.startsWith('marked');
    // Frame by frame as they were sent; where the text does not say by whom, the keys do.
    expect(names(connection).toSorted()).toEqual(told(talk).toSorted());
    expect(wrongs(connection)).toEqual([]);
    const [closed] = await read(text);
    if (closed === undefined) throw new Error('nothing was read');
    expect(verdictsOf(closed).filter(({ outcome }) => outcome === 'wrong')).toEqual([]);
    expect(missingIn(closed, 'en').some((line) => line.includes('does not say who sent what'))).toBe(!isTold);
  });
});

it('any text is read without an error, or is none', () => {
  const alphabet = fc.constantFrom(
    '16',
    '03',
    '01',
    ' ',
    '\n',
    '>>> TLS 1.2, Handshake [length 0004], X\n    ',
    '{',
    '}',
    '"',
    ':',
    'x',
    '<',
  );
  fc.assert(
    fc.property(fc.array(alphabet, { maxLength: 60 }), (parts) => void piecesOf(parts.join(''))),
    { numRuns: 500 },
  );
  fc.assert(fc.property(fc.string(), (text) => void piecesOf(text)));
  expect(piecesOf('this is prose, and no dump')).toBeUndefined();
  expect(piecesOf(toHex(concat(new Uint8Array(20))))).toBeUndefined();
});
