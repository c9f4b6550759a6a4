import { expect, it } from 'vitest';
import { allocateQuadratic } from '../src/theory/allocate-quadratic.ts';

it('needs no effort where the price falls on steps that fit as a whole', () => {
  // Six features below 3 and two above: the price of the loss that a whole dimension saves, v^2 (k - 1).
  const problem = { importance: [2, 2, 2, 1, 1, 1, 0.1, 0.1], kurtosis: [2, 2, 2, 2, 2, 2, 9, 9] };
  for (const dims of [1, 2, 3]) {
    const a = allocateQuadratic({ ...problem, dims }, { effort: 0 });
    expect([...a.capacity]).toEqual([1, 1, 1, 0, 0, 0, 0, 0].map((c, i) => (i < dims ? c : 0)));
    expect(a).toMatchObject({ gap: 0, degenerate: dims < 3 });
    expect(a.price).toBeCloseTo(4, 12);
  }
});

it('says that other allocations are as good where a step and a feature at 3 save the same', () => {
  // v^2 (k - 1) = 2 for both.
  const tied = { importance: [2, 1], kurtosis: [1.5, 3] };
  for (const [importance, kurtosis] of [
    [tied.importance, tied.kurtosis],
    [tied.importance.toReversed(), tied.kurtosis.toReversed()],
  ])
    expect(allocateQuadratic({ importance, kurtosis, dims: 1 }).degenerate).toBe(true);
  const three = { importance: [2, 1, 1], kurtosis: [1.5, 3, 3] };
  for (const [dims, degenerate] of [
    [1, true],
    [2, true],
    [3, false],
  ] as const)
    expect(allocateQuadratic({ ...three, dims })).toMatchObject({ degenerate });
  // No whole dimension can change places where the feature at 3 gets a part beside the full one.
  const beside = allocateQuadratic({ importance: [2, 1, 0.8], kurtosis: [1.5, 3, 9], dims: 2 });
  expect(beside.degenerate).toBe(false);
  [1, 4 / 15, 11 / 15].forEach((c, i) => expect(beside.capacity[i]).toBeCloseTo(c, 12));
  // With two equal features of kurtosis 1.5, another allocation has the same loss.
  const other = { importance: [2, 2, 1, 0.8], kurtosis: [1.5, 1.5, 3, 9] };
  expect(allocateQuadratic({ ...other, dims: 2 }).degenerate).toBe(true);
  // A single feature at 3 takes what is left: 1 - 11/15.
  const alone = allocateQuadratic({ importance: [1, 0.8], kurtosis: [3, 9], dims: 1 });
  expect(alone.degenerate).toBe(false);
  expect(alone.capacity[0]).toBeCloseTo(4 / 15, 12);
});

it('has capacities that sum to D where ramps just above kurtosis 3 are very steep', () => {
  for (const kurtosis of [3 + 1e-9, 3 + 1e-11]) {
    const a = allocateQuadratic({
      importance: [1.0001, 1, 1, 0.8],
      kurtosis: [kurtosis, kurtosis, kurtosis, 9],
      dims: 2,
    });
    expect(a.phase).toEqual(['full', 'partial', 'partial', 'partial']);
    // One is full, the last gets 11/15 at the price of the steep ones, which share the rest.
    [1, 2 / 15, 2 / 15, 11 / 15].forEach((c, i) => expect(a.capacity[i]).toBeCloseTo(c, 7));
    expect(a.capacity.reduce((sum, c) => sum + c, 0)).toBeCloseTo(2, 13);
  }
});

it('has the price of the last full feature below 3 where nothing is left to the others', () => {
  const importance = [0.05, 0.385, 0.05, 0.05, 0.3851, 0.05, 0.05];
  const kurtosis = [9.66, 1.3003, 1, 3, 1.2993, 6.96, 1];
  const a = allocateQuadratic({ importance, kurtosis, dims: 2 });
  expect([...a.capacity]).toEqual([0, 1, 0, 0, 1, 0, 0]);
  // A whole dimension saves v^2 (k - 1).
  const saved = [1, 4].map((i) => importance[i] ** 2 * (kurtosis[i] - 1));
  expect(a.price / Math.min(...saved)).toBeCloseTo(1, 12);
});

it('does not take features that jump elsewhere for a tie where capacities fit by rounding', () => {
  // At the price 8 the feature at 3 is full and each of three gets 1/3. Those that save 2 get nothing.
  const ignored = [
    [2, 1.5],
    [1, 3],
    [1, 3],
  ];
  for (const others of [ignored, ignored.slice(1), ignored.slice(0, 2)]) {
    const features = [[2, 3], [1, 9], ...others, [1, 9], [1, 9], [0.5, 9]];
    const a = allocateQuadratic({
      importance: features.map(([importance]) => importance),
      kurtosis: features.map(([, kurtosis]) => kurtosis),
      dims: 2,
    });
    expect(a.degenerate).toBe(false);
    expect(a.capacity[0]).toBeCloseTo(1, 14);
    expect(a.price).toBeCloseTo(8, 12);
  }
});
