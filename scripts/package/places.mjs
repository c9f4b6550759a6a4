// Where the package is made, and its entries.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The folder of the finished package. `npm publish` takes it as it is. */
export const packageFolder = join(root, 'dist', 'npm');

/** The manifest from which that of the package is made. */
export const manifest = () =>
  JSON.parse(readFileSync(join(root, 'packages/polysem/package.json'), 'utf8'));

/** Names of the front doors, such as `io/node`, and of the packages that are loaded only where installed. */
export function entries() {
  const { exports, peerDependencies } = manifest();
  const names = Object.values(exports).flatMap((entry) =>
    typeof entry === 'string' ? [] : [entry.default.replace(/^\.\/dist\/(.*)\.js$/, '$1')],
  );
  return { names, optional: Object.keys(peerDependencies) };
}
