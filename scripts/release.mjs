// npm run release [-- --dry-run]: audits dependencies, checks, builds, packs and publishes polysem, and tags the commit. A dry run
// does all but the audit, the tests, the tag and the publication. In GitHub Actions and GitLab CI the publication carries a statement
// of its provenance.
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { manifest, packageFolder, root } from './package/places.mjs';
import { obstacles } from './release/ready.mjs';

const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
const isTrial = values['dry-run'];
const { version } = manifest();

const found = obstacles(root, version);
for (const line of found) console.error(`release: ${line}`);
if (found.length > 0 && !isTrial) process.exit(1);

// Packages for development too, since code of some of them is bundled.
if (!isTrial) run('npm', 'audit');
if (!isTrial) run('npm', 'test');
run('npm', 'run', 'package-check');
const isCi = process.env.GITHUB_ACTIONS === 'true' || process.env.GITLAB_CI === 'true';
run(
  'npm',
  'publish',
  packageFolder,
  '--access',
  'public',
  ...(isCi ? ['--provenance'] : []),
  ...(isTrial ? ['--dry-run'] : []),
);
if (!isTrial) run('git', 'tag', `v${version}`);

/** Runs a program that must succeed. */
function run(program, ...words) {
  const { status } = spawnSync(program, words, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  console.error(`release: ${program} ${words.join(' ')} failed`);
  process.exit(1);
}
