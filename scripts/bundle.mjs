// Bundles the core for the browser, which proves that nothing in it needs Node, prints the sizes, and fails when one passes
// its budget: what is reached and a little more. `aim` is what a row should come to; what is missing is printed beside it,
// and what of the row stands in which part. `--inputs` prints what each file adds.

import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const MODERN_CLIENT = `
  export { ModernTlsClient } from './src/engine/modern.ts';
  export { judgeWith } from './src/host/trust.ts';
  export { settle } from './src/host/respond.ts';
  export { anchorFromCertificate, TrustAnchors } from './src/x509/anchors.ts';
  export { verifyChainWithoutProofs } from './src/x509/verify.ts';
  export { nobleModernProvider } from './src/providers/noble.ts';`;

/** Sizes are bytes after gzip. Modern is TLS 1.2 and 1.3 without legacy suites, CBC and revocation. */
const ROWS = [
  { name: 'client, modern, x509, noble', budget: 83_000, aim: 60_000, contents: MODERN_CLIENT },
  {
    name: 'client and server, modern, x509, noble',
    budget: 100_500,
    aim: 90_000,
    contents: `${MODERN_CLIENT}
      export { ModernTlsServer } from './src/engine/modern.ts';
      export { answerWithKeys } from './src/host/respond.ts';
      export { credentialOf } from './src/host/credential.ts';
      export { nobleModernPrivateKey } from './src/providers/noble.ts';`,
  },
  {
    name: 'everything but Node',
    budget: 195_000,
    contents: `
      export * from './src/index.ts';
      export * as wire from './src/wire/index.ts';
      export * as x509 from './src/x509/index.ts';
      export * as inspect from './src/inspect/index.ts';
      export * from './src/providers/noble.ts';`,
  },
];

/** What a row loses without these files; the parts do not overlap. */
const PARTS = [
  { part: 'primitives (@noble)', files: /node_modules[/]@noble[/]/ },
  { part: 'certificates (x509)', files: /src[/]x509[/]/ },
  {
    part: 'resumption, early data, shared keys, client certificates, exporters, RFC 8879, RFC 8449, GREASE',
    files: new RegExp(
      `src/(?:${[
        'handshake/(?:client|server)/(?:resume12|post_auth13|psk13|tickets13|client_certificate13|session|credential)',
        'handshake/client/(?:disguise|record_limits)',
        'handshake/shared/(?:post_auth|compression|exporter|credentials|psk13|session|resumption)',
        'engine/early_data',
      ].join('|')})[.]ts$`,
    ),
  },
];

const kilo = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
let failed = false;

for (const { name, budget, aim, contents } of ROWS) {
  const { minified, gzip, inputs } = await bundle(contents);
  const aimed =
    aim === undefined ? '' : `, aim ${kilo(aim)} ${gzip > aim ? `MISSED by ${kilo(gzip - aim)}` : 'reached'}`;
  const verdict = `${gzip > budget ? 'OVER its budget of' : 'budget'} ${kilo(budget)}${aimed}`;
  failed ||= gzip > budget;
  console.log(`${kilo(minified).padStart(9)} ${kilo(gzip).padStart(9)} gzipped, ${verdict}: ${name}`);
  if (aim !== undefined) await printParts(contents, gzip);
  if (process.argv.includes('--inputs')) printInputs(inputs);
}

if (failed) process.exitCode = 1;

/** Sizes in bytes. Files that match `without` are left out. */
async function bundle(contents, without) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    outfile: 'bundle.js',
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    logLevel: 'error',
    plugins: without === undefined ? [] : [leaveOut(without)],
  });
  const [{ contents: code }] = outputFiles;
  return {
    minified: code.length,
    gzip: gzipSync(code, { level: 9 }).length,
    inputs: metafile.outputs['bundle.js'].inputs,
  };
}

/** An esbuild plugin: these files give nothing but their names. */
function leaveOut(files) {
  return {
    name: 'leave-out',
    setup({ onLoad }) {
      onLoad({ filter: files }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const names = [...source.matchAll(/^export (?:async )?(?:function[*]?|const|class|let) (\w+)/gm)];
        return { contents: names.map(([, name]) => `export const ${name} = globalThis.absent;`).join('\n') };
      });
    },
  };
}

async function printParts(contents, whole) {
  let rest = whole;
  for (const { part, files } of PARTS) {
    const { gzip } = await bundle(contents, files);
    rest -= whole - gzip;
    console.log(`${kilo(whole - gzip).padStart(27)} of it: ${part}`);
  }
  console.log(`${kilo(rest).padStart(27)} of it: the rest`);
}

/** What each file adds, minified and before gzip, most first. */
function printInputs(inputs) {
  const rows = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  for (const [path, { bytesInOutput }] of rows.sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput)) {
    console.log(`${String(bytesInOutput).padStart(9)} ${path.replace(/^.*node_modules\//, '')}`);
  }
}
