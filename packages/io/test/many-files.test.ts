import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { fileURLToPath } from 'node:url';

test.skipIf(process.platform === 'win32')('one line says that too many files are open', () => {
  const built = new URL('../dist/node/index.js', import.meta.url).href;
  const script = `
    const { openFile } = await import(${JSON.stringify(built)});
    try {
      for (;;) await openFile(process.argv[1]);
    } catch (error) {
      console.log(error.name + ' ' + error.message);
      process.exit();
    }`;
  const { stdout } = spawnSync(
    'sh',
    [
      '-c',
      'ulimit -n 100 && exec "$0" "$@"',
      process.execPath,
      '--input-type=module',
      '--eval',
      script,
      fileURLToPath(import.meta.url),
    ],
    { encoding: 'utf8' },
  );
  expect(stdout).toMatch(
    /^FormatError .*many-files\.test\.ts: too many files are open; allow more with ulimit -n\n$/,
  );
});
