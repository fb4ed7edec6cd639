// `npm run bench`: glasstls against node:tls in one run on one machine. Ratios count; absolute figures drift with the
// machine. `--short` for a quick look, `--json` for machines.

import { parseArgs } from 'node:util';
import { measureBulk } from './bulk.mjs';
import { measureRow, ROWS, whyNot } from './handshakes.mjs';
import { makeIdentity } from './identities.mjs';
import { primitivesOf } from './primitives.mjs';

const { values } = parseArgs({ options: { short: { type: 'boolean' }, json: { type: 'boolean' } } });
const size = values.short
  ? { count: 20, rounds: 3, warmUp: 1, megabytes: 8, primitive: 20 }
  : { count: 150, rounds: 9, warmUp: 10, megabytes: 64, primitive: 200 };

const identities = { ec: makeIdentity('ec'), rsa: makeIdentity('rsa') };
const report = {
  node: process.version,
  openssl: process.versions.openssl,
  unit: 'CPU microseconds, both ends',
  handshakes: [],
  bulk: [],
};
const say = (line) => values.json || console.log(line);

say(`Node ${process.version}, OpenSSL ${process.versions.openssl}; medians of ${size.rounds} rounds taken in turns\n`);
say('Handshake, CPU microseconds of both ends');
say('                    glasstls   node:tls   ratio   primitives   raw TCP   above both');
for (const row of ROWS) {
  const identity = identities[row.kind];
  const problem = whyNot(row);
  if (problem !== undefined) {
    say(`${row.name.padEnd(18)}   not run: ${problem}`);
    continue;
  }
  const figures = await measureRow(row, identity, size);
  const { sum, parts } = primitivesOf(row, identity, size.primitive);
  const above = figures.glasstls - sum - figures.tcp;
  report.handshakes.push({ row: row.name, ...figures, primitives: sum, parts, above });
  const cells = [
    row.name.padEnd(18),
    figures.glasstls.toFixed(0).padStart(10),
    figures['node:tls'].toFixed(0).padStart(10),
    (figures.glasstls / figures['node:tls']).toFixed(2).padStart(7),
    sum.toFixed(0).padStart(12),
    figures.tcp.toFixed(0).padStart(9),
    above.toFixed(0).padStart(12),
  ];
  say(cells.join(' '));
}

say('\nBulk, client to server, MB/s');
say('                    glasstls   node:tls   ratio');
for (const [version, write] of [
  ['TLSv1.2', 16384],
  ['TLSv1.3', 16384],
  ['TLSv1.3', 1024],
]) {
  const figures = await measureBulk(version, write, identities.ec, size);
  report.bulk.push({ version, write, ...figures });
  const cells = [
    `${version.slice(4)}, ${write} B writes`.padEnd(18),
    figures.glasstls.toFixed(0).padStart(10),
    figures['node:tls'].toFixed(0).padStart(10),
    (figures.glasstls / figures['node:tls']).toFixed(2).padStart(7),
  ];
  say(cells.join(' '));
}
if (values.json) console.log(JSON.stringify(report, null, 2));
