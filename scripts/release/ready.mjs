// Says whether the repository is ready for a release.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Reasons against a release.
 *
 * @param {string} root folder of the repository.
 * @param {string} version version of the package.
 * @returns {string[]} one line each; none if it is ready.
 */
export function obstacles(root, version) {
  const read = (path) => readFileSync(join(root, path), 'utf8');
  const open = openChangesets(root);
  const changed = execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' });
  const [, heading] = /^## (.*)$/m.exec(read('CHANGELOG.md')) ?? [];
  const [, reported] = /version = '([^']+)'/.exec(read('packages/core/src/version.ts')) ?? [];
  return [
    ...(changed === '' ? [] : ['files are not committed; commit them first']),
    ...(open.length === 0 ? [] : [`${open.length} changesets are open; give npm run new-version`]),
    ...(heading === version
      ? []
      : [`CHANGELOG.md begins with ${heading}, not with ${version}; give npm run new-version`]),
    ...(reported === version ? [] : [`version.ts says ${reported}, package.json ${version}`]),
  ];
}

/**
 * Names of the files of changes that no version has yet.
 *
 * @param {string} root folder of the repository.
 * @returns {string[]} the names.
 */
export function openChangesets(root) {
  return readdirSync(join(root, '.changeset')).filter(
    (name) => name.endsWith('.md') && name !== 'README.md',
  );
}
