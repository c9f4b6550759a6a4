import { describe, expect, it } from 'vitest';
import { measureCapacity } from '../src/capacity/measure.ts';
import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import { gram } from '../src/embedding/gram.ts';
import { evidenceOf, levelsAround } from '../src/geometry/block-evidence.ts';
import { crossSums } from '../src/geometry/cross-sums.ts';
import { weighCut } from '../src/geometry/cuts.ts';
import type { CutProblem } from '../src/geometry/division.ts';
import { linkTree } from '../src/geometry/link-tree.ts';
import { answerFromEmbedding } from '../src/geometry/vector-queries.ts';
import { gaussianEmbedding } from './fixtures.ts';
import { connected } from './planted-blocks.ts';

function problemOf(w: Embedding, leastSigma: number, allPairs?: number): CutProblem {
  const { squaredNorm, rank } = measureCapacity(w);
  const tree = linkTree(w, squaredNorm, allPairs);
  return {
    dims: w.dims,
    features: w.features,
    squaredNorm,
    tree,
    cross: crossSums(tree, squaredNorm),
    rank,
    leastSigma,
    significance: 1e-3,
  };
}

/** sqrt(2) |w_i . w_j| / sqrt(n_i + n_j) of all pairs, and the thresholds at which the graph changes, ascending. */
function graphOf(w: Embedding): {
  similarity: (i: number, j: number) => number;
  thresholds: number[];
} {
  const g = gram(w);
  const n = w.features;
  const similarity = (i: number, j: number): number =>
    (Math.SQRT2 * Math.abs(g[i * n + j])) / Math.sqrt(g[i * n + i] + g[j * n + j]);
  const all = Array.from({ length: n * n }, (_, at) => [Math.floor(at / n), at % n]);
  const values = all.flatMap(([i, j]) => (i < j ? [similarity(i, j)] : []));
  const groupsAbove = (x: number): number => connected(n, (i, j) => similarity(i, j) > x).length;
  const thresholds = values
    .toSorted((x, y) => x - y)
    .filter((x) => groupsAbove(x) > groupsAbove(x * (1 - 1e-12)));
  return { similarity, thresholds };
}

describe('levels of the Gram graph', () => {
  const w = gaussianEmbedding(4, 16, 3);
  const { similarity, thresholds } = graphOf(w);

  it('are those next to the chosen one and five with the widest range in ratio, by definition', () => {
    for (const leastSigma of [1e-15, 0.5]) {
      const problem = problemOf(w, leastSigma);
      expect(thresholds).toHaveLength(15);
      // Below the least noise, thresholds do not differ.
      const least = Math.SQRT2 * leastSigma;
      const widest = new Set(
        Array.from({ length: 14 }, (_, k) => k + 1)
          .toSorted(
            (j, k) =>
              thresholds[k] / Math.max(thresholds[k - 1], least) -
              thresholds[j] / Math.max(thresholds[j - 1], least),
          )
          .slice(0, 5),
      );
      for (let links = 0; links <= 15; links++) {
        const expected = Array.from({ length: 16 }, (_, k) => k).filter(
          (k) => Math.abs(k - links) <= 3 || widest.has(k),
        );
        const levels = levelsAround(problem, links);
        expect(levels.map(({ groups }) => groups)).toEqual(expected.map((k) => k + 1));
        for (const { from, to, groups, largest } of levels) {
          const k = groups - 1;
          expect(from).toBeCloseTo(k === 0 ? 0 : thresholds[k - 1], 12);
          if (k === 15) expect(to).toBeNull();
          else expect(to).toBeCloseTo(thresholds[k], 12);
          const found = connected(16, (i, j) => similarity(i, j) > from * (1 + 1e-12));
          expect(found).toHaveLength(groups);
          expect(largest).toBe(Math.max(...found.map((group) => group.length)));
        }
      }
    }
  });

  it('are the ones with fewest groups where all ranges are equal', () => {
    const identity = embedding(
      12,
      12,
      Float64Array.from({ length: 144 }, (_, j) => (j % 13 === 0 ? 1 : 0)),
    );
    const levels = levelsAround(problemOf(identity, 1e-15), 11);
    expect(levels.map(({ groups }) => groups)).toEqual([2, 3, 4, 5, 6, 9, 10, 11, 12]);
  });
});

describe('evidence for a cut', () => {
  it('has its level, the geometric middle of it, and the noise of the similarities across groups', () => {
    const w = gaussianEmbedding(4, 16, 3);
    const { similarity, thresholds } = graphOf(w);
    for (const leastSigma of [1e-15, 0.2]) {
      const problem = problemOf(w, leastSigma);
      const least = Math.SQRT2 * leastSigma;
      for (let links = 1; links <= 15; links++) {
        const cut = answerFromEmbedding(w, weighCut(problem, links));
        const shown = { cut: { ...cut, logNoise: -2 }, division: cut.division, logIsotropy: -3 };
        const found = evidenceOf(problem, shown);
        expect(found.level).toEqual(
          levelsAround(problem, links).find(({ groups }) => groups === links + 1),
        );
        const [from, to] = [Math.max(thresholds[links - 1], least), thresholds[links]];
        // Every group is a single feature after the last cut: then the threshold is twice the strongest link.
        const middle = links === 15 ? 2 * from : Math.sqrt(from * Math.max(from, to));
        expect(found.threshold).toBeCloseTo(middle, 12);
        const groups = connected(
          16,
          (i, j) => similarity(i, j) > thresholds[links - 1] * (1 + 1e-12),
        );
        const label = Array.from({ length: 16 }, (_, i) => groups.findIndex((g) => g.includes(i)));
        let squares = 0;
        let pairs = 0;
        for (let i = 0; i < 16; i++)
          for (let j = 0; j < i; j++)
            if (label[i] !== label[j]) {
              squares += similarity(i, j) ** 2;
              pairs++;
            }
        expect(found.noise).toBeCloseTo(Math.max(least, Math.sqrt(squares / pairs)), 12);
        expect(found.chanceOfNoise).toBeCloseTo(Math.exp(-2), 14);
        expect(found.chanceOfIsotropy).toBeCloseTo(Math.exp(-3), 14);
        expect(found.compared).toBeNull();
        expect(found.isotropicCosine).toBeCloseTo(1 / 2, 14);
      }
    }
  });

  it('is that for one group where nothing was cut', () => {
    const w = gaussianEmbedding(4, 3, 5);
    const { thresholds } = graphOf(w);
    const found = evidenceOf(problemOf(w, 0.001), undefined);
    expect(found).toEqual({
      level: { from: 0, to: expect.closeTo(thresholds[0], 12), groups: 1, largest: 3 },
      threshold: expect.closeTo(Math.sqrt(0.001 * Math.SQRT2 * thresholds[0]), 12),
      compared: null,
      noise: Math.SQRT2 * 0.001,
      chanceOfNoise: 1,
      chanceOfIsotropy: 1,
      crossCosine: 0,
      // As many features as their rank: random in all four dimensions.
      isotropicCosine: 1 / 2,
    });
  });

  it('says how many features were compared with all others', () => {
    const w = gaussianEmbedding(4, 40, 1);
    const problem = problemOf(w, 1e-15, 8);
    const { compared, chanceOfNoise } = evidenceOf(problem, undefined);
    expect(compared).toBe(problem.tree.pilots.length);
    expect(compared).toBeLessThan(40);
    expect(chanceOfNoise).toBe(1);
    const cut = answerFromEmbedding(w, weighCut(problem, 3));
    const shown = { cut: { ...cut, logNoise: 5 }, division: cut.division, logIsotropy: 0 };
    expect(evidenceOf(problem, shown).chanceOfNoise).toBe(1);
  });
});
