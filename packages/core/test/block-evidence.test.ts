import { describe, expect, it } from 'vitest';
import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import { gram } from '../src/embedding/gram.ts';
import { evidenceOf, levelsAround } from '../src/geometry/block-evidence.ts';
import { weighCut } from '../src/geometry/cuts.ts';
import { longestNoise, rankAboveNoise } from '../src/geometry/division.ts';
import { findBlocks } from '../src/geometry/find-blocks.ts';
import { answerFromEmbedding } from '../src/geometry/vector-queries.ts';
import { cutProblem } from './cut-problem.ts';
import { gaussianEmbedding } from './fixtures.ts';
import { connected } from './planted-blocks.ts';

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
      const problem = cutProblem(w, leastSigma);
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

  it('are all of few features', () => {
    for (const features of [1, 2, 5]) {
      const few = gaussianEmbedding(4, features, 1);
      // Three levels after the first, and the last, where each feature is a group, has no range.
      const levels = levelsAround(cutProblem(few, 1e-15), 0);
      expect(levels.map(({ groups }) => groups)).toEqual([1, 2, 3, 4].slice(0, features));
    }
  });

  it('are the ones with fewest groups where all ranges are equal', () => {
    const identity = embedding(
      12,
      12,
      Float64Array.from({ length: 144 }, (_, j) => (j % 13 === 0 ? 1 : 0)),
    );
    const levels = levelsAround(cutProblem(identity, 1e-15), 11);
    expect(levels.map(({ groups }) => groups)).toEqual([2, 3, 4, 5, 6, 9, 10, 11, 12]);
  });
});

describe('the least noise', () => {
  it.each([
    ['float64', 2 ** -53],
    ['float32', 2 ** -24],
  ] as const)('of %s numbers is 8 roundings per square root of the dimensions', (type, unit) => {
    const dims = 16;
    const entries = Array.from({ length: dims * dims }, (_, j) => (j % (dims + 1) === 0 ? 1 : 0));
    const data = type === 'float32' ? Float32Array.from(entries) : Float64Array.from(entries);
    const { noise, evidence, verdict } = findBlocks(embedding(dims, dims, data));
    expect(verdict).toBe('blocks');
    // A similarity sqrt(2) w_i . w_j / sqrt(n_i + n_j) of unit vectors is a cosine, so an entry has 1 / sqrt(2) of its error.
    const rounding = 8 * unit * Math.sqrt(dims);
    expect(evidence.noise / rounding).toBeCloseTo(1, 12);
    expect(noise / (rounding * Math.sqrt(dims / 2))).toBeCloseTo(1, 12);
  });

  it('gives a block the singular values above the largest of noise, and at least one', () => {
    const problem = { ...cutProblem(gaussianEmbedding(4, 5, 1), 1e-15), significance: 0.01 };
    const sigma = 0.1;
    // sigma (sqrt N + sqrt D + t) with exp(-t^2 / 2) = 0.01.
    const edge = sigma * (Math.sqrt(9) + Math.sqrt(4) + Math.sqrt(-2 * Math.log(0.01)));
    const rankOf = (...ratios: number[]): number =>
      rankAboveNoise(
        Float64Array.from(ratios, (x) => x * edge),
        9,
        problem,
        sigma,
      );
    expect(rankOf(3, 1.001, 0.999, 0.1)).toBe(2);
    expect(rankOf(3, 2, 1.5, 1.001)).toBe(4);
    expect(rankOf(0.999, 0.5)).toBe(1);
    expect(rankOf(1.001, 0.5)).toBe(1);
    // sigma (sqrt D + t) with N exp(-t^2 / 2) = 0.01, for N = 5 vectors.
    const longest = sigma * (Math.sqrt(4) + Math.sqrt(-2 * Math.log(0.01 / 5)));
    expect(longestNoise(problem, sigma) / longest).toBeCloseTo(1, 12);
  });
});

describe('evidence for a cut', () => {
  it('has its level, the geometric middle of it, and the noise of the similarities across groups', () => {
    const w = gaussianEmbedding(4, 16, 3);
    const { similarity, thresholds } = graphOf(w);
    for (const leastSigma of [1e-15, 0.2]) {
      const problem = cutProblem(w, leastSigma);
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
    const found = evidenceOf(cutProblem(w, 0.001), undefined);
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
    const problem = cutProblem(w, 1e-15, 8);
    const { compared, chanceOfNoise } = evidenceOf(problem, undefined);
    expect(compared).toBe(problem.tree.pilots.length);
    expect(compared).toBeLessThan(40);
    expect(chanceOfNoise).toBe(1);
    const cut = answerFromEmbedding(w, weighCut(problem, 3));
    const shown = { cut: { ...cut, logNoise: 5 }, division: cut.division, logIsotropy: 0 };
    expect(evidenceOf(problem, shown).chanceOfNoise).toBe(1);
  });
});
