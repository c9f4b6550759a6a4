import { expect, it } from 'vitest';
import { fileCounts, isIn, percent, roomCounts } from '../scripts/coverage/counts.mjs';
import { lineOf, table } from '../scripts/coverage/report.mjs';

const place = (line: number) => ({ start: { line, column: 0 }, end: { line, column: 9 } });

/** A file with two statements on line 1, others on lines 2, 3 and 7, and an `if` without `else` on line 2. */
const report = {
  any: {
    path: '/root/packages/core/src/theory/a.ts',
    statementMap: { 0: place(1), 1: place(1), 2: place(2), 3: place(3), 4: place(7) },
    s: { 0: 0, 1: 4, 2: 4, 3: 0, 4: 0 },
    branchMap: { 0: { loc: place(2), locations: [place(3), { start: {}, end: {} }] } },
    b: { 0: [0, 4] },
  },
};

it('counts a line as covered if one of its statements ran, and each way of a branch', () => {
  const [counts] = fileCounts(report, '/root');
  expect(counts).toEqual({
    file: 'packages/core/src/theory/a.ts',
    lines: { total: 4, covered: 2 },
    branches: { total: 2, covered: 1 },
    uncoveredLines: [3, 7],
    uncoveredBranches: [3],
  });
  expect(lineOf(counts)).toBe('packages/core/src/theory/a.ts: lines 3, 7; branches in 3');
  expect(lineOf({ file: 'a.ts', uncoveredLines: [3, 4, 5, 8], uncoveredBranches: [] })).toBe(
    'a.ts: lines 3-5, 8',
  );
  expect(lineOf({ file: 'a.ts', uncoveredLines: [], uncoveredBranches: [] })).toBeNull();
});

it('gives a branch that is not written the line of its statement', () => {
  const { any } = report;
  const [{ uncoveredBranches }] = fileCounts({ any: { ...any, b: { 0: [4, 0] } } }, '/root');
  expect(uncoveredBranches).toEqual([2]);
});

it('sums over folders, whole packages and all files, and never rounds up to 100 %', () => {
  const counts = (file: string, covered: number) => ({
    file: `packages/${file}`,
    lines: { total: 100_000, covered },
    branches: { total: 0, covered: 0 },
  });
  const files = [
    counts('core/src/theory/a.ts', 99_999),
    counts('core/src/audit/b.ts', 100_000),
    counts('core/src/version.ts', 100_000),
    counts('io/src/bytes/c.ts', 0),
  ];
  const rooms = roomCounts(files, ['core']);
  expect(rooms.map(({ room, lines }) => [room, lines.covered, lines.total])).toEqual([
    ['core/audit', 100_000, 100_000],
    ['core/theory', 99_999, 100_000],
    ['io/bytes', 0, 100_000],
    ['core', 299_999, 300_000],
    ['all', 299_999, 400_000],
  ]);
  expect(percent(rooms[0].branches)).toBe(100);
  const shares = table(rooms)
    .split('\n')
    .map((line) => line.split(/ {2,}/)[1]);
  expect(shares).toEqual(['lines', '100.00 %', '99.99 %', '0.00 %', '99.99 %', '74.99 %']);
});

it('finds the files of packages and of folders', () => {
  const file = 'packages/core/src/theory/a.ts';
  expect([['core'], ['io', 'core/theory'], ['io'], ['core/the']].map((r) => isIn(file, r))).toEqual(
    [true, true, false, false],
  );
});
