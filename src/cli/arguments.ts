// The command line, read by node:util parseArgs over the table of flags and then judged here: which command, which flags
// belong to it, and for what was not understood, what was probably meant.

import { parseArgs } from 'node:util';
import { nearest } from '../engine/suggest.ts';
import { CliError, EXIT } from './exit_codes.ts';
import { type Command, type FlagName, flagRows } from './flags.ts';
import type { Text } from './text.ts';

export type CommandWord = Command | 'help' | 'version';

export interface Arguments {
  readonly command: CommandWord;
  /** What stands behind the command's name. */
  readonly operands: readonly string[];
  /** How often a flag was given. */
  count(flag: FlagName): number;
  has(flag: FlagName): boolean;
  /** The last value of a flag. */
  value(flag: FlagName): string | undefined;
  values(flag: FlagName): readonly string[];
}

const COMMANDS: readonly CommandWord[] = [
  'connect',
  'serve',
  'demo',
  'decode',
  'explain',
  'completions',
  'help',
  'version',
];

/** @throws CliError with exit code 2 */
export function readArguments(argv: readonly string[]): Arguments {
  const { tokens, positionals } = parseArgs({
    // What browsers number with a sign is no flag: explain -202.
    args: argv[0] === 'explain' ? argv.map((one) => one.replace(/^-(?=\d+$)/, 'net-')) : argv.slice(),
    options: Object.fromEntries(
      flagRows.map(({ name, short, value }) => [
        name,
        {
          type: value === undefined ? ('boolean' as const) : ('string' as const),
          multiple: true,
          ...(short && { short }),
        },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, (string | undefined)[]>();
  const [first] = positionals;
  const named = COMMANDS.find((word) => word === first);
  const asked = tokens.some((token) => token.kind === 'option' && token.name === 'version') ? 'version' : undefined;
  const command: CommandWord = asked ?? named ?? 'connect';
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    checkFlag(token, command);
    given.set(token.name, [...(given.get(token.name) ?? []), token.value]);
  }
  const values = (flag: FlagName): readonly string[] => (given.get(flag) ?? []).filter((one) => one !== undefined);
  return {
    command,
    operands: named === undefined ? positionals : positionals.slice(1),
    count: (flag) => given.get(flag)?.length ?? 0,
    has: (flag) => given.has(flag),
    value: (flag) => values(flag).at(-1),
    values,
  };
}

/** `--lang` as it was typed, before anything else is understood: errors about arguments are to be in that language too. */
export function languageArgument(argv: readonly string[]): string | undefined {
  const at = argv.lastIndexOf('--lang');
  if (at >= 0) return argv[at + 1];
  return argv.findLast((one) => one.startsWith('--lang='))?.slice('--lang='.length);
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function checkFlag(token: OptionToken, command: CommandWord): void {
  const flag = flagRows.find((one) => one.name === token.name);
  if (flag === undefined) throw unknownFlag(token.rawName, command);
  if (flag.value === undefined && token.inlineValue === true) {
    throw usage({ en: `${token.rawName} takes no value`, zh: `${token.rawName} 不带取值` });
  }
  if (flag.value !== undefined) {
    // `--cacert -k`: a value that looks like a flag is a forgotten value. `-` alone means standard output.
    const forgotten = token.value === undefined || (token.inlineValue === false && /^-./.test(token.value));
    if (forgotten) {
      const shown = `${token.rawName} ${flag.value}`;
      throw usage({ en: `${token.rawName} needs a value: ${shown}`, zh: `${token.rawName} 缺少取值：${shown}` });
    }
  }
  const foreign = command !== 'help' && command !== 'version' && !flag.commands.includes(command);
  if (!foreign) return;
  const [owner = ''] = flag.commands;
  throw usage(
    {
      en: `${token.rawName} is a flag of glasstls ${owner}, not of glasstls ${command}`,
      zh: `${token.rawName} 是 glasstls ${owner} 的选项，不能用于 glasstls ${command}`,
    },
    command,
  );
}

/** Flags of curl that say what one of ours says in another way. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '--socks4': '-x socks4://HOST:PORT',
  '--socks4a': '-x socks4a://HOST:PORT',
  '--socks5': '-x socks5://HOST:PORT',
  '--socks5-hostname': '-x socks5h://HOST:PORT',
  '--http2': '--alpn h2',
};

function unknownFlag(typed: string, command: CommandWord): CliError {
  const own = flagRows.filter((flag) => command === 'help' || command === 'version' || flag.commands.includes(command));
  const way = ELSEWHERE[typed];
  if (way !== undefined) {
    return usage({ en: `there is no flag ${typed}; use ${way}`, zh: `没有 ${typed} 这个选项，请用 ${way}` }, command);
  }
  const short = /^-[^-]/.test(typed);
  const letters = own.flatMap((flag) => (flag.short === undefined ? [] : [`-${flag.short}`]));
  // A wrong letter is most often the right one in the other case.
  const likely = short
    ? letters.filter((one) => one.toLowerCase() === typed.toLowerCase())
    : nearest(
        typed.replace(/^-+/, ''),
        own.map((flag) => flag.name),
      ).map((name) => `--${name}`);
  const shown = JSON.stringify(typed).slice(1, -1);
  const [only] = likely;
  if (likely.length > 1) {
    return usage(
      { en: `${shown} could be ${likely.join(' or ')}`, zh: `${shown} 有歧义，可能是 ${likely.join('、')}` },
      command,
    );
  }
  return usage(
    only === undefined
      ? { en: `there is no flag ${shown}`, zh: `没有 ${shown} 这个选项` }
      : { en: `there is no flag ${shown}; did you mean ${only}?`, zh: `没有 ${shown} 这个选项，是不是 ${only}？` },
    command,
  );
}

/** A wrong use of the command, with where to read more. */
export function usage(text: Text, command?: CommandWord): CliError {
  const topic =
    command === undefined || command === 'help' || command === 'version' ? 'glasstls help' : `glasstls help ${command}`;
  return new CliError(EXIT.usage, text, { en: `${topic} lists the flags.`, zh: `${topic} 会列出所有选项。` });
}

/** A number of seconds, fractions allowed, as milliseconds. @throws CliError with exit code 2 */
export function secondsOf(args: Arguments, flag: FlagName): number | undefined {
  const value = args.value(flag);
  if (value === undefined) return undefined;
  const seconds = Number(value);
  if (value.trim() === '' || !Number.isFinite(seconds) || seconds < 0 || seconds > 2_000_000) {
    const shown = JSON.stringify(value);
    throw usage({
      en: `--${flag} wants a number of seconds, not ${shown}`,
      zh: `--${flag} 的取值应为秒数，而不是 ${shown}`,
    });
  }
  return seconds === 0 ? undefined : seconds * 1000;
}

/** One of a few words. @throws CliError with exit code 2 */
export function choiceOf<T extends string>(args: Arguments, flag: FlagName, words: readonly T[]): T | undefined {
  return choicesOf(args, flag, words).at(-1);
}

/** All values of a flag that may be given again, each one of a few words. @throws CliError with exit code 2 */
export function choicesOf<T extends string>(args: Arguments, flag: FlagName, words: readonly T[]): readonly T[] {
  return args.values(flag).map((value) => {
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    const shown = JSON.stringify(value);
    throw usage({
      en: `--${flag} is one of ${words.join(', ')}, not ${shown}`,
      zh: `--${flag} 只能是 ${words.join('、')}，而不是 ${shown}`,
    });
  });
}
