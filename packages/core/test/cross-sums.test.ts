import { expect, it } from 'vitest';
import { measureCapacity } from '../src/capacity/measure.ts';
import { crossSums } from '../src/geometry/cross-sums.ts';
import { linkTree } from '../src/geometry/link-tree.ts';
import { gaussianEmbedding } from './fixtures.ts';

/** Group of each feature after the first links of a tree are cut. */
function groupsAfter(tree: ReturnType<typeof linkTree>, features: number, cut: number): number[] {
  const group = Array.from({ length: features }, (_, i) => i);
  for (let e = cut; e < tree.height.length; e++) {
    const [from, to] = [group[tree.b[e]], group[tree.a[e]]];
    group.forEach((g, i) => {
      if (g === from) group[i] = to;
    });
  }
  return group;
}

it('sums over all pairs of pilots that the first links separate', () => {
  const w = gaussianEmbedding(5, 14, 8);
  const { squaredNorm } = measureCapacity(w);
  const tree = linkTree(w, squaredNorm);
  const found = crossSums(tree, squaredNorm);
  expect(tree.pilots).toHaveLength(14);
  for (let cut = 0; cut <= tree.height.length; cut++) {
    const group = groupsAfter(tree, 14, cut);
    const sums = { pairs: 0, squares: 0, fourths: 0, energy: 0, lengths: 0 };
    tree.pilots.forEach((i, x) => {
      tree.pilots.slice(0, x).forEach((j, y) => {
        if (group[i] === group[j]) return;
        const square = tree.among[x * 14 + y] ** 2;
        sums.pairs += 1;
        sums.squares += square;
        sums.fourths += square ** 2;
        sums.energy += square * (squaredNorm[i] + squaredNorm[j]);
        sums.lengths += squaredNorm[i] * squaredNorm[j];
      });
    });
    for (const [name, sum] of Object.entries(sums))
      expect(found[name as keyof typeof sums][cut] / Math.max(sum, 1e-300)).toBeCloseTo(
        sum > 0 ? 1 : 0,
        12,
      );
  }
});
