// All rows, in the Node that runs this: main.mjs starts it once for each. Progress goes to stderr, the report as JSON to stdout.

import { BULK_ROWS, measureBulk } from './bulk.mjs';
import { measureRow, ROWS, whyNot } from './handshakes.mjs';
import { makeIdentity } from './identities.mjs';
import { measureMemory } from './memory.mjs';
import { clientsIn, LIMITS, measureOthers, OTHER_ROWS } from './others.mjs';
import { primitivesOf } from './primitives.mjs';

const { short, compare } = JSON.parse(process.argv[2]);
const size = short
  ? { count: 20, rounds: 3, warmUp: 1, megabytes: 8, bulkWarmUp: 1, primitive: 20, first: 500, more: 1000 }
  : { count: 50, rounds: 21, warmUp: 30, megabytes: 16, bulkWarmUp: 8, primitive: 200, first: 2000, more: 4000 };

// Some of the others take a hundred times as long.
const slow = short ? size : { count: 15, rounds: 9, warmUp: 6 };

const identities = { ec: makeIdentity('ec'), rsa: makeIdentity('rsa') };
const { node, openssl } = process.versions;
const report = { node, openssl, rounds: size.rounds, handshakes: [], bulk: [], memory: [], others: [], limits: {} };
const begins = (what) => process.stderr.write(`Node ${node}: ${what}\n`);

for (const row of ROWS) {
  const without = whyNot(row);
  begins(`handshake ${row.name}`);
  if (without !== undefined) {
    report.handshakes.push({ row: row.name, without });
    continue;
  }
  const identity = identities[row.kind];
  const { tcp, ...figures } = await measureRow(row, identity, size);
  const { sum, parts } = primitivesOf(row, identity, size.primitive);
  const above = figures.glasstls - sum - tcp;
  report.handshakes.push({ row: row.name, figures, primitives: sum, parts, tcp, above });
}
for (const row of BULK_ROWS) {
  begins(`bulk ${row.version}, ${row.direction}, ${row.write} B`);
  report.bulk.push({ ...row, figures: await measureBulk(row, identities.ec, size) });
}
for (const version of ['TLSv1.2', 'TLSv1.3']) {
  begins(`memory ${version}`);
  report.memory.push({ version, ...(await measureMemory(version, identities.ec, size)) });
}
if (compare !== undefined) {
  const clients = await clientsIn(compare);
  report.limits = LIMITS;
  for (const row of OTHER_ROWS) {
    begins(`other stacks, ${row.name}`);
    report.others.push({ row: row.name, ...(await measureOthers(row, identities[row.kind], clients, slow)) });
  }
}
process.stdout.write(JSON.stringify(report), () => process.exit());
