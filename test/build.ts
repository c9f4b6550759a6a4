import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isFirstTime } from './first-time.ts';

/** Builds before any test runs, because tests of the command line and of the lab use what is built. */
export default function build(): void {
  if (!isFirstTime('build before all tests')) return;
  run('../node_modules/@typescript/native/bin/tsc', '--build');
  // The lab takes seconds to build; its own tests use it, and those of reports, of the site and of the package, which hold it.
  const files = process.argv.slice(2).filter((word) => word !== 'run' && !word.startsWith('-'));
  if (files.length === 0 || files.some((file) => /lab|repro|report|site|test\/package/.test(file)))
    run('../scripts/build-lab.mjs');
  run('../scripts/package/program.mjs');
}

function run(script: string, ...words: string[]): void {
  execFileSync(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), ...words], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
  });
}
