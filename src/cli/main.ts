#!/usr/bin/env node
// The glasstls command: finds out which command is meant, loads that one alone, and turns its end into an exit code. Nothing
// is imported here that `glasstls --version` does not need.

import type { Arguments } from './arguments.ts';
import type { Lang } from './text.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  quietPipes();
  const { languageOf } = await import('./text.ts');
  const { languageArgument, readArguments } = await import('./arguments.ts');
  let lang = languageOf(languageArgument(argv), process.env);
  try {
    const args = readArguments(argv);
    lang = languageOf(args.value('lang'), process.env);
    return await run(args, lang);
  } catch (error) {
    const { CliError } = await import('./exit_codes.ts');
    if (!(error instanceof CliError)) throw error;
    const hint = error.hint === undefined ? '' : `${error.hint[lang]}\n`;
    if (!isSilent(argv)) process.stderr.write(`glasstls: (${error.exit}) ${error.text[lang]}\n${hint}`);
    return error.exit;
  }
}

async function run(args: Arguments, lang: Lang): Promise<number> {
  if (args.command === 'version') {
    const { versionText } = await import('./version.ts');
    process.stdout.write(`${versionText()}\n`);
    return 0;
  }
  const { choiceOf } = await import('./arguments.ts');
  choiceOf(args, 'lang', ['en', 'zh']);
  const { openTerminal } = await import('./terminal.ts');
  const terminal = openTerminal(lang);
  if (args.command === 'help' || args.has('help')) {
    const { help } = await import('./help.ts');
    return help(args, terminal);
  }
  switch (args.command) {
    case 'connect':
      return (await import('./connect.ts')).connect(args, terminal);
    case 'serve':
      return (await import('./serve.ts')).serve(args, terminal);
    case 'demo':
      return (await import('./demo/demo.ts')).demo(args, terminal);
    case 'decode':
      return (await import('./decode.ts')).decode(args, terminal);
    case 'completions':
      return (await import('./completions.ts')).completions(args, terminal);
    case 'explain':
      return (await import('./explain/explain.ts')).explain(args, terminal);
  }
}

/** `-s` asks for silence about failures of the connection; wrong use is silent too, as with curl, unless there is `-S`. */
function isSilent(argv: readonly string[]): boolean {
  const given = (name: string, letter: RegExp): boolean => argv.some((one) => one === name || letter.test(one));
  return given('--silent', /^-[IikvhVLSf46]*s/) && !given('--show-error', /^-[IikvhVLsf46]*S/);
}

/** A reader that has seen enough (`glasstls demo | head`) is no fault. */
function quietPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }
}
