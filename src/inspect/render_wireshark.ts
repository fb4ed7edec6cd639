// A handshake as the packet list of Wireshark shows it once it has the keys: number, time, direction, protocol, bytes, and what is in it, in
// Wireshark's names. A line is a flight, what one side sent before the other had its turn; Wireshark's lines are packets of TCP.

import { alertName } from '../wire/registry/names.ts';
import { escapeText } from './escape.ts';
import { clip, type Line, padEnd, padStart, segment } from './lines.ts';
import type { Timeline, TimelineData, TimelineMessage } from './timeline.ts';

export interface WiresharkOptions {
  /** Columns; what is longer is cut. Without it nothing is cut. */
  readonly width?: number | undefined;
}

export function renderWireshark(timeline: Timeline, { width }: WiresharkOptions = {}): readonly Line[] {
  const { flights, negotiated } = timeline;
  const protocol = negotiated.version === 0x0304 ? 'TLSv1.3' : negotiated.version === 0x0303 ? 'TLSv1.2' : 'TLSv1';
  const head = row('No.', 'Time', 'Source', 'Destination', 'Protocol', 'Length', 'Info');
  const lines: Line[] = [[segment(head, 'heading')]];
  for (const { index, from, start, bytes } of flights) {
    const info = infoOf(timeline, index);
    if (info === '') continue;
    const time = (start / 1000).toFixed(6);
    const to = from === 'client' ? 'server' : 'client';
    const text = row(String(lines.length), time, from, to, protocol, String(bytes), info);
    lines.push([segment(width === undefined ? text : clip(text, width), from)]);
  }
  return lines;
}

function row(
  no: string,
  time: string,
  from: string,
  to: string,
  protocol: string,
  length: string,
  info: string,
): string {
  return `${padStart(no, 4)}  ${padStart(time, 9)}  ${padEnd(from, 6)} → ${padEnd(to, 11)}  ${padEnd(protocol, 8)}  ${padStart(length, 6)}  ${info}`;
}

function infoOf({ messages, data, negotiated }: Timeline, flight: number): string {
  const items = [
    ...messages
      .filter((one) => one.flight === flight)
      .map((one) => ({ order: one.order, text: nameOf(one, negotiated) })),
    ...data.filter((one) => one.flight === flight).map((one) => ({ order: one.order, text: dataText(one) })),
  ];
  return items
    .sort((a, b) => a.order - b.order)
    .map(({ text }) => text)
    .join(', ');
}

function dataText({ early }: TimelineData): string {
  return early ? 'Application Data (early)' : 'Application Data';
}

function nameOf({ contentType, name, raw }: TimelineMessage, { serverName }: Timeline['negotiated']): string {
  if (contentType === 20) return 'Change Cipher Spec';
  if (contentType === 21) {
    const [level, description = 0] = raw;
    return `Alert (Level: ${level === 1 ? 'Warning' : 'Fatal'}, Description: ${alertTitle(description)})`;
  }
  if (name === 'client_hello' && serverName !== undefined) return `Client Hello (SNI=${escapeText(serverName)})`;
  return TITLES[name] ?? titleCase(name);
}

/** Where Wireshark's name is not the RFC's with blanks. */
const TITLES: Readonly<Partial<Record<TimelineMessage['name'], string>>> = {
  end_of_early_data: 'End of Early Data',
  compressed_certificate: 'Compressed Certificate',
  unknown: 'Unknown Handshake Message',
};

/** `server_hello_done` reads `Server Hello Done`. */
function titleCase(name: string): string {
  return name
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}

function alertTitle(number: number): string {
  const name = alertName(number);
  if (name === undefined) return `Unknown (${number})`;
  return ALERT_TITLES[name] ?? titleCase(name);
}

const ALERT_TITLES: Readonly<Record<string, string>> = {
  bad_record_mac: 'Bad Record MAC',
  unknown_ca: 'Unknown CA',
  unknown_psk_identity: 'Unknown PSK Identity',
  no_application_protocol: 'No application Protocol',
  ech_required: 'ECH Required',
};
