import { generator, permutation, uniform } from '@polysem/numerics/random';
import { expect, it } from 'vitest';
import { groupLists } from '../src/features/groups.ts';

it('lists each group in ascending order, and every feature outside of them as a group of one', () => {
  for (let seed = 0; seed < 30; seed++) {
    const g = generator(seed);
    const features = 1 + Math.floor(30 * uniform(g));
    // Group of each feature; 0: none.
    const group = Array.from({ length: features }, () => Math.floor(6 * uniform(g)));
    const order = [...permutation(g, features)];
    const members = [1, 2, 3, 4, 5].map((k) => order.filter((i) => group[i] === k));
    const given = members.filter(({ length }) => length > 0);
    const ascending = given.map((list) => list.toSorted((i, j) => i - j));
    const alone = group.flatMap((k, i) => (k === 0 ? [[i]] : []));
    expect(groupLists(given, features)).toEqual([...ascending, ...alone]);
  }
  expect(groupLists(3, 6)).toEqual([
    [0, 1, 2],
    [3, 4, 5],
  ]);
});

it.each([
  [[[0], [-1]], 'group 1 names feature -1; features are numbered 0 .. 3'],
  [[[0, 0.5]], 'group 0 names feature 0.5; '],
  [[[3, 4]], 'group 0 names feature 4; '],
  [[[NaN]], 'group 0 names feature NaN; '],
  [
    [
      [0, 1],
      [2, 1],
    ],
    'feature 1 occurs twice; ',
  ],
  [[[0], []], 'group 1 must be a list of at least one feature, got []'],
  [[[0], 1], 'group 1 must be a list of at least one feature, got 1'],
  ['all', 'must be a size or lists of features, got all'],
])('refuses the groups %j', (groups, message) => {
  expect(() => groupLists(groups as never, 4)).toThrow(`correlation.groups: ${message}`);
});
