import { spawnSync } from 'node:child_process';
import { environmentFolder, interpreterOf, whyNoPython } from '../scripts/python/environment.mjs';

const reason = whyNoPython();

/**
 * The Python that tests run: that of the environment which `npm test` makes (`node scripts/prepare.mjs --python`), unless the
 * variable PYTHON names another. Without either it is the python3 of the system, which may lack packages.
 */
export const PYTHON: string =
  process.env.PYTHON ?? (reason === null ? interpreterOf(environmentFolder) : 'python3');

/** The reason why the packages that `npm test` installs are missing; null if they are there. */
export const whyNoEnvironment: string | null = process.env.PYTHON === undefined ? reason : null;

/** The reason, in brackets after a space, why {@link PYTHON} cannot import modules; an empty text if it can. */
export function missingModules(names: readonly string[]): string {
  // Finding is faster than importing.
  const program = `import importlib.util as u, sys; print(*[n for n in sys.argv[1:] if u.find_spec(n) is None])`;
  const { status, stdout } = spawnSync(PYTHON, ['-c', program, ...names], { encoding: 'utf8' });
  if (status !== 0) return ` (skipped: ${PYTHON} does not start)`;
  const missing = stdout.trim().replaceAll(' ', ', no ');
  return missing === '' ? '' : ` (skipped: ${PYTHON} has no ${missing})`;
}
