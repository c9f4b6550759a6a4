import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds before any test runs: tests of the command line start the built program, which must not be an old one. */
export default function build(): void {
  const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
  execFileSync(process.execPath, [tsc, '--build'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
  });
}
