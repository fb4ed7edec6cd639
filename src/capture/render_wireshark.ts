// A connection as Wireshark lists it: one line a frame, with the names of what became whole in it. At the left the numbers that
// `--message` takes. Pure.

import { escapeText } from '../inspect/escape.ts';
import { type Line, padEnd, padStart, type Segment, segment, wrap } from '../inspect/lines.ts';
import { negotiatedIn, suiteNames } from '../inspect/negotiated.ts';
import { groupName } from '../wire/registry/names.ts';
import { endpointText } from './addresses.ts';
import type { CapturedConnection } from './connection.ts';
import { messagesOf, type NumberedMessage } from './numbered.ts';
import { protocolName } from './wireshark_names.ts';

export interface WiresharkOptions {
  readonly width: number;
  /** Which messages are shown. */
  readonly shows?: (message: NumberedMessage) => boolean;
}

export function renderWireshark(connection: CapturedConnection, options: WiresharkOptions): readonly Line[] {
  const { width, shows = () => true } = options;
  const negotiated = negotiatedOf(connection);
  const protocol = protocolName(negotiated.version);
  const { ja3, ja3s, ja4 } = connection.fingerprints;
  const prints = [
    ['JA4', ja4],
    ['JA3', ja3],
    ['JA3S', ja3s],
  ] as const;
  const shown = prints.flatMap(([name, print]) => (print === undefined ? [] : [`${name}: ${print.hash}`]));
  const lines: Line[] = [headLine(connection), [segment(`    ${shown.join('  ')}`, 'dim')]];
  const rows = frames(messagesOf(connection).filter(shows));
  for (const row of rows) {
    const [first, last] = [row[0], row.at(-1)];
    if (first === undefined || last === undefined) continue;
    const range = first === last ? `${first.number}` : `${first.number}-${last.number}`;
    const left: Segment[] = [
      segment(`${padStart(range, 9)} `, 'offset'),
      segment(`${padStart(String(first.frame), 7)} `, 'dim'),
      segment(`${padStart(((first.time - connection.origin) / 1000).toFixed(6), 12)}  `, 'time'),
      segment(first.from === 'client' ? '→ ' : '← ', first.from),
      segment(`${padEnd(protocol, 8)}`, 'dim'),
    ];
    const indent = 9 + 1 + 7 + 1 + 12 + 2 + 2 + 8;
    const text = escapeText(row.map(({ title }) => title).join(', '));
    const style = row.every(({ sealed }) => sealed) ? 'dim' : 'message';
    wrap(text, Math.max(24, width - indent)).forEach((part, i) => {
      lines.push(i === 0 ? [...left, segment(part, style)] : [segment(' '.repeat(indent)), segment(part, style)]);
    });
  }
  return lines;
}

/** What the two agreed on, read from the messages of the first handshake. */
export function negotiatedOf({ items }: CapturedConnection): ReturnType<typeof negotiatedIn> {
  return negotiatedIn(
    items.flatMap(({ observation }) =>
      observation.kind === 'message'
        ? [
            {
              from: observation.direction === 'out' ? ('client' as const) : ('server' as const),
              name: observation.name,
              raw: observation.raw,
            },
          ]
        : [],
    ),
  );
}

function headLine(connection: CapturedConnection): Line {
  const { version, suite, group } = negotiatedOf(connection);
  const parts = [
    connection.serverName === undefined ? undefined : escapeText(connection.serverName),
    version === undefined ? undefined : protocolName(version),
    suite === undefined ? undefined : suiteNames(suite).iana,
    group === undefined ? undefined : (groupName(group) ?? `0x${group.toString(16).padStart(4, '0')}`),
  ];
  return [
    segment(`#${connection.number}  ${endpointText(connection.client)} → ${endpointText(connection.server)}`, 'title'),
    segment(`  ${parts.filter((part) => part !== undefined).join('  ')}`, 'dim'),
  ];
}

/** Messages of one frame and side stand in one line. */
function frames(messages: readonly NumberedMessage[]): readonly (readonly NumberedMessage[])[] {
  const rows: NumberedMessage[][] = [];
  for (const message of messages) {
    const last = rows.at(-1)?.at(-1);
    const joins = last !== undefined && last.frame === message.frame && last.from === message.from;
    if (joins && last.number === message.number - 1) rows.at(-1)?.push(message);
    else rows.push([message]);
  }
  return rows;
}
