import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'oxfmt';
import { describe, expect, it } from 'vitest';
import { extendingPage } from '../scripts/extending.mjs';
import { structure, structureOnPage } from '../scripts/structure.mjs';

it('docs/architecture.md shows the packages and folders of the code (node scripts/structure.mjs --write)', async () => {
  const { code } = await format('structure.md', structure());
  expect(structureOnPage()).toBe(code.trim());
});

it('docs/extending.md shows the current files (node scripts/extending.mjs --write)', () => {
  const { page, drawn } = extendingPage();
  expect(page).toContain('<!-- file: ');
  expect(page).toBe(drawn);
});

/** Steps without an import: a message to a worker, a call through an interface, or a result that goes back to the caller. */
const CALLS = [
  'packages/engine/src/training/sampled-problem.ts -> packages/threads/src/training-run.ts',
  'packages/threads/src/sent-once.ts -> packages/threads/src/training-queue.ts',
  'packages/threads/src/training-queue.ts -> packages/engine/src/kernels/wasm-kernel.ts',
  'packages/io/src/formats/open-tensors.ts -> packages/io/src/formats/safetensors/safetensors.ts',
  'packages/io/src/tensors/stored-numbers.ts -> packages/io/src/layouts/open-features.ts',
  'packages/io/src/features/slabs.ts -> packages/runs/src/measure/measure-matrix.ts',
  'packages/core/src/streaming/feature-pass.ts -> packages/threads/src/pool.ts',
  'packages/threads/src/pool.ts -> packages/threads/src/worker-tasks.ts',
  'packages/core/src/streaming/feature-figures.ts -> packages/reports/src/measurement/report.ts',
];

describe('the paths in docs/architecture.md', () => {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..');
  const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const paths = page
    .slice(page.indexOf('## Two paths through the code'), page.indexOf('## Main types'))
    .split(/^1\. /m)
    .slice(1)
    .map((list) => Array.from(list.matchAll(/`(packages\/[^`]+\.ts)`/g), (match) => match[1]));
  /** Files that a file imports, and those behind the index files that it imports. */
  const reach = (path: string): string => {
    const text = readFileSync(join(root, path), 'utf8');
    const indexes = Array.from(text.matchAll(/'@polysem\/(\w+)(\/\w+)?'/g), ([, name, folder]) =>
      join('packages', name, 'src', folder ?? '', 'index.ts'),
    );
    return [text, ...indexes.filter((index) => existsSync(join(root, index))).map(read)].join('\n');
  };
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const names = (path: string): string => `/${path.split('/').at(-1)}'`;

  it('have 13 and 20 files, which exist', () => {
    expect(paths.map(({ length }) => length)).toEqual([13, 20]);
    expect(paths.flat().filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('go along imports, except for the listed calls', () => {
    const unlinked = paths.flatMap((steps) =>
      steps.slice(1).flatMap((path, i) => {
        const before = steps[i];
        const isLinked = reach(before).includes(names(path)) || reach(path).includes(names(before));
        return isLinked ? [] : [`${before} -> ${path}`];
      }),
    );
    expect(unlinked).toEqual(CALLS);
  });
});
