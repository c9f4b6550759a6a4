import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds before any test runs, because tests of the command line start the built program. */
export default function build(): void {
  const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
  execFileSync(process.execPath, [tsc, '--build'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
  });
}
