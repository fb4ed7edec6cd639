// The words that flags and commands take where they are few, once: what is refused, completed and listed is made from this table.

import { type Arguments, choiceOf, usage } from './arguments.ts';
import type { Command, Flag } from './flags.ts';
import { filled } from './text.ts';
import { WORDS } from './texts/help.ts';

/** A flag that is not here takes anything. */
export const CHOICES = {
  'tls-max': ['1.2', '1.3'],
  policy: ['compatible', 'web'],
  provider: ['node', 'noble'],
  lang: ['en', 'zh'],
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
} as const satisfies Record<string, readonly string[]>;

/** The forms in which --format draws, which differ: a capture has no moment to be told at, and no side of its own. */
export const FORMS = {
  connect: ['curl', 'openssl', 'wireshark', 'ladder', 'json'],
  decode: ['wireshark', 'ladder', 'curl', 'fields', 'json'],
} as const satisfies Partial<Record<Command, readonly string[]>>;

export type ConnectForm = (typeof FORMS.connect)[number];
export type DecodeForm = (typeof FORMS.decode)[number];

/** Suggested where anything may stand. */
const SUGGESTED: Readonly<Record<string, readonly string[]>> = {
  request: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'],
};

/** What a shell completes behind a flag of `command`. */
export function wordsOf({ name }: Pick<Flag, 'name'>, command: Command): readonly string[] {
  if (name === 'format') return FORMS[command === 'decode' ? 'decode' : 'connect'];
  const choices: Readonly<Record<string, readonly string[]>> = CHOICES;
  return choices[name] ?? SUGGESTED[name] ?? [];
}

/** The value of --format. @throws CliError with exit code 2, which knows when it is a form of the other command */
export function formOf<C extends keyof typeof FORMS>(
  args: Arguments,
  command: C,
): (typeof FORMS)[C][number] | undefined {
  const other = command === 'connect' ? 'decode' : 'connect';
  const own: readonly string[] = FORMS[command];
  const foreign = args.values('format').find((form) => !own.includes(form) && FORMS[other].some((one) => one === form));
  if (foreign === undefined) return choiceOf(args, 'format', FORMS[command]);
  throw usage(filled(WORDS.otherForm, { form: foreign, command, other, forms: own.join(', ') }), command);
}
