import { execFileSync } from 'node:child_process';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { chooseMutants, roomOf } from '../scripts/mutate/choose.mjs';
import { mutated, mutationPoints } from '../scripts/mutate/points.mjs';
import { testsByDistance } from '../scripts/mutate/reach.mjs';
import { countsByRoom } from '../scripts/mutate/report.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** All changed versions of a source. */
function versions(text: string): string[] {
  return mutationPoints('a.ts', text).map((point) => mutated(text, point));
}

describe('mutation points', () => {
  it.each([
    ['const a = b < c;', ['const a = b <= c;', 'const a = b >= c;']],
    ['const a = b + c;', ['const a = b - c;']],
    ['const a = 3;', ['const a = 4;', 'const a = 6;', 'const a = 0;']],
    ['const a = b ?? c;', ['const a = b || c;', 'const a = b && c;']],
    ['f(a, b);', ['{}', 'f(b, a);']],
    ['if (a) b = c;', ['if (!(a)) b = c;', 'if (false) b = c;', 'if (a) {}']],
    ['if (a) throw new Error(`${b + 1}`);', 3],
    ['const a = b.slice(c);', ['const a = b.slice((c) + 1);']],
    ['const a = Math.min(b);', ['const a = Math.max(b);']],
    ["const a = 'id';", ["const a = 'id~';"]],
    ['function f(): boolean { return a; }', 2],
  ])('of %s', (text, expected) => {
    const found = versions(text);
    if (typeof expected === 'number') expect(found).toHaveLength(expected);
    else expect(found).toEqual(expected);
  });

  it.each([
    ["import { a } from 'b';"],
    ['interface A { b: 1 }'],
    ["const help = 'number of steps';"],
    ['const a = { description: `${b + 1} steps` };'],
    ['/** a < b */'],
  ])('are not in %s', (text) => {
    expect(versions(text)).toEqual([]);
  });
});

describe('the choice of mutants', () => {
  it('covers all packages, without two changes of one line', () => {
    const chosen = chooseMutants(root, { count: 300, seed: 5 });
    expect(chosen).toHaveLength(300);
    expect(new Set(chosen.map(({ file, line }) => `${file}:${line}`)).size).toBe(300);
    expect(new Set(chosen.map(({ file }) => roomOf(file).split('/')[0])).size).toBe(9);
  });

  it('stays in one room, and depends only on the seed', () => {
    const choice = (seed: number) => chooseMutants(root, { count: 9, seed, room: 'core/capacity' });
    expect(new Set(choice(1).map(({ file }) => roomOf(file)))).toEqual(new Set(['core/capacity']));
    expect(choice(1)).toEqual(choice(1));
    expect(choice(2)).not.toEqual(choice(1));
  });
});

describe('the tests of a file', () => {
  const reaching = testsByDistance(root);

  it('are found through index files by name, the nearest first', () => {
    const tests = reaching('packages/core/src/geometry/nearest-efficient.ts');
    expect(tests[0].test).toBe('packages/core/test/nearest-efficient.test.ts');
    expect(tests.map(({ test }) => test)).not.toContain('packages/core/test/histogram.test.ts');
  });

  it('include those that start the built command', () => {
    const tests = reaching('packages/cli/src/commands/measure.ts').map(({ test }) => test);
    expect(tests).toContain('packages/cli/test/measure.test.ts');
    expect(tests).toContain('packages/cli/test/output-in-place.test.ts');
  });
});

it('counts outcomes per room, and leaves skipped mutants out of the share', () => {
  const file = 'packages/core/src/theory/a.ts';
  const results = ['killed', 'timed out', 'survived', 'skipped', 'killed'].map((outcome) => ({
    file,
    outcome,
  }));
  expect(countsByRoom(results)).toMatchObject([
    { room: 'core/theory', killed: 2, skipped: 1, noticed: 0.75 },
    { room: 'all', survived: 1, noticed: 0.75 },
  ]);
});

it('runs the chosen test files and no others', () => {
  const chosen = ['packages/core/test/shapes.test.ts', 'test/structure.test.ts'];
  const listed = execFileSync(
    process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      'list',
      '--filesOnly',
      '--json',
      '--config=scripts/mutate/vitest.config.mjs',
    ],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, POLYSEM_MUTANT_TESTS: JSON.stringify(chosen) },
    },
  );
  const files = JSON.parse(listed).map(({ file }: { file: string }) => relative(root, file));
  expect(files.toSorted()).toEqual(chosen);
});
