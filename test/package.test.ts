import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPackage } from '../scripts/package/build.mjs';
import { installedProject, type InstalledProject } from '../scripts/package/project.mjs';
import { tryPage } from '../scripts/package/try-page.mjs';
import { tryPaths } from '../scripts/package/try-paths.mjs';
import { hasBrowser } from './browser.ts';

const SWEEP = `compute: allocate
parameters: { importance: [4, 2, 1], kurtosis: 9 }
axes: [{ parameter: dims, values: [1, 2] }]
`;

// `npm run package-check` tries more of the package, with several versions of Node.
describe('the published package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'polysem-package-'));
  let project: InstalledProject;
  beforeAll(async () => {
    await buildPackage(join(folder, 'package'));
    project = installedProject(join(folder, 'package'), join(folder, 'project'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const installed = (): string => join(project.folder, 'node_modules/polysem');
  const read = (path: string): string => readFileSync(join(installed(), path), 'utf8');

  it('installs nothing beside itself, and runs no script', () => {
    expect(readdirSync(join(project.folder, 'node_modules')).toSorted()).toEqual([
      '.bin',
      '.package-lock.json',
      'polysem',
    ]);
    const manifest = JSON.parse(read('package.json')) as Record<string, unknown>;
    expect(manifest).toMatchObject({ name: 'polysem', license: 'MIT' });
    for (const field of ['private', 'dependencies', 'devDependencies', 'scripts'])
      expect(manifest[field], field).toBe(undefined);
  });

  it('names no package of the repository, and no library, in code and declarations', () => {
    const files = readdirSync(join(installed(), 'dist'), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(js|d\.ts)$/.test(path) && !path.startsWith('lab'))
      .map((path) => join('dist', path));
    expect(files.length).toBeGreaterThan(100);
    const named = files.flatMap((path) => {
      const text = read(path);
      const imports = Array.from(
        text.matchAll(/^(?:import|export)[^'"\n]*?(?:from )?["']([^"'.\n][^"'\n]*)["']/gm),
        ([, target]) => target,
      );
      const foreign = imports.filter((target) => !target.startsWith('node:'));
      const own = text.match(/^.*@polysem\/.*$/gm) ?? [];
      return [...own, ...foreign].map((line) => `${path}: ${line}`);
    });
    expect(named).toEqual([]);
  });

  it('runs the command, with workers and processes, and has the lab', () => {
    expect(project.polysem(['--version']).trim()).toBe(
      (JSON.parse(read('package.json')) as { version: string }).version,
    );
    const toy = '--features 4 --dims 2 --importance 1 --density 0.1 --steps 20';
    const train = ['train', ...toy.split(' '), '--loss', 'sampled', '--json', '--threads'];
    expect(project.polysem([...train, '2'])).toBe(project.polysem([...train, '1']));
    writeFileSync(join(project.folder, 'small.yaml'), SWEEP);
    expect(project.polysem(['sweep', 'run', 'small.yaml', '--workers', '2', '--json'])).toMatch(
      /"done": ?2\b/,
    );
    expect(read('dist/lab/lab.html')).toContain('<title>');
  });

  it('exports every path to Node', () => {
    expect(tryPaths(project)).toBeGreaterThan(30);
  });

  it.skipIf(!hasBrowser)('computes in a page without a bundler the numbers of Node', async () => {
    expect(await tryPage(project)).toBe(true);
  });

  it('lists the licences of the libraries that it contains', () => {
    const listed = Array.from(
      read('THIRD-PARTY-LICENCES.md').matchAll(/^## (\S+)/gm),
      ([, n]) => n,
    );
    expect(listed).toEqual(
      expect.arrayContaining(['commander', 'fflate', 'svelte', 'yaml', 'zod']),
    );
  });
});
