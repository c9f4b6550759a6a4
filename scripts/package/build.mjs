// Builds the published package from what `npm run build` made.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { licences } from './licences.mjs';
import { publishedManifest } from './manifest.mjs';
import { root } from './places.mjs';
import { bundleTypes } from './types.mjs';

/**
 * Builds the package.
 *
 * @param {string} folder where to; what it holds is removed.
 */
export async function buildPackage(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const copy = (from, to) => cpSync(join(root, from), join(folder, to), { recursive: true });
  const write = (name, text) => writeFileSync(join(folder, name), text);
  const dist = join(folder, 'dist');
  const [modules] = await Promise.all([bundle(dist), bundleTypes(dist)]);
  copy('packages/polysem/bin', 'bin');
  copy('packages/polysem/README.md', 'README.md');
  copy('LICENSE', 'LICENSE');
  copy('CHANGELOG.md', 'CHANGELOG.md');
  copy('apps/lab/dist', 'dist/lab');
  copy('docs/sweep.schema.json', 'dist/sweep.schema.json');
  write('package.json', `${JSON.stringify(publishedManifest(), null, 2)}\n`);
  write('THIRD-PARTY-LICENCES.md', `${licences(modules)}\n`);
}
