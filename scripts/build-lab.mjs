// Builds the lab (apps/lab/build.js) if its sources, or those of a package that it bundles, are newer than the page.
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildLab } from '../apps/lab/build.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const lab = join(root, 'apps', 'lab');

const bundled = ['core', 'engine', 'figures', 'io', 'numerics', 'reports', 'threads'];
const sources = [
  'apps/lab/src',
  'apps/lab/public',
  'apps/lab/index.html',
  'apps/lab/vite.config.ts',
  'apps/lab/one-file.js',
  'package-lock.json',
  ...bundled.map((name) => `packages/${name}/src`),
];

/** The latest time at which a file, or anything in a folder, changed; 0 if there is none. */
function changed(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const inside = readdirSync(path).map((name) => changed(join(path, name)));
  return Math.max(found.mtimeMs, ...inside);
}

const built = changed(join(lab, 'dist', 'index.html'));
if (built < Math.max(...sources.map((path) => changed(join(root, path))))) {
  await buildLab();
}
