import { describe, expect, it } from 'vitest';
import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import { gram } from '../src/embedding/gram.ts';
import { groupsOf } from '../src/geometry/cross-sums.ts';
import { isRuledOut, promisingCuts, sigmaOf, weighCut } from '../src/geometry/cuts.ts';
import { crossCosine, freedomOf } from '../src/geometry/division.ts';
import { logStudentTail } from '../src/geometry/tail-bounds.ts';
import { answerFromEmbedding } from '../src/geometry/vector-queries.ts';
import { cutProblem } from './cut-problem.ts';
import { gaussianEmbedding } from './fixtures.ts';
import { plantedBlocks } from './planted-blocks.ts';

/** Features of lengths about 1 in two groups that are orthogonal up to noise. */
function twoGroups(noise: number, seed: number): Embedding {
  const w = gaussianEmbedding(6, 18, seed);
  w.data.forEach((x, j) => {
    const [i, d] = [Math.floor(j / 6), j % 6];
    w.data[j] = i % 2 === Number(d < 3) ? x / 2 : noise * x;
  });
  return w;
}

/** Similarities |w_i . w_j| / sqrt(n_i + n_j) of the pairs in different groups. */
function across(w: Embedding, label: Int32Array): number[] {
  const g = gram(w);
  const n = w.features;
  const found: number[] = [];
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++)
      if (label[i] !== label[j])
        found.push(Math.abs(g[i * n + j]) / Math.sqrt(g[i * n + i] + g[j * n + j]));
  return found;
}

describe('a cut of the link tree', () => {
  it.each([
    ['Gaussian', gaussianEmbedding(5, 16, 1), 1e-15],
    ['in two groups', twoGroups(0.02, 2), 1e-15],
    ['in less noise than is assumed', twoGroups(0.001, 3), 0.05],
  ])(
    'has the noise, tails and probabilities of their definitions: features %s',
    (_, w, leastSigma) => {
      const problem = cutProblem(w, leastSigma);
      const { height } = problem.tree;
      const n = w.features;
      let heavy = 0;
      for (let links = 1; links < n; links++) {
        const cut = answerFromEmbedding(w, weighCut(problem, links));
        expect(cut.links).toBe(links);
        const label = groupsOf(problem.tree, n, links);
        const similarities = across(w, label);
        const moment = (p: number): number =>
          similarities.reduce((sum, s) => sum + s ** p, 0) / similarities.length;
        const sigma = Math.max(leastSigma, Math.sqrt(moment(2)));
        expect(cut.sigma).toBeCloseTo(sigma, 12);
        expect(sigmaOf(problem, links)).toBe(cut.sigma);
        // Student's t has the excess kurtosis 6 / (nu - 4); two standard errors of it, sqrt(24 / f), may be chance.
        const freedom = Math.max(1, freedomOf(cut.division));
        const excess = moment(4) / sigma ** 4 - 3 - 2 * Math.sqrt(24 / freedom);
        const tails = excess > 0 ? Math.min(freedom, 4 + 6 / excess) : freedom;
        if (tails < freedom) heavy++;
        expect(cut.tails).toBeCloseTo(tails, 9);
        const reach = (link: number): number =>
          Math.log((n * (n - 1)) / 2) + logStudentTail(link / sigma, tails);
        if (links === n - 1) expect(cut.logNoise).toBe(-Infinity);
        else expect(cut.logNoise).toBeCloseTo(reach(height[links]), 9);
        expect(cut.logCut).toBeCloseTo(reach(height[links - 1]), 9);
      }
      if (w.features === 18 && leastSigma < 0.01) expect(heavy).toBeGreaterThan(0);
    },
  );

  it('counts only the pairs that contain a pilot', () => {
    const w = gaussianEmbedding(4, 40, 5);
    const problem = cutProblem(w, 1e-15, 8);
    const p = problem.tree.pilots.length;
    expect(p).toBeLessThan(20);
    const { sigma, tails, logCut } = answerFromEmbedding(w, weighCut(problem, 3));
    const pairs = p * (40 - p) + (p * (p - 1)) / 2;
    const reach = Math.log(pairs) + logStudentTail(problem.tree.height[2] / sigma, tails);
    expect(logCut).toBeCloseTo(reach, 9);
  });
});

describe('promising cuts', () => {
  it('are all that noise does not explain and that are nearer to orthogonal than random directions', () => {
    let missed = 0;
    let found = 0;
    const cases = [
      ...[1, 2, 3, 4].map((seed) => twoGroups(0.02, seed)),
      ...[1, 2, 3].map((seed) => plantedBlocks(seed, 0.02).noisy.embedding),
      gaussianEmbedding(6, 20, 4),
    ].filter(({ features }) => features < 60);
    for (const w of cases) {
      const problem = cutProblem(w, 1e-15);
      const cuts = promisingCuts(problem);
      expect(cuts).toEqual(cuts.toSorted((a, b) => a - b));
      for (let links = 1; links < w.features; links++) {
        const { height } = problem.tree;
        if (links < height.length && height[links] === height[links - 1]) {
          expect(cuts).not.toContain(links);
          continue;
        }
        const cut = answerFromEmbedding(w, weighCut(problem, links));
        const single = { ...cut.division, blocks: cut.division.blocks, ignored: [] };
        const isNear = crossCosine(problem, single) ** 2 * problem.rank < 1;
        if (cut.logNoise >= Math.log(problem.significance) || !isNear) {
          if (!isNear) expect(cuts).not.toContain(links);
          else missed++;
          continue;
        }
        expect(cuts).toContain(links);
        found++;
      }
    }
    expect(found).toBeGreaterThanOrEqual(5);
    expect(missed).toBeGreaterThan(5);
  });

  it('are ruled out if noise explains a link that is kept, or does not explain one that is cut', () => {
    const w = twoGroups(0.02, 2);
    const problem = cutProblem(w, 1e-15);
    const limit = Math.log(problem.significance);
    const { height } = problem.tree;
    for (let links = 1; links < height.length; links++) {
      const cut = answerFromEmbedding(w, weighCut(problem, links));
      const freedom = Math.max(1, freedomOf(cut.division));
      const exact = { least: freedom, most: freedom };
      const expected = cut.logNoise >= limit || cut.logCut < limit;
      expect(isRuledOut(problem, links, exact, limit)).toBe(expected);
      // A cut must also be less probable under noise than the best one so far.
      expect(isRuledOut(problem, links, exact, cut.logNoise)).toBe(true);
      const isOther = cut.logCut < limit;
      expect(isRuledOut(problem, links, exact, cut.logNoise + 1e-9)).toBe(isOther);
    }
    const last = height.length;
    expect(isRuledOut(problem, last, { least: 5, most: 9 }, -1e300)).toBe(
      Math.log((18 * 17) / 2) + logStudentTail(height[last - 1] / sigmaOf(problem, last), 5) <
        limit,
    );
  });

  it('of three orthogonal features are only the last', () => {
    // Three orthogonal features: every link is 0, so no cut differs from the next but the last.
    const w = embedding(3, 3, Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1));
    expect(promisingCuts(cutProblem(w, 1e-15))).toEqual([2]);
  });
});
