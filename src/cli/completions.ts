// `glasstls completions bash|zsh|fish`: what a shell completes, made from the table of flags: commands, flags of each command, words
// that a flag takes, file names where a flag wants a file.

import { type Arguments, usage } from './arguments.ts';
import { EXIT } from './exit_codes.ts';
import { type Command, type Flag, flagRows } from './flags.ts';
import type { Terminal } from './terminal.ts';
import { filled, type Lang } from './text.ts';
import { COMMANDS, WORDS } from './texts/help.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** @throws CliError with exit code 2 */
export function completions(args: Arguments, { out, lang }: Terminal): number {
  const [asked = ''] = args.operands;
  const shell = SHELLS.find((one) => one === asked);
  if (shell === undefined) {
    const values = { shells: SHELLS.join(', '), shell: JSON.stringify(asked) };
    throw usage(filled(WORDS.badShell, values), 'completions');
  }
  out.text(completionScript(shell, lang));
  return EXIT.ok;
}

export function completionScript(shell: Shell, lang: Lang): string {
  switch (shell) {
    case 'bash':
      return bash();
    case 'zsh':
      return zsh(lang);
    case 'fish':
      return fish(lang);
  }
}

const NAMES = [...(Object.keys(COMMANDS) as Command[]), 'help', 'version'];

/** Words that a flag takes, where they are few. */
export function wordsOf({ name, value }: Pick<Flag, 'name' | 'value'>): readonly string[] {
  return value?.includes('|') ? value.split('|') : (CHOICES[name] ?? []);
}

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  'tls-max': ['1.2', '1.3'],
  policy: ['compatible', 'web'],
  provider: ['node', 'noble'],
  format: ['curl', 'openssl', 'wireshark', 'ladder', 'json'],
  starttls: ['smtp', 'imap', 'pop3', 'ftp', 'postgres', 'mysql', 'ldap', 'xmpp'],
  chapter: [
    'rsa',
    'ecdhe',
    'tls13',
    'versions',
    'retry',
    'resumed',
    'early-data',
    'client',
    'tampered',
    'expired',
    'all',
  ],
  request: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'],
};

const takesFile = ({ value = '' }: Flag): boolean => /^(?:FILE|DIR)$/.test(value);

function flagsOf(command: string): readonly string[] {
  return flagRows
    .filter(({ commands }) => commands.some((one) => one === command))
    .flatMap(({ name, short }) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]);
}

function bash(): string {
  const valued = flagRows.filter(({ value }) => value !== undefined);
  const cases = valued.map((flag) => {
    const spellings = [`--${flag.name}`, ...(flag.short === undefined ? [] : [`-${flag.short}`])].join('|');
    const words = wordsOf(flag);
    const reply = takesFile(flag)
      ? 'compgen -f -- "$word"'
      : words.length > 0
        ? `compgen -W "${words.join(' ')}" -- "$word"`
        : 'true';
    return `    ${spellings}) COMPREPLY=($(${reply})); return ;;`;
  });
  const lists = (Object.keys(COMMANDS) as Command[]).map(
    (command) => `    ${command}) flags="${flagsOf(command).join(' ')}" ;;`,
  );
  return `# bash completion for glasstls: source <(glasstls completions bash)
_glasstls() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command=connect flags one
  for one in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$one" in ${NAMES.join('|')}) command="$one"; break ;; esac
  done
  case "$before" in
${cases.join('\n')}
  esac
  case "$command" in
${lists.join('\n')}
    help) flags="${NAMES.join(' ')} all exit-codes environment" ;;
  esac
  [ "$COMP_CWORD" = 1 ] && flags="$flags ${NAMES.join(' ')}"
  COMPREPLY=($(compgen -W "$flags" -- "$word"))
}
complete -F _glasstls glasstls
`;
}

/** Within single quotes of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The first sentence is enough beside a flag. */
const short = (text: string): string => /^.*?[.。](?=\s|$|[^\s\d])/.exec(text)?.[0].replace(/[.。]$/, '') ?? text;

function zsh(lang: Lang): string {
  const specs = (command: Command): string =>
    flagRows
      .filter(({ commands }) => commands.includes(command))
      .flatMap((flag) => {
        const { name, value } = flag;
        const help = short(flag.help[lang]).replaceAll(/[[\]:]/g, (one) => `\\${one}`);
        const words = wordsOf(flag);
        const action = takesFile(flag) ? '_files' : words.length > 0 ? `(${words.join(' ')})` : ' ';
        const tail = value === undefined ? '' : `:${value.replaceAll(':', '\\:')}:${action}`;
        const spellings = [`--${name}`, ...(flag.short === undefined ? [] : [`-${flag.short}`])];
        return spellings.map((one) => `      ${quoted(`*${one}[${help}]${tail}`)}`);
      })
      .join(' \\\n');
  const commands = (Object.keys(COMMANDS) as Command[]).map(
    (command) => `    ${command}) _arguments -s \\\n${specs(command)} ;;`,
  );
  return `#compdef glasstls
# zsh completion for glasstls: glasstls completions zsh > "\${fpath[1]}/_glasstls"
_glasstls() {
  local command=connect one
  for one in "\${words[@]:1:CURRENT-2}"; do
    case "$one" in ${NAMES.join('|')}) command="$one"; break ;; esac
  done
  (( CURRENT == 2 )) && compadd -- ${NAMES.join(' ')}
  case "$command" in
${commands.join('\n')}
    help) compadd -- ${NAMES.join(' ')} all exit-codes environment ;;
  esac
}
_glasstls "$@"
`;
}

function fish(lang: Lang): string {
  const commands = (Object.keys(COMMANDS) as Command[]).map(
    (name) =>
      `complete -c glasstls -n __fish_use_subcommand -a ${name} -d ${quoted(short(COMMANDS[name].summary[lang]))}`,
  );
  const others = (Object.keys(COMMANDS) as Command[]).filter((one) => one !== 'connect');
  const flags = flagRows.map((flag) => {
    const { name, value, commands: own } = flag;
    // Without a word for a command, connect is meant.
    const foreign = others.filter((one) => !own.includes(one));
    const only = own.includes('connect')
      ? foreign.length === 0
        ? ''
        : ` -n ${quoted(`not __fish_seen_subcommand_from ${foreign.join(' ')}`)}`
      : ` -n ${quoted(`__fish_seen_subcommand_from ${own.join(' ')}`)}`;
    const words = wordsOf(flag);
    const argument =
      value === undefined
        ? ''
        : takesFile(flag)
          ? ' -r -F'
          : ` -x${words.length > 0 ? ` -a ${quoted(words.join(' '))}` : ''}`;
    const letter = flag.short === undefined ? '' : ` -s ${flag.short}`;
    return `complete -c glasstls${only} -l ${name}${letter}${argument} -d ${quoted(short(flag.help[lang]))}`;
  });
  return `# fish completion for glasstls: glasstls completions fish | source\n${[...commands, ...flags].join('\n')}\n`;
}
