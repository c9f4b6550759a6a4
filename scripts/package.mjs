// npm run package: builds the published package polysem in dist/npm, ready for `npm publish`.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './package/bundle.mjs';
import { licences } from './package/licences.mjs';
import { publishedManifest } from './package/manifest.mjs';
import { packageFolder, root } from './package/places.mjs';
import { bundleTypes } from './package/types.mjs';

rmSync(packageFolder, { recursive: true, force: true });
mkdirSync(packageFolder, { recursive: true });
const copy = (from, to) => cpSync(join(root, from), join(packageFolder, to), { recursive: true });
const write = (name, text) => writeFileSync(join(packageFolder, name), text);

const dist = join(packageFolder, 'dist');
const [modules] = await Promise.all([bundle(dist), bundleTypes(dist)]);
copy('packages/polysem/bin', 'bin');
copy('packages/polysem/README.md', 'README.md');
copy('LICENSE', 'LICENSE');
copy('CHANGELOG.md', 'CHANGELOG.md');
copy('apps/lab/dist', 'dist/lab');
copy('docs/sweep.schema.json', 'dist/sweep.schema.json');
write('package.json', `${JSON.stringify(publishedManifest(), null, 2)}\n`);
write('THIRD-PARTY-LICENCES.md', `${licences(modules)}\n`);
console.log(packageFolder);
