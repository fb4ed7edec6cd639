// What an open connection that has nothing to do keeps: its keys, and nothing of the handshake or of what it sent last.

import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { HASH_LENGTH } from '../../src/crypto/hkdf.ts';
import type { Connection } from '../../src/engine/connection.ts';
import { makePair, PAIRS, shakeHands } from '../support/pair.ts';
import { by, expectConnected, type How } from '../support/prove.ts';
import { expectData, merge } from '../support/resume.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Whether what the reference is of is gone, after a few collections. */
async function collected(ref: WeakRef<object>): Promise<boolean> {
  for (let i = 0; i < 20 && ref.deref() !== undefined; i++) {
    await sleep(1);
    gc();
  }
  return ref.deref() === undefined;
}

/** Writes, and hands out nothing but a weak reference to what was written. */
function written(engine: Connection): WeakRef<object> {
  const data = new Uint8Array(50_000);
  engine.write(data);
  return new WeakRef(data.buffer);
}

describe.each(['1.3', 'ECDHE', 'RSA'] satisfies How[])('%s', (how) => {
  it.each(PAIRS)('client on %s, server on %s: nothing of what was written last', async (client, server) => {
    const pair = makePair(merge(by(how), { client: { name: client }, server: { name: server } }));
    shakeHands(pair);
    expectConnected(pair);
    for (const { engine } of [pair.client, pair.server]) expect(await collected(written(engine))).toBe(true);
  });

  it.each(PAIRS)('client on %s, server on %s: no transcript, and both still speak', (client, server) => {
    const pair = makePair(merge(by(how), { client: { name: client }, server: { name: server } }));
    shakeHands(pair);
    const { hash = 'sha256' } = pair.client.agreement?.suite ?? {};
    for (const { engine } of [pair.client, pair.server]) {
      const { transcript } = (engine as unknown as { context: { transcript: { hash(): Uint8Array } } }).context;
      expect(() => transcript.hash()).toThrow(/no hash/);
      expect(engine.proofs.out?.length).toBe(how === '1.3' ? HASH_LENGTH[hash] : 12);
    }
    expect(pair.client.engine.proofs.out).toEqual(pair.server.engine.proofs.in);
    expect(pair.server.engine.proofs.out).toEqual(pair.client.engine.proofs.in);
    expectData(pair);
  });
});
