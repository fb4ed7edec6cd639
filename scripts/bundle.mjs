// Bundles the core for the browser, which proves that nothing in it needs Node, and prints the sizes.

import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const BUNDLES = {
  'client + x509 + noble': `
    export { TlsClient } from './src/engine/client.ts';
    export { judge } from './src/host/trust.ts';
    export { settle } from './src/host/respond.ts';
    export { trustAnchors } from './src/x509/anchors.ts';
    export { nobleProvider } from './src/providers/noble.ts';`,
  'client + server + x509 + noble': `
    export { TlsClient } from './src/engine/client.ts';
    export { TlsServer } from './src/engine/server.ts';
    export { judge } from './src/host/trust.ts';
    export { credentialOf } from './src/host/credential.ts';
export { answerWithKeys, settle } from './src/host/respond.ts';
    export { trustAnchors } from './src/x509/anchors.ts';
    export { nobleProvider, noblePrivateKey } from './src/providers/noble.ts';`,
  'everything but Node': `
    export * from './src/index.ts';
    export * as wire from './src/wire/index.ts';
    export * as x509 from './src/x509/index.ts';
    export * as inspect from './src/inspect/index.ts';
    export { nobleProvider } from './src/providers/noble.ts';`,
};

for (const [name, contents] of Object.entries(BUNDLES)) {
  const result = await build({
    stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    logLevel: 'error',
  });
  const [file] = result.outputFiles;
  const gzip = gzipSync(file.contents, { level: 9 }).length;
  console.log(`${name}: ${(file.contents.length / 1000).toFixed(1)} kB, ${(gzip / 1000).toFixed(1)} kB gzipped`);
}
