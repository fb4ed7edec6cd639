// `glasstls --help` and `glasstls help TOPIC`, made from the table of flags.

import { nearest } from '../engine/suggest.ts';
import { displayWidth, type Line, segment } from '../inspect/lines.ts';
import type { Arguments } from './arguments.ts';
import { CliError, EXIT, EXIT_TEXTS } from './exit_codes.ts';
import { type Command, type Flag, flagRows, TOPICS, type Topic } from './flags.ts';
import { paragraph, type Screen, type Terminal, table } from './terminal.ts';
import { filled, type Text } from './text.ts';
import { COMMANDS, ENVIRONMENT, SUMMARY, WORDS } from './texts/help.ts';
import { packageVersion } from './version.ts';

type Page = (terminal: Terminal, screen: Screen) => readonly Line[];

/** @throws CliError for a topic that does not exist */
export async function help(args: Arguments, terminal: Terminal): Promise<number> {
  const asked = args.command === 'help' ? (args.operands[0] ?? '') : args.command === 'connect' ? '' : args.command;
  if (asked === 'man') {
    const { manPage } = await import('./man.ts');
    terminal.out.text(manPage(packageVersion(), terminal.lang));
    return EXIT.ok;
  }
  const page = PAGES[asked.toLowerCase().replaceAll('_', '-')];
  if (page === undefined) throw noPage(asked);
  terminal.out.lines(page(terminal, terminal.out));
  return EXIT.ok;
}

const PAGES: Readonly<Record<string, Page>> = {
  '': overview,
  connect: commandPage('connect'),
  serve: commandPage('serve'),
  demo: commandPage('demo'),
  decode: commandPage('decode'),
  explain: commandPage('explain'),
  completions: commandPage('completions'),
  all: (terminal, screen) => flagLines(flagRows, terminal, screen),
  'exit-codes': exitCodes,
  environment,
  ...Object.fromEntries(
    (Object.keys(TOPICS) as Topic[]).map((topic): [string, Page] => [
      topic,
      (terminal, screen) => [
        ...flagLines(
          flagRows.filter((flag) => flag.topic === topic),
          terminal,
          screen,
        ),
        ...topicExamples(topic, terminal),
      ],
    ]),
  ),
};

/** What may stand behind `glasstls help`. */
export const HELP_TOPICS: readonly string[] = [...Object.keys(PAGES).filter((one) => one !== ''), 'man'];

function overview(terminal: Terminal, screen: Screen): readonly Line[] {
  const { lang, say } = terminal;
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => ({ label: name, value: summary[lang] }));
  const usual = ['verbose', 'head', 'cacert', 'insecure', 'tls-max', 'legacy', 'keylog', 'trace', 'lang'];
  const flags = usual.flatMap((name) => flagRows.filter((flag) => flag.name === name));
  return [
    [segment(say(SUMMARY), 'title')],
    [],
    [segment(say(WORDS.usage), 'heading'), segment(COMMANDS.connect.usage)],
    ...['glasstls serve | demo | decode FILE | explain X', 'glasstls completions SHELL | help [TOPIC] | --version'].map(
      (text): Line => [segment(' '.repeat(displayWidth(say(WORDS.usage)))), segment(text)],
    ),
    [],
    [segment(say(WORDS.commands), 'heading')],
    ...table(commands, screen.width),
    [],
    ...flags.flatMap((flag) => flagLine(flag, terminal, screen)),
    [],
    ...exampleLines(['connect', 'serve', 'demo', 'decode', 'explain'], terminal),
    [],
    ...paragraph(say(WORDS.more), screen.width),
  ];
}

function commandPage(command: Command): Page {
  return (terminal, screen) => {
    const { usage, summary } = COMMANDS[command];
    const { say } = terminal;
    return [
      [segment(say(WORDS.usage), 'heading'), segment(usage)],
      ...paragraph(say(summary), screen.width),
      [],
      ...flagLines(
        flagRows.filter((flag) => flag.commands.includes(command)),
        terminal,
        screen,
      ),
      [],
      ...exampleLines([command], terminal),
    ];
  };
}

function flagLines(flags: readonly Flag[], terminal: Terminal, screen: Screen): readonly Line[] {
  const lines: Line[] = [];
  for (const [topic, title] of Object.entries(TOPICS)) {
    const own = flags.filter((flag) => flag.topic === topic);
    if (own.length === 0) continue;
    if (lines.length > 0) lines.push([]);
    lines.push([segment(terminal.say(title), 'heading')], ...own.flatMap((flag) => flagLine(flag, terminal, screen)));
  }
  return lines;
}

const FLAG_COLUMN = 28;

function flagLine({ name, short, value, help: text }: Flag, terminal: Terminal, screen: Screen): readonly Line[] {
  const head = `  ${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
  const lines = paragraph(terminal.say(text), screen.width, FLAG_COLUMN);
  const [first] = lines;
  if (head.length + 2 > FLAG_COLUMN || first === undefined) return [[segment(head, 'name')], ...lines];
  return [
    [segment(head, 'name'), segment(' '.repeat(FLAG_COLUMN - head.length)), ...first.slice(1)],
    ...lines.slice(1),
  ];
}

/** Those examples of the commands that use a flag of the topic. */
function topicExamples(topic: Topic, { say }: Terminal): readonly Line[] {
  const own = flagRows.filter((flag) => flag.topic === topic);
  const uses = (line: string): boolean =>
    line.split(' ').some((word) => own.some(({ name, short }) => word === `--${name}` || word === `-${short ?? ''}`));
  const found = Object.values(COMMANDS).flatMap(({ examples }) => examples.filter(([line]) => uses(line)));
  if (found.length === 0) return [];
  return [[], [segment(say(WORDS.examples), 'heading')], ...found.flatMap((example) => exampleLine(example, say))];
}

function exampleLines(commands: readonly Command[], { say }: Terminal): readonly Line[] {
  const shown = commands.flatMap((command) => COMMANDS[command].examples.slice(0, commands.length > 1 ? 2 : 20));
  return [[segment(say(WORDS.examples), 'heading')], ...shown.flatMap((example) => exampleLine(example, say))];
}

function exampleLine([line, what]: readonly [string, Text], say: Terminal['say']): Line[] {
  return [
    [segment('  $ ', 'dim'), segment(line)],
    [segment('      '), segment(say(what), 'dim')],
  ];
}

function exitCodes({ say }: Terminal, screen: Screen): readonly Line[] {
  const rows = Object.entries(EXIT_TEXTS).map(([code, text]) => ({ label: code.padStart(2), value: say(text) }));
  return [[segment(say(WORDS.exitCodes), 'heading')], ...table(rows, screen.width)];
}

function environment({ say }: Terminal, screen: Screen): readonly Line[] {
  const rows = ENVIRONMENT.map(([name, text]) => ({ label: name, value: say(text) }));
  return [[segment(say(WORDS.environment), 'heading')], ...table(rows, screen.width)];
}

function noPage(asked: string): CliError {
  const near = nearest(asked, HELP_TOPICS);
  const topic = JSON.stringify(asked);
  return new CliError(
    EXIT.usage,
    filled(WORDS.noTopic, { topic }),
    filled(WORDS.topics, { topics: (near.length > 0 ? near : HELP_TOPICS).join(', ') }),
  );
}
