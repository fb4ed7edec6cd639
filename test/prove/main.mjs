// npm run prove -- --list
// npm run prove -- NAME [OPTION ...]
//
// Runs one of the proofs in table.ts from the sources, without a build.

import { register } from 'node:module';

register('./typescript.mjs', import.meta.url);
const { main } = await import('./table.ts');
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
