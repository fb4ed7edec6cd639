// --format: the connection drawn when it is over, from the trace that was kept of it. Drawings go to standard error, where -v speaks; JSON is
// data and goes to standard output.

import { timelineJson } from '../inspect/render_json.ts';
import { renderLadder } from '../inspect/render_ladder.ts';
import { renderOpenssl } from '../inspect/render_openssl.ts';
import { renderWireshark } from '../inspect/render_wireshark.ts';
import { timelineOf } from '../inspect/timeline.ts';
import type { Judgement } from '../x509/verify.ts';
import type { ConnectForm } from './choices.ts';
import { readersIn } from './readers.ts';
import { safe, type Terminal } from './terminal.ts';
import type { Watched } from './watching.ts';

type Drawn = Pick<Watched, 'traced' | 'settings'> & {
  readonly terminal: Terminal;
  readonly judgement: Judgement | undefined;
};

export function drawConnection(form: ConnectForm, { traced, settings, terminal, judgement }: Drawn): void {
  const { out, err, lang } = terminal;
  const timeline = timelineOf(traced.trace());
  const readers = readersIn(lang);
  switch (form) {
    case 'json':
      return out.text(`${JSON.stringify(timelineJson(timeline, { readers }), undefined, 2)}\n`);
    case 'openssl':
      return err.lines(renderOpenssl(timeline, { verification: verificationOf(judgement) }));
    case 'wireshark':
      return err.lines(renderWireshark(timeline, err.isTerminal ? { width: err.columns } : {}));
    case 'ladder': {
      const explain = settings.verbose >= 2 ? 'paragraph' : settings.verbose === 1 ? 'line' : 'none';
      return err.lines(renderLadder(timeline, { lang, width: err.width, explain, readers }));
    }
    case 'curl':
  }
}

function verificationOf(judgement: Judgement | undefined): string | undefined {
  if (judgement === undefined) return undefined;
  return judgement.ok ? 'OK' : safe(judgement.refusal.text);
}
