// Files of traces and key logs: what a connection tells of its end when the file is closed already is lost and breaks nothing.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openPrivate } from '../../src/cli/private_file.ts';
import { scratch } from '../peers/run_dir.ts';

test('mode 0600; what comes behind the end is not written, and a second end is none', () => {
  const name = join(scratch('private'), 'file');
  const file = openPrivate(name, 'replace');
  file.write('kept\n');
  file.close();
  file.write('late\n');
  file.close();
  expect(readFileSync(name, 'utf8')).toBe('kept\n');
  expect(statSync(name).mode & 0o777).toBe(0o600);
});
