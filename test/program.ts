import { fileURLToPath } from 'node:url';

/** The command as the published package has it; test/build.ts makes it before any test runs. */
export const program: string = fileURLToPath(
  new URL('../.cache/program/bin/polysem.js', import.meta.url),
);

/** Module of the command, which exports its `main`. */
export const programMain: string = new URL('../.cache/program/dist/cli.js', import.meta.url).href;
