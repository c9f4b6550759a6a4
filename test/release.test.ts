import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { revision } from '../packages/core/src/version.ts';
import { obstacles } from '../scripts/release/ready.mjs';

describe('a release', () => {
  const folder = mkdtempSync(join(tmpdir(), 'polysem-release-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const git = (...words: string[]): void => {
    const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.org'];
    execFileSync('git', [...who, ...words], { cwd: folder, stdio: 'ignore' });
  };
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };

  it('needs committed files, no open changesets, and one version everywhere', () => {
    git('init');
    write('.changeset/README.md', '');
    write('.changeset/quick-cats.md', "---\n'polysem': minor\n---\n\nRead new files.\n");
    write('CHANGELOG.md', '# Changelog\n\n## 0.1.0 (unreleased)\n\n## 0.0.9\n');
    write('packages/core/src/version.ts', "export const version = '0.0.9';\n");
    expect(obstacles(folder, '0.1.0')).toEqual([
      'files are not committed; commit them first',
      '1 changesets are open; give npm run new-version',
      'CHANGELOG.md begins with 0.1.0 (unreleased), not with 0.1.0; give npm run new-version',
      'version.ts says 0.0.9, package.json 0.1.0',
    ]);
    rmSync(join(folder, '.changeset/quick-cats.md'));
    write('CHANGELOG.md', '# Changelog\n\n## 0.1.0\n');
    write('packages/core/src/version.ts', "export const version = '0.1.0';\n");
    git('add', '.');
    git('commit', '-m', 'Release');
    expect(obstacles(folder, '0.1.0')).toEqual([]);
  });

  it('tells in the changelog which change made the present revision', () => {
    const text = readFileSync(new URL('../CHANGELOG.md', import.meta.url), 'utf8');
    const [, present] = text.split(/^## /m);
    const told = Array.from(present.matchAll(/\(revision (\d+)\)/g), ([, number]) =>
      Number(number),
    );
    expect(revision).toBe(Math.max(0, ...told));
  });
});
