// What stands for vitest in a browser: describe, it and their `each`, run one after the other, with vitest's own `expect`. Results are
// left on `globalThis.results` for whoever drives the page.

import * as vitestExpect from '@vitest/expect';

const {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} = vitestExpect;

export interface Results {
  passed: number;
  /** Of the provider `node`, by name. */
  skipped: number;
  /** That came to something only Node has: a global of its own, a private operation of RSA. */
  needNode: number;
  readonly failed: string[];
  done: boolean;
}

type Body = (...args: unknown[]) => unknown;
interface Suite {
  readonly name: string;
  readonly entries: (Suite | { readonly name: string; readonly body: Body })[];
  readonly before: Body[];
  readonly after: Body[];
}

const suite = (name: string): Suite => ({ name, entries: [], before: [], after: [] });
const root = suite('');
let current = root;

function addSuite(name: string, body: Body, ...args: unknown[]): void {
  const outer = current;
  current = suite(name);
  outer.entries.push(current);
  body(...args);
  current = outer;
}

function addTest(name: string, ...rest: unknown[]): void {
  const body = rest.find((one): one is Body => typeof one === 'function');
  if (body !== undefined) current.entries.push({ name, body });
}

/** `%s` and its like take the arguments in turn, `$key` a field of the first. */
function titled(name: string, args: readonly unknown[]): string {
  const queue = [...args];
  return name
    .replace(/%[sdijfo#]/g, (sign) => (sign === '%j' ? JSON.stringify(queue.shift()) : String(queue.shift())))
    .replace(/\$([\w.]+)/g, (whole, path: string) => {
      const value = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], args[0]);
      return value === undefined ? whole : String(value);
    });
}

const each =
  (add: (name: string, body: Body) => void) =>
  (rows: readonly unknown[]) =>
  (name: string, ...rest: unknown[]): void => {
    const body = rest.find((one): one is Body => typeof one === 'function');
    for (const row of rows) {
      const args = Array.isArray(row) ? row : [row];
      if (body !== undefined) add(titled(name, args), () => body(...args));
    }
  };

export const describe = Object.assign((name: string, body: Body) => addSuite(name, body), {
  each: each((name, body) => addSuite(name, body)),
});
export const it = Object.assign(addTest, { each: each((name, body) => addTest(name, body)) });
export const test = it;
export const beforeAll = (body: Body): void => void current.before.push(body);
export const afterAll = (body: Body): void => void current.after.push(body);

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);
export const expect = Object.assign(
  (value: unknown, message?: string) => chai.expect(value, message),
  chai.expect,
  (globalThis as unknown as Record<symbol, object>)[ASYMMETRIC_MATCHERS_OBJECT],
);
Object.assign(globalThis, { [GLOBAL_EXPECT]: expect });
setState({ assertionCalls: 0, isExpectingAssertions: false, expectedAssertionsNumber: null }, expect as never);

/** Runs what was declared. Tests that name the provider `node` are of Node alone, and are counted as skipped. */
export async function run(): Promise<void> {
  const results: Results = { passed: 0, skipped: 0, needNode: 0, failed: [], done: false };
  Object.assign(globalThis, { results });
  await runSuite(root, '', results);
  results.done = true;
}

async function runSuite({ name, entries, before, after }: Suite, path: string, results: Results): Promise<void> {
  const here = path === '' ? name : `${path} > ${name}`;
  for (const body of before) await body();
  for (const entry of entries) {
    if ('entries' in entry) await runSuite(entry, here, results);
    else if (/\bnode\b/.test(`${here} ${entry.name}`)) results.skipped++;
    else {
      Object.assign(globalThis, { neededNode: false });
      try {
        await entry.body();
        results.passed++;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const { neededNode } = globalThis as { neededNode?: boolean };
        const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
        if (neededNode || /^(Buffer|process) is not defined/m.test(`${message}\n${cause}`)) results.needNode++;
        else results.failed.push(`${here} > ${entry.name}: ${message}`);
      }
    }
  }
  for (const body of after) await body();
}
