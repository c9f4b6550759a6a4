// npm run wheel: builds the Python package in python/dist. The wheel holds the JavaScript of the package polysem (npm run
// package), so it is the same for every system.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { packageFolder, root } from '../package/places.mjs';
import { environmentFolder, interpreterOf, whyNoPython } from './environment.mjs';

const reason = whyNoPython();
if (reason !== null) fail(reason);

const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
const initial = readFileSync(join(root, 'python/src/polysem/__init__.py'), 'utf8');
if (!initial.includes(`__version__ = "${version}"`))
  fail(`python/src/polysem/__init__.py: __version__ is not that of the npm package, ${version}`);

const folder = join(root, 'dist', 'wheel');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
/** Copies without what Python compiled, and without types and maps, which nothing runs. */
const filter = (path) => !/__pycache__|\.d\.ts$|\.map$/.test(path);
const copy = (from, to) => cpSync(from, join(folder, to), { recursive: true, filter });
for (const name of ['pyproject.toml', 'README.md', 'src']) copy(join(root, 'python', name), name);
copy(join(root, 'LICENSE'), 'LICENSE');
copy(join(packageFolder, 'THIRD-PARTY-LICENCES.md'), 'THIRD-PARTY-LICENCES.md');
for (const name of ['bin', 'dist', 'package.json'])
  copy(join(packageFolder, name), join('src/polysem/_js', name));

const out = join(root, 'python', 'dist');
rmSync(out, { recursive: true, force: true });
const words = ['-m', 'build', '--wheel', '--no-isolation', '--outdir', out, folder];
const { status } = spawnSync(interpreterOf(environmentFolder), words, { stdio: 'inherit' });
process.exit(status ?? 1);

function fail(message) {
  console.error(`npm run wheel: ${message}`);
  process.exit(1);
}
