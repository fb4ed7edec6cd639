// Each scenario has the same outcome with node:tls and with glasstls/node.

import { describe, expect, test } from 'vitest';
import { APIS, outcomeOf } from './both.ts';
import { SCENARIOS } from './scenarios.ts';

describe('node:tls and glasstls/node come out alike', () => {
  test.each(SCENARIOS)('$name', async (scenario) => {
    const theirs = await outcomeOf(scenario, APIS['node:tls']);
    const ours = await outcomeOf(scenario, APIS.glasstls);
    expect(ours).toEqual(theirs);
    expect(theirs).toBeDefined();
  });
});
