// BoGo's shim: BoringSSL's runner starts it once a test, with flags that say what to do, and judges by what it sees on the
// wire, by the exit code (0, or 89 for what is not implemented) and by what stands on stderr. See PORTING.md in BoringSSL's
// ssl/test. The engine is loaded only after the flags were understood.

import { parseFlags, Unimplemented } from './flags.ts';

const UNIMPLEMENTED = 89;

async function main(): Promise<number> {
  const all = parseFlags(process.argv.slice(2));
  if (all.initial['is-handshaker-supported']) {
    process.stdout.write('No\n');
    return 0;
  }
  const { run } = await import('./run.ts');
  return run(all);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    const cause = error instanceof Error ? error.cause : undefined;
    process.exit(error instanceof Unimplemented || cause instanceof Unimplemented ? UNIMPLEMENTED : 1);
  },
);
