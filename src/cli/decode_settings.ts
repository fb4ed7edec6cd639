// What the flags of decode ask for, checked before anything is read.

import { existsSync, readFileSync } from 'node:fs';
import { KeyLog } from '../capture/keylog.ts';
import type { NumberedMessage } from '../capture/numbered.ts';
import type { ChainCheck } from '../capture/verdicts.ts';
import type { PrivateKey } from '../crypto/provider.ts';
import { anchorsOf } from '../node/roots.ts';
import { nodeProvider } from '../providers/node.ts';
import { importPrivateKey } from '../providers/node_keys.ts';
import { type TrustAnchors, trustAnchors } from '../x509/anchors.ts';
import { type Arguments, usage } from './arguments.ts';
import { type DecodeForm, formOf } from './choices.ts';
import { readCtLogs } from './ct_logs.ts';
import { CliError, EXIT } from './exit_codes.ts';
import { sharedKey } from './shared_key.ts';
import { safe } from './terminal.ts';
import { filled } from './text.ts';
import { DECODE } from './texts/decode.ts';
import { trustedBy } from './trusted.ts';

export interface DecodeSettings {
  /** `-` is standard input. */
  readonly file: string;
  readonly format: DecodeForm;
  readonly keyLog: KeyLog;
  readonly rsaKeys: readonly PrivateKey[];
  readonly psks: readonly Uint8Array[];
  readonly connections: readonly number[];
  readonly serverName: string | undefined;
  readonly message: number | undefined;
  readonly hex: boolean;
  readonly shows: (message: NumberedMessage) => boolean;
  readonly cacert: string | undefined;
  /** Whom certificates are judged by. */
  readonly chain: ChainCheck;
}

/** @throws CliError */
export function decodeSettings(args: Arguments, env: NodeJS.ProcessEnv): DecodeSettings {
  const [file, another] = args.operands;
  if (file === undefined) throw usage(DECODE.noFile, 'decode');
  if (another !== undefined) throw usage(DECODE.oneFile, 'decode');
  const keyLog = new KeyLog();
  const keylogFile = args.value('keylog');
  if (keylogFile !== undefined) keyLog.add(readFile(keylogFile));
  // Not asked for by name: it may be another program's, and need not be there yet.
  else if (env.SSLKEYLOGFILE && existsSync(env.SSLKEYLOGFILE)) keyLog.add(readFile(env.SSLKEYLOGFILE));
  const key = args.value('key');
  const psk = sharedKey(args);
  const logs = args.value('ct-logs');
  return {
    file,
    format: formOf(args, 'decode') ?? 'wireshark',
    keyLog,
    rsaKeys: key === undefined ? [] : [readKey(key, args.value('pass'))],
    psks: psk === undefined ? [] : [psk.key],
    connections: args.values('connection').map((value) => numberOf('connection', value)),
    serverName: args.value('server-name'),
    message: args
      .values('message')
      .map((value) => numberOf('message', value))
      .at(-1),
    hex: args.has('hex'),
    shows: typeFilter(args.values('type')),
    cacert: args.value('cacert'),
    chain: {
      provider: nodeProvider,
      anchors: anchorsFrom(args.value('cacert'), env),
      ctLogs: logs === undefined ? undefined : readCtLogs(logs),
    },
  };
}

/** As connect has it: --cacert, what the environment names, or the built-in roots. */
function anchorsFrom(cacert: string | undefined, env: NodeJS.ProcessEnv): TrustAnchors {
  const { ca } = trustedBy({ cacert, capath: undefined, native: false }, env);
  return ca === undefined ? anchorsOf(undefined) : trustAnchors(ca);
}

/** By Wireshark's name or the RFC's, in any case. */
function typeFilter(types: readonly string[]): (message: NumberedMessage) => boolean {
  const wanted = types.map(plainName);
  if (wanted.length === 0) return () => true;
  return ({ name, title }) => wanted.some((one) => one === plainName(name ?? '') || plainName(title).startsWith(one));
}

function plainName(text: string): string {
  return text.toLowerCase().replace(/[^a-z]/g, '');
}

function numberOf(flag: string, value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw usage(filled(DECODE.number, { flag, value: JSON.stringify(value) }));
  return number;
}

function readKey(file: string, phrase: string | undefined): PrivateKey {
  try {
    return importPrivateKey(readFile(file), phrase);
  } catch (error) {
    if (error instanceof CliError) throw error;
    const problem = safe(error instanceof Error ? error.message : String(error));
    throw new CliError(EXIT.ownCertificate, filled(DECODE.badKey, { file: JSON.stringify(file), problem }));
  }
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    throw cannotRead(file, error);
  }
}

export function cannotRead(file: string, error: unknown): CliError {
  const { code = 'error' } = error as NodeJS.ErrnoException;
  return new CliError(EXIT.read, filled(DECODE.cannotRead, { file: JSON.stringify(file), code }));
}
