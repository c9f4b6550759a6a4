// Runs tests with coverage.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/**
 * Runs the tests of packages, with their progress on standard error.
 *
 * @param {string} root folder of the repository.
 * @param {readonly string[]} packages names of folders in `packages`.
 * @returns {Promise<Record<string, object> | null>} Istanbul's report of all sources of these packages; null if a test fails.
 */
export async function runTests(root, packages) {
  const folder = mkdtempSync(join(tmpdir(), 'polysem-coverage-'));
  try {
    const passed = await run(root, [
      'run',
      ...packages.map((name) => `packages/${name}/test/`),
      '--reporter=dot',
      '--coverage.enabled',
      '--coverage.provider=v8',
      '--coverage.reporter=json',
      `--coverage.reportsDirectory=${folder}`,
      ...packages.map((name) => `--coverage.include=packages/${name}/src/**/*.ts`),
    ]);
    return passed ? JSON.parse(readFileSync(join(folder, 'coverage-final.json'), 'utf8')) : null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(root, words) {
  const vitest = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', ...words], {
    cwd: root,
    stdio: ['ignore', process.stderr, process.stderr],
  });
  return new Promise((resolve, reject) => {
    vitest.on('error', reject);
    vitest.on('close', (code) => resolve(code === 0));
  });
}
