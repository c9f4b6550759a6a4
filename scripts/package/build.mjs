// Builds the published package from what `npm run build` made.
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { licences } from './licences.mjs';
import { publishedManifest } from './manifest.mjs';
import { root } from './places.mjs';
import { bundleTypes } from './types.mjs';

const LAB = 'apps/lab/dist';

/**
 * Builds the package.
 *
 * @param {string} folder where to; what it holds is removed.
 */
export async function buildPackage(folder) {
  const [modules] = await Promise.all([buildProgram(folder), bundleTypes(join(folder, 'dist'))]);
  const copy = (name, from) => cpSync(join(root, from), join(folder, name));
  const write = (name, text) => writeFileSync(join(folder, name), text);
  copy('README.md', 'packages/polysem/README.md');
  copy('LICENSE', 'LICENSE');
  copy('CHANGELOG.md', 'CHANGELOG.md');
  write('package.json', `${JSON.stringify(publishedManifest(), null, 2)}\n`);
  write('THIRD-PARTY-LICENCES.md', `${licences(modules)}\n`);
}

/**
 * Builds the parts of the package that run: the command and the modules. It starts in less than half of the time that the
 * many modules of the clone take.
 *
 * @param {string} folder where to; what it holds is removed.
 * @returns {Promise<string[]>} the bundled source files.
 */
export async function buildProgram(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const copy = (from, to) =>
    cpSync(join(root, from), join(folder, to), { recursive: true, force: true });
  const modules = await bundle(join(folder, 'dist'));
  copy('packages/polysem/bin', 'bin');
  if (existsSync(join(root, LAB))) copy(LAB, 'dist/lab');
  copy('docs/sweep.schema.json', 'dist/sweep.schema.json');
  return modules;
}
