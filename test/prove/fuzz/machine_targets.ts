// Both state machines against each other, with everything that drive.ts can do to them; and the same session on both providers,
// where nothing is left to chance and so every byte must be the same.

import { FLAVOURS } from '../../support/flavours.ts';
import { prepare } from '../../support/reach.ts';
import { goldenOf, PLANS, session } from '../../support/sessions.ts';
import { fixedMessages } from './collect.ts';
import { actsOf, drive } from './drive.ts';
import { forget, randomFrom, remember } from './memo.ts';
import type { Random } from './random.ts';
import { hold, type Target } from './target.ts';

const ACT = 4;
/** In front of the acts: which handshake, and how. */
const FRONT = 2;
const WORK = { base: 40_000_000, each: 100_000 };

export function machineTargets(): readonly Target[] {
  const pool = fixedMessages();
  return [machine(pool), differential(pool)];
}

/** One moment for all: whatever is remembered of a handshake is of that time. */
const NOW = Date.now();
const memory: Parameters<typeof prepare>[4] = new Map();

/** Byte 0: the flavour. Byte 1: who sends one message in a record, and the provider. */
function machine(pool: readonly Uint8Array[]): Target {
  return {
    name: 'machine',
    kind: 'machine',
    native: true,
    seeds: () => FLAVOURS.flatMap((_, i) => [0, 1].map((how) => Uint8Array.of(i, how))),
    vary,
    forget,
    run: (input) => {
      const [which = 0, how = 0] = input;
      const flavour = FLAVOURS[which % FLAVOURS.length] ?? '1.3';
      // The other provider has its turn below; here it would take most of the time.
      const name = how > 253 ? 'noble' : 'node';
      const options = (seed: number) => ({ now: () => NOW, random: randomFrom(seed) });
      const more = { client: options(1), server: options(2) };
      const { pair } = prepare(how % 2 === 0 ? 'client' : 'server', flavour, name, more, memory);
      for (const side of ['client', 'server'] as const) {
        remember(pair[side], `${flavour} ${name} ${side}`, ['signature', 'decrypt', 'verdict']);
      }
      const { ends } = drive(pair, actsOf(input.subarray(FRONT)), pool);
      return `${ends.client} | ${ends.server}`;
    },
    work: WORK,
  };
}

/** Byte 0: the session; byte 1 means nothing. */
function differential(pool: readonly Uint8Array[]): Target {
  const plans = PLANS.filter(({ client }) => !client.cipherSuites?.toString().includes('_DHE_')).map((plan) => ({
    plan,
    golden: goldenOf(plan),
  }));
  return {
    name: 'differential',
    kind: 'machine',
    native: true,
    seeds: () => plans.map((_, i) => Uint8Array.of(i, 0)),
    vary,
    forget,
    run: (input) => {
      const one = plans[(input[0] ?? 0) % plans.length];
      if (one === undefined) return 'no session';
      const acts = actsOf(input.subarray(FRONT));
      const [node, noble] = (['node', 'noble'] as const).map((name) => {
        const pair = session(one.plan, one.golden, name, name);
        for (const side of ['client', 'server'] as const)
          remember(pair[side], `${one.plan.label} ${name} ${side}`, ['verdict']);
        return drive(pair, acts, pool);
      });
      const at = node?.history.findIndex((line, i) => line !== noble?.history[i]) ?? -1;
      hold(
        at < 0 && node?.history.length === noble?.history.length,
        `the providers differ: ${node?.history[at]} and ${noble?.history[at]}`,
      );
      return `${node?.ends.client} | ${node?.ends.server}`;
    },
    work: WORK,
  };
}

/** Early ones mostly: most handshakes have ten records. Of what is done, message by message is what reaches furthest. */
function someAct(random: Random): Uint8Array {
  const message = random.once(3);
  const what = message ? 200 + random.below(56) : random.below(200);
  const most = random.once(4) ? 40 : message ? 5 : 10;
  return Uint8Array.of(random.below(most), what, random.below(256), random.below(256));
}

/** Whole acts are taken out, put in, moved and changed. */
function vary(input: Uint8Array, random: Random, corpus: readonly Uint8Array[]): Uint8Array {
  const acts: Uint8Array[] = [];
  for (let at = FRONT; at + ACT <= input.length; at += ACT) acts.push(input.slice(at, at + ACT));
  const front = input.slice(0, FRONT);
  for (let rounds = 1 + random.below(6); rounds > 0; rounds--) {
    const at = random.below(acts.length + 1);
    switch (random.below(6)) {
      case 0:
        acts.splice(at, 1);
        break;
      case 1: {
        const other = random.pick(corpus);
        const from = FRONT + ACT * random.below(Math.floor(other.length / ACT));
        if (from + ACT <= other.length) acts.splice(at, 0, other.slice(from, from + ACT));
        break;
      }
      case 2: {
        const act = acts[at];
        if (act !== undefined) act[random.below(ACT)] = random.below(256);
        break;
      }
      case 3:
        front[0] = random.below(256);
        break;
      default:
        acts.splice(at, 0, someAct(random));
    }
  }
  const out = new Uint8Array(FRONT + ACT * Math.min(acts.length, 24));
  out.set(front);
  acts.slice(0, 24).forEach((act, i) => {
    out.set(act, FRONT + ACT * i);
  });
  return out;
}
