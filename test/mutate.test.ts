import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { allMutants, chooseMutants, roomOf } from '../scripts/mutate/choose.mjs';
import { testFiles } from '../scripts/mutate/coverage.mjs';
import { equivalence, faultsOf, linesOf, readEquivalents } from '../scripts/mutate/equivalent.mjs';
import { executed, holds, offsetsOf, packed } from '../scripts/mutate/executed.mjs';
import { evidence, openJournal, survivorsAmong } from '../scripts/mutate/journal.mjs';
import { mutated, mutationPoints } from '../scripts/mutate/points.mjs';
import { countsByRoom, wilsonInterval } from '../scripts/mutate/report.mjs';
import { testsByCoverage } from '../scripts/mutate/select.mjs';
import { runsWithin } from '../scripts/mutate/trial.mjs';

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

  it('can have a mutant of every line, in a mixed order', () => {
    const all = chooseMutants(root, { count: Infinity, seed: 5, room: 'core/theory' });
    const text = new Map(all.map(({ file }) => [file, readFileSync(join(root, file), 'utf8')]));
    const lines = [...text].flatMap(([file, code]) =>
      mutationPoints(file, code).map(({ line }) => `${file}:${line}`),
    );
    const chosen = all.map(({ file, line }) => `${file}:${line}`);
    expect(chosen.toSorted()).toEqual([...new Set(lines)].toSorted());
    expect(chosen).not.toEqual(chosen.toSorted());
    for (const { file, point, start } of all)
      expect(mutationPoints(file, text.get(file)!)[point].start).toBe(start);
  });

  it('stays in one room, and depends only on the seed', () => {
    const choice = (seed: number) => chooseMutants(root, { count: 9, seed, room: 'core/capacity' });
    expect(new Set(choice(1).map(({ file }) => roomOf(file)))).toEqual(new Set(['core/capacity']));
    expect(choice(1)).toEqual(choice(1));
    expect(choice(2)).not.toEqual(choice(1));
  });

  it('stays the same in a file where others change', () => {
    const choice = (room: string) =>
      chooseMutants(root, { count: Infinity, seed: 3, room }).filter(
        ({ file }) => file === 'packages/core/src/theory/bounds.ts',
      );
    expect(choice('core/theory/bounds.ts')).toEqual(choice('core/theory'));
  });
});

it('counts outcomes per room, and leaves skipped mutants out of the share', () => {
  const file = 'packages/core/src/theory/a.ts';
  const outcomes = [
    'killed',
    'timed out',
    'survived',
    'skipped',
    'killed',
    'equivalent',
    'not covered',
  ];
  expect(countsByRoom(outcomes.map((outcome) => ({ file, outcome })))).toMatchObject([
    { room: 'core/theory', killed: 2, skipped: 1, equivalent: 1, noticed: 0.6 },
    { room: 'all', survived: 1, noticed: 0.6 },
  ]);
});

it.each([
  [0, 1],
  [3, 10],
  [371, 400],
  [7, 7],
])('bounds the share of which %i of %i are known by the two roots of the score test', (k, n) => {
  const z = 1.959963984540054;
  for (const p of wilsonInterval(k / n, n))
    expect((k / n - p) ** 2).toBeCloseTo((z * z * p * (1 - p)) / n, 12);
});

describe('the places that ran', () => {
  const range = (startOffset: number, endOffset: number, count: number) => ({
    startOffset,
    endOffset,
    count,
  });

  it('follow from the innermost range', () => {
    const functions = [
      { ranges: [range(0, 100, 1)] },
      { ranges: [range(10, 50, 2), range(20, 30, 0), range(30, 40, 3)] },
      { ranges: [range(60, 70, 0)] },
    ];
    const offsets = [5, 10, 20, 29, 30, 49, 50, 60, 69, 70, 99, 100].map((at) => [at]);
    expect(executed(functions, offsets)).toEqual([0, 1, 4, 5, 6, 9, 10]);
  });

  it('include an operator whose left side ran', () => {
    const text = 'a &&\n  b';
    const [point] = mutationPoints('a.ts', text);
    expect(offsetsOf(text, point)).toEqual([0, 2]);
  });

  it('are kept as text', () => {
    const points = [0, 7, 8, 200];
    const text = packed(new Map([['a', new Set(points)]]));
    expect(Object.keys(text)).toEqual(['a']);
    const held = Array.from({ length: 300 }, (_, i) => i).filter((i) => holds(text.a, i));
    expect(held).toEqual(points);
  });
});

describe('the tests of a mutant', () => {
  const source = 'packages/core/src/theory/boundary.ts';
  const bits = (...points: number[]) => packed(new Map([[source, new Set(points)]]));
  const record = (
    test: string,
    tests: { id: string; seconds: number; covered: Record<string, string> }[],
    around = {},
    failed = 0,
  ) => ({ test, files: [source], seconds: 1, failed, around, tests });
  const covering = testsByCoverage([
    record(
      'packages/engine/test/a.test.ts',
      [{ id: 'a1', seconds: 1, covered: bits(0, 1) }],
      bits(9),
    ),
    record(
      'packages/core/test/boundary.test.ts',
      [
        { id: 'b1', seconds: 2, covered: bits(1) },
        { id: 'b2', seconds: 4, covered: bits(2) },
        { id: 'b3', seconds: 0.25, covered: bits(2) },
        { id: 'b4', seconds: 0.25, covered: bits(2) },
      ],
      bits(3, 9),
    ),
    record(
      'packages/core/test/c.test.ts',
      [{ id: 'c1', seconds: 1, covered: bits(1) }],
      bits(9),
      1,
    ),
  ]);

  it('execute it, in the order of their names and costs, then quick ones of the same files', () => {
    expect(covering(source, 1)).toEqual([
      {
        test: 'packages/core/test/boundary.test.ts',
        ids: ['b1'],
        seconds: 2,
        load: 1,
        late: false,
      },
      { test: 'packages/core/test/c.test.ts', ids: ['c1'], seconds: 1, load: 1, late: false },
      { test: 'packages/engine/test/a.test.ts', ids: null, seconds: 1, load: 1, late: false },
      {
        test: 'packages/core/test/boundary.test.ts',
        ids: ['b3', 'b4'],
        seconds: 0.5,
        load: 1,
        late: true,
      },
    ]);
    expect(covering(source, 4)).toEqual([]);
  });

  it('are quick ones together, and each slow one', () => {
    expect(covering(source, 2)).toMatchObject([
      { ids: ['b3', 'b4'], late: false },
      { ids: ['b2'], late: false },
    ]);
  });

  it('are all of a file whose hooks execute it', () => {
    expect(covering(source, 3)).toMatchObject([
      { ids: ['b3', 'b4'] },
      { ids: ['b1'] },
      { ids: ['b2'] },
    ]);
  });

  it('are those that use the module, where it runs whenever the module is loaded', () => {
    const ids = covering(source, 9).map((choice) => choice.ids);
    expect(ids).toEqual([['b3', 'b4'], ['b1'], ['b2'], ['c1'], null]);
  });

  it('run in parts that grow, within a number of seconds', () => {
    const choice = (test: string, seconds: number, late = false) => ({
      test,
      ids: null,
      seconds,
      load: 0,
      late,
    });
    const alone = 'packages/core/test/stream-bootstrap.test.ts';
    const chosen = [
      choice('a', 0.5),
      choice('b', 0.4),
      choice('c', 5),
      choice(alone, 1),
      choice('d', 50),
      choice('b', 2, true),
    ];
    const names = (budget: number) =>
      runsWithin(chosen, budget).runs.map(({ tests }) =>
        tests.map((one) => 'test' in one && one.test),
      );
    expect(names(1000)).toEqual([['a', 'b'], ['c'], ['d'], [alone], ['b']]);
    expect(names(10)).toEqual([['a', 'b'], ['c'], [alone], ['b']]);
    expect(runsWithin(chosen, 10).left).toBe(1);
    expect(names(0)).toEqual([['a']]);
    const parts = ['x', 'y'].map((id) => ({ ...choice('a', 0.25), ids: [id], load: 0.25 }));
    expect(runsWithin(parts, 10)).toEqual({
      runs: [{ tests: [{ test: 'a', ids: ['x', 'y'] }], seconds: 0.75 }],
      left: 0,
    });
  });

  it('are files of the repository', () => {
    const tests = testFiles(root);
    expect(tests).toContain('packages/core/test/shapes.test.ts');
    expect(tests).not.toContain('packages/cli/test/measure.test.ts');
  });
});

describe('the journal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'polysem-journal-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  for (const name of ['a.ts', 'b.ts', 'a.test.ts', 'b.test.ts'])
    writeFileSync(join(folder, name), name);
  const now = () => evidence(folder, ['a.ts', 'b.ts'], ['a.test.ts', 'b.test.ts']);
  const mutant = (start: number, file = 'a.ts') => ({
    file,
    start,
    end: start + 1,
    replacement: '-',
  });
  const killed = { outcome: 'killed', test: 'a.test.ts' };

  it('continues, also after a line that was cut off', () => {
    const path = join(folder, 'new/cut.jsonl');
    openJournal(path, now()).add({ ...mutant(1), ...killed });
    appendFileSync(path, '{"file":"a.ts","start":2');
    openJournal(path, now()).add({ ...mutant(3), outcome: 'survived' });
    const again = openJournal(path, now());
    expect([1, 2, 3].map((start) => again.known(mutant(start))?.outcome)).toEqual([
      'killed',
      undefined,
      'survived',
    ]);
  });

  it('knows what no change of a source or a test can have touched', () => {
    const path = join(folder, 'tests.jsonl');
    const results = [
      { ...mutant(1), ...killed },
      { ...mutant(2), outcome: 'survived' },
      { ...mutant(3), outcome: 'not covered' },
      { ...mutant(4), outcome: 'timed out' },
      { ...mutant(5, 'b.ts'), ...killed, test: 'b.test.ts' },
    ];
    const first = openJournal(path, now());
    for (const result of results) first.add(result);
    const known = () => {
      const journal = openJournal(path, now());
      return results.filter((one) => journal.known(one) !== null).map(({ start }) => start);
    };
    expect(known()).toEqual([1, 2, 3, 4, 5]);
    writeFileSync(join(folder, 'b.test.ts'), 'other');
    expect(known()).toEqual([1, 4]);
    expect(openJournal(path, now()).all()).toHaveLength(5);
    openJournal(path, now()).add(results[1]);
    expect(known()).toEqual([1, 2, 4]);
    writeFileSync(join(folder, 'a.ts'), 'other');
    expect(known()).toEqual([]);
    expect(openJournal(path, now()).all()).toMatchObject([{ start: 5 }]);
  });
});

describe('survivors', () => {
  it('are found again by their lines, where the file has changed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'polysem-survivors-'));
    const path = join(folder, 'results.jsonl');
    const mutants = allMutants(root, 'core/theory/bounds.ts');
    const journal = openJournal(path, evidence(root, [], []));
    const moved = ({ start, end, ...others }: (typeof mutants)[number], outcome: string) =>
      Object.assign({}, others, { start: start + 10, end: end + 10, outcome });
    journal.add(moved(mutants[3], 'survived'));
    journal.add(moved(mutants[5], 'killed'));
    expect(survivorsAmong(mutants, path)).toEqual([mutants[3]]);
    rmSync(folder, { recursive: true });
  });
});

describe('equivalent mutants', () => {
  it('all match a mutant and give a reason', () => {
    expect(faultsOf(root, readEquivalents(root))).toEqual([]);
  });

  it('are known by their text', () => {
    const file = 'packages/core/src/version.ts';
    const text = 'const a = 1;\n  const b =\n    c < d;\n';
    const point = mutationPoints(file, text).find(({ replacement }) => replacement === '<=')!;
    const entry = { file, code: 'c < d;', mutant: 'c <= d;', reason: 'They are never equal.' };
    const mutant = { file, ...linesOf(text, point) };
    expect(equivalence([entry])(mutant)).toBe(entry.reason);
    expect(equivalence([])(mutant)).toBeNull();
    expect(faultsOf(root, [entry])).toHaveLength(1);
  });
});
