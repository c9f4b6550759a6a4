import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missingModules, PYTHON } from './python.ts';

const folder = join(import.meta.dirname, '../python');
const skipped = missingModules(['pytest', 'mypy', 'ruff', 'numpy', 'safetensors', 'nbclient']);

describe.skipIf(skipped !== '')(`the Python module${skipped}`, () => {
  it.each([
    ['passes its tests', ['pytest']],
    ['has complete types', ['mypy', 'src', 'tests']],
    ['has no lint', ['ruff', 'check', '--quiet', 'src', 'tests']],
    ['is formatted', ['ruff', 'format', '--check', '--quiet', 'src', 'tests']],
  ])('%s', (_, words) => {
    const { status, stdout, stderr } = spawnSync(PYTHON, ['-m', ...words], {
      cwd: folder,
      // The Node of the other tests.
      env: { ...process.env, POLYSEM_NODE: process.execPath },
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    // The message of a failure is what the program printed.
    expect({ status, stderr, ...(status !== 0 && { stdout }) }).toEqual({ status: 0, stderr: '' });
  });
});
