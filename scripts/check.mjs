// Checks types, the page, dead code, style and formatting, all at the same time. Prints what fails, and ends with status 1 if anything does.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const CHECKS = {
  'types of the tests': ['@typescript/native/bin/tsc', '-p', 'tsconfig.test.json'],
  'types of the lab': [
    'svelte-check/bin/svelte-check',
    '--tsgo',
    '--workspace',
    'apps/lab',
    '--tsconfig',
    'tsconfig.json',
    '--threshold',
    'error',
  ],
  'dead code': ['knip/bin/knip.js', '--no-config-hints'],
  lint: ['oxlint/bin/oxlint'],
  formatting: ['oxfmt/bin/oxfmt', '--check'],
};

function check([script, ...words]) {
  return new Promise((resolve) => {
    const run = spawn(process.execPath, [join(root, 'node_modules', script), ...words], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const add = (text) => (output += text);
    run.stdout.on('data', add);
    run.stderr.on('data', add);
    run.on('error', (error) => resolve({ isRight: false, output: error.message }));
    run.on('close', (code) => resolve({ isRight: code === 0, output }));
  });
}

await Promise.all(
  Object.entries(CHECKS).map(async ([name, words]) => {
    const { isRight, output } = await check(words);
    console.log(`${name}: ${isRight ? 'right' : 'wrong'}`);
    if (isRight) return;
    console.log(output);
    process.exitCode = 1;
  }),
);
