// npm run new-version: turns the changesets into the next version, in package.json, CHANGELOG.md and the results.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifest, root } from '../package/places.mjs';
import { openChangesets } from './ready.mjs';
import { runTool } from './tools.mjs';

const edit = (path, change) =>
  writeFileSync(join(root, path), change(readFileSync(join(root, path), 'utf8')));

// Without changesets, the first section of CHANGELOG.md becomes that of the version.
if (openChangesets(root).length > 0) {
  // Changesets expects the changelog beside the manifest.
  const here = join(root, 'CHANGELOG.md');
  const there = join(root, 'packages/polysem/CHANGELOG.md');
  renameSync(here, there);
  const status = runTool('changeset', ['version'], root);
  renameSync(there, here);
  if (status !== 0) throw new Error('changesets fails');
}
const { version } = manifest();
edit('packages/core/src/version.ts', (text) =>
  text.replace(/version = '[^']+'/, `version = '${version}'`),
);
edit('python/src/polysem/__init__.py', (text) =>
  text.replace(/__version__ = "[^"]+"/, `__version__ = "${version}"`),
);
edit('CHANGELOG.md', (text) => text.replace(`## ${version} (unreleased)`, `## ${version}`));
edit('package-lock.json', (text) => {
  const lock = JSON.parse(text);
  lock.packages['packages/polysem'].version = version;
  return `${JSON.stringify(lock, null, 2)}\n`;
});
console.log(`polysem ${version}: read CHANGELOG.md, commit, and give npm run release`);
