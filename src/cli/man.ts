// The manual page, glasstls(1), made from the tables that help is made of; `glasstls help man` prints it, and docs/glasstls.1 is a copy
// that a test compares. roff's own characters in texts are escaped.

import { EXIT_TEXTS } from './exit_codes.ts';
import { type Command, type Flag, flagRows, TOPICS } from './flags.ts';
import type { Lang } from './text.ts';
import { COMMANDS, ENVIRONMENT, SUMMARY } from './texts/help.ts';

export function manPage(version: string, lang: Lang = 'en'): string {
  const commands = Object.keys(COMMANDS) as Command[];
  const lines = [
    `.TH GLASSTLS 1 "" "glasstls ${version}" "User Commands"`,
    '.SH NAME',
    SUMMARY[lang].split(/: |：/).map(roff).join(' \\- '),
    '.SH SYNOPSIS',
    ...commands.flatMap((command) => ['.br', `.B ${roff(COMMANDS[command].usage)}`]),
    '.SH DESCRIPTION',
    ...commands.flatMap((command) => ['.TP', `.B ${command}`, roff(COMMANDS[command].summary[lang])]),
    '.SH OPTIONS',
    ...Object.entries(TOPICS).flatMap(([topic, title]) => [
      `.SS ${roff(title[lang])}`,
      ...flagRows.filter((flag) => flag.topic === topic).flatMap((flag) => flagLines(flag, lang)),
    ]),
    '.SH EXIT STATUS',
    ...Object.entries(EXIT_TEXTS).flatMap(([code, text]) => ['.TP', `.B ${code}`, roff(text[lang])]),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(([name, text]) => ['.TP', `.B ${roff(name)}`, roff(text[lang])]),
    '.SH EXAMPLES',
    ...commands.flatMap((command) =>
      COMMANDS[command].examples.flatMap(([line, what]) => ['.TP', `.B ${roff(line)}`, roff(what[lang])]),
    ),
    '.SH SEE ALSO',
    '.BR curl (1),',
    '.BR openssl-s_client (1)',
  ];
  return `${lines.join('\n')}\n`;
}

function flagLines({ name, short, value, commands, help }: Flag, lang: Lang): readonly string[] {
  const head = `${short === undefined ? '' : `-${short}, `}--${name}`;
  const tail = value === undefined ? '' : ` \\fI${roff(value)}\\fR`;
  return ['.TP', `\\fB${roff(head)}\\fR${tail}`, `${roff(help[lang])} \\fR(${commands.join(', ')})`];
}

/** Backslashes and hyphens as they are, and no line that begins as a request does. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1');
}
