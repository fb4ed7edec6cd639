// The thread that a campaign runs in, so that an input which never comes back can be stopped and named.

import { register } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

register('../typescript.mjs', import.meta.url);
setFlagsFromString('--expose-gc');
globalThis.gc = runInNewContext('gc');
const { work } = await import('./work.ts');
work();
