// Everything that is made of a capture, so that whatever could throw is run, and what must hold of it whatever is in the file: no more
// is kept than may be, and nothing that is drawn would be obeyed by a terminal.

import { latin1 } from '../../src/bytes/bytes.ts';
import type { CapturedConnection } from '../../src/capture/connection.ts';
import { CaptureDecoder, type CaptureSummary, type DecodeOptions } from '../../src/capture/decode.ts';
import { missingIn, missingInFile } from '../../src/capture/missing.ts';
import { messagesOf } from '../../src/capture/numbered.ts';
import { readerFor } from '../../src/capture/open_file.ts';
import { renderContent } from '../../src/capture/render_content.ts';
import { renderWireshark } from '../../src/capture/render_wireshark.ts';
import { contextOf, reportOf } from '../../src/capture/report.ts';
import { verdictsOf } from '../../src/capture/verdicts.ts';
import { annotateMessage } from '../../src/inspect/annotate.ts';
import { type Line, plainText } from '../../src/inspect/lines.ts';
import { renderCurl } from '../../src/inspect/render_curl.ts';
import { renderFields } from '../../src/inspect/render_fields.ts';
import { renderLadder } from '../../src/inspect/render_ladder.ts';
import { timelineOf } from '../../src/inspect/timeline.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import { trustAnchors } from '../../src/x509/anchors.ts';
import { readBack } from './captured.ts';
import { STORED } from './stored.ts';

/** Items that are kept. */
const MAX_ITEMS = 5000;
const ANCHORS = trustAnchors([]);

/** Reads a file of any form, in pieces of `size` bytes, and draws all of it. @throws Error when a promise was broken */
export function useCapture(
  file: Uint8Array,
  size?: number,
  more: Partial<DecodeOptions> = {},
): readonly CapturedConnection[] {
  const options: Partial<DecodeOptions> = { showSecrets: true, maxItems: MAX_ITEMS, contentLength: 100, ...more };
  const { connections, summary } =
    readerFor(file.subarray(0, 4)) === undefined ? readText(latin1(file), options) : readBack(file, options, size);
  holdText(missingInFile(summary, 'zh').join(' '));
  for (const connection of connections) draw(connection);
  return connections;
}

function readText(
  text: string,
  options: Partial<DecodeOptions>,
): { readonly connections: readonly CapturedConnection[]; readonly summary: CaptureSummary } {
  const decoder = new CaptureDecoder({ provider: nodeProvider, decompressors: [STORED], ...options });
  const connections: CapturedConnection[] = [];
  for (const one of decoder.text(text)) if (one.kind === 'connection') connections.push(one.connection);
  for (const one of decoder.end()) if (one.kind === 'summary') return { connections, summary: one.summary };
  throw new Error('no summary');
}

function draw(connection: CapturedConnection): void {
  if (connection.items.length > MAX_ITEMS) throw new Error(`${connection.items.length} items are kept`);
  holdLines(renderWireshark(connection, { width: 80 }));
  holdText(missingIn(connection, 'en').join(' '));
  const verdicts = verdictsOf(connection, { provider: nodeProvider, anchors: ANCHORS, ctLogs: [] });
  JSON.parse(JSON.stringify(reportOf(connection, { fields: true, hex: true, verdicts })));
  const timeline = timelineOf(connection.trace);
  holdLines(renderLadder(timeline, { lang: 'en', width: 100 }));
  holdLines(renderCurl(timeline));
  const context = contextOf(connection);
  for (const { raw, content, contentType } of messagesOf(connection)) {
    if (content !== undefined) holdLines(renderContent(content, { width: 80 }));
    if (raw === undefined) continue;
    holdLines(renderFields(annotateMessage(raw, { ...context, contentType }), { lang: 'zh', width: 100, hex: true }));
  }
}

function holdLines(lines: readonly Line[]): void {
  for (const line of lines) holdText(plainText([line]).trimEnd());
}

function holdText(text: string): void {
  for (const character of text) {
    const code = character.charCodeAt(0);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) throw new Error(`drawn for a terminal: ${JSON.stringify(text)}`);
  }
}
