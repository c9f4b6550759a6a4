import { embedding } from '@polysem/core/embedding';
import { describe, expect, it } from 'vitest';
import { equalShares, groupsOf } from '../src/view/groups.ts';
import { snapshotOf } from '../src/workers/snapshot.ts';

/** Feature by feature: an antipodal pair, a vector of its own, a pair that overlaps, and nothing. */
const WEIGHTS = [
  [1, 0, 0, 0],
  [-1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0.2],
  [0, 0, 0.2, 1],
  [0, 0, 0, 0],
];
const snapshot = snapshotOf(0, 1, embedding(4, 6, Float64Array.from(WEIGHTS.flat())), 'fixed');

describe('the budget by block', () => {
  it('has one part per block, the largest first, as wide as its dimensions', () => {
    const groups = groupsOf(snapshot);
    expect(groups.map(({ features }) => features.toSorted())).toEqual([[3, 4], [0, 1], [2]]);
    const [pair, antipodal, single] = groups;
    expect(pair.capacity + pair.lost).toBeCloseTo(2, 12);
    expect(pair.lost).toBeGreaterThan(0.01);
    expect(antipodal).toMatchObject({ name: 'antipodal pair', from: pair.capacity + pair.lost });
    expect(antipodal.capacity).toBeCloseTo(1, 12);
    expect(single.from + single.capacity).toBeCloseTo(4, 12);
  });

  it('loses no more than the network does', () => {
    const wide = groupsOf({ ...snapshot, blocks: snapshot.blocks.map((b) => ({ ...b, dims: 3 })) });
    const end = Math.max(...wide.map(({ from, capacity, lost }) => from + capacity + lost));
    expect(end).toBeCloseTo(4, 12);
  });

  it('puts features of no block last', () => {
    const groups = groupsOf({ ...snapshot, blocks: snapshot.blocks.slice(0, 1) });
    expect(groups.at(-1)).toMatchObject({ block: null, name: 'in no block', lost: 0 });
  });
});

describe('equal shares of a prediction', () => {
  it('are counted, the largest first', () => {
    expect(equalShares([0.5, 1, 0.5, 0])).toEqual([
      { count: 1, value: 1, from: 0 },
      { count: 2, value: 0.5, from: 1 },
    ]);
  });
});
