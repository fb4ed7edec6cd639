// `glasstls completions bash|zsh|fish`: what a shell completes, made from the tables of flags, of commands and of the words that they
// take: commands, flags of each command, words of a flag, file names where a file is wanted.

import { type Arguments, usage } from './arguments.ts';
import { wordsOf } from './choices.ts';
import { EXIT } from './exit_codes.ts';
import { type Command, type Flag, flagRows } from './flags.ts';
import { HELP_TOPICS } from './help.ts';
import type { Terminal } from './terminal.ts';
import { filled, type Lang } from './text.ts';
import { COMMANDS, SHELLS, WORDS } from './texts/help.ts';

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

const OWN_NAMES = Object.keys(COMMANDS) as Command[];
const NAMES: readonly string[] = [...OWN_NAMES, 'help', 'version'];

const takesFile = ({ value = '' }: Flag): boolean => /^(?:FILE|DIR)$/.test(value);
const spellings = ({ name, short }: Flag): readonly string[] => [
  `--${name}`,
  ...(short === undefined ? [] : [`-${short}`]),
];
const flagsOf = (command: Command): readonly Flag[] => flagRows.filter(({ commands }) => commands.includes(command));

/** Words that stand behind a command. */
function operandsOf(command: Command): readonly string[] {
  const { operand = [] } = COMMANDS[command];
  return operand === 'FILE' ? [] : operand;
}

function bash(): string {
  const lists = OWN_NAMES.map((command) => {
    const flags = flagsOf(command);
    const cases = flags
      .filter(({ value }) => value !== undefined)
      .map((flag) => {
        const words = wordsOf(flag, command);
        const reply = takesFile(flag)
          ? 'compgen -f -- "$word"'
          : words.length > 0
            ? `compgen -W "${words.join(' ')}" -- "$word"`
            : 'true';
        return `        ${spellings(flag).join('|')}) COMPREPLY=($(${reply})); return ;;`;
      });
    const files = COMMANDS[command].operand === 'FILE' ? '\n      COMPREPLY=($(compgen -f -- "$word"))' : '';
    return `    ${command})
      case "$before" in
${cases.join('\n')}
      esac
      flags="${[...flags.flatMap(spellings), ...operandsOf(command)].join(' ')}"${files} ;;`;
  });
  return `# bash completion for glasstls: source <(glasstls completions bash)
_glasstls() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command=connect flags one
  COMPREPLY=()
  for one in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$one" in ${NAMES.join('|')}) command="$one"; break ;; esac
  done
  case "$command" in
${lists.join('\n')}
    help) flags="${HELP_TOPICS.join(' ')}" ;;
  esac
  [ "$COMP_CWORD" = 1 ] && flags="$flags ${NAMES.join(' ')}"
  COMPREPLY+=($(compgen -W "$flags" -- "$word"))
}
complete -o filenames -F _glasstls glasstls
`;
}

/** Within single quotes of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The first sentence is enough beside a flag. */
const short = (text: string): string => /^.*?[.。](?=\s|$|[^\s\d])/.exec(text)?.[0].replace(/[.。]$/, '') ?? text;

function zsh(lang: Lang): string {
  const specs = (command: Command): string => {
    const flags = flagsOf(command).flatMap((flag) => {
      const { value } = flag;
      const help = short(flag.help[lang]).replaceAll(/[[\]:]/g, (one) => `\\${one}`);
      const words = wordsOf(flag, command);
      const action = takesFile(flag) ? '_files' : words.length > 0 ? `(${words.join(' ')})` : ' ';
      const tail = value === undefined ? '' : `:${value.replaceAll(':', '\\:')}:${action}`;
      return spellings(flag).map((one) => quoted(`*${one}[${help}]${tail}`));
    });
    const { operand } = COMMANDS[command];
    if (operand !== undefined) flags.push(quoted(`*: :${operand === 'FILE' ? '_files' : `(${operand.join(' ')})`}`));
    return flags.map((one) => `      ${one}`).join(' \\\n');
  };
  const commands = OWN_NAMES.map((command) => `    ${command}) _arguments -s \\\n${specs(command)} ;;`);
  const described = OWN_NAMES.map((name) => quoted(`${name}:${short(COMMANDS[name].summary[lang])}`));
  return `#compdef glasstls
# zsh completion for glasstls: glasstls completions zsh > "\${fpath[1]}/_glasstls"
_glasstls() {
  local command=connect named=
  local -i at
  for (( at = 2; at < CURRENT; at++ )); do
    case "\${words[at]}" in
      ${NAMES.join('|')})
        command="\${words[at]}" named=yes
        # Its flags are completed as if they were all that there is.
        words[at]=()
        (( CURRENT-- ))
        break ;;
    esac
  done
  if (( CURRENT == 2 )) && [[ -z "$named" ]] && [[ "\${words[CURRENT]}" != -* ]]; then
    local -a commands=(${described.join(' ')} help version)
    _describe command commands
    return
  fi
  case "$command" in
${commands.join('\n')}
    help) compadd -- ${HELP_TOPICS.join(' ')} ;;
  esac
}
if [ "$funcstack[1]" = _glasstls ]; then _glasstls "$@"; else compdef _glasstls glasstls; fi
`;
}

function fish(lang: Lang): string {
  const others = NAMES.filter((one) => one !== 'connect');
  // Without a word for a command, connect is meant.
  const within = (command: Command): string =>
    command === 'connect'
      ? `not __fish_seen_subcommand_from ${others.join(' ')}`
      : `__fish_seen_subcommand_from ${command}`;
  const rule = (condition: string, rest: string): string => `complete -c glasstls -n ${quoted(condition)} ${rest}`;
  const lines = [
    'complete -c glasstls -f',
    ...OWN_NAMES.map((name) =>
      rule('__fish_use_subcommand', `-a ${name} -d ${quoted(short(COMMANDS[name].summary[lang]))}`),
    ),
    rule('__fish_use_subcommand', `-a ${quoted('help version')}`),
    rule('__fish_seen_subcommand_from help', `-a ${quoted(HELP_TOPICS.join(' '))}`),
  ];
  for (const command of OWN_NAMES) {
    const { operand } = COMMANDS[command];
    if (operand === 'FILE') lines.push(rule(within(command), '-F'));
    else if (operand !== undefined) lines.push(rule(within(command), `-a ${quoted(operand.join(' '))}`));
    for (const flag of flagsOf(command)) {
      const words = wordsOf(flag, command);
      const argument =
        flag.value === undefined
          ? ''
          : takesFile(flag)
            ? ' -r -F'
            : ` -x${words.length > 0 ? ` -a ${quoted(words.join(' '))}` : ''}`;
      const letter = flag.short === undefined ? '' : ` -s ${flag.short}`;
      lines.push(rule(within(command), `-l ${flag.name}${letter}${argument} -d ${quoted(short(flag.help[lang]))}`));
    }
  }
  return `# fish completion for glasstls: glasstls completions fish | source\n${lines.join('\n')}\n`;
}
