import { describe, expect, it } from 'vitest';
import { generator } from '@polysem/numerics/random';
import { embedding, embeddingFromVectors } from '../src/embedding/embedding.ts';
import { withoutZeros } from '../src/geometry/block-search.ts';
import { constructEfficient } from '../src/geometry/construct-efficient.ts';
import { promisingCuts } from '../src/geometry/cuts.ts';
import { findBlocks } from '../src/geometry/find-blocks.ts';
import { cutProblem } from './cut-problem.ts';

describe('the features that are not zero', () => {
  it('are longer than 2^-50 of the longest, in units of their mean norm', () => {
    const [above, below] = [2 ** -49.9, 2 ** -50.1].map((length) => (6 * length) ** 2);
    const kept = withoutZeros(Float64Array.of(0, 36, below, 9, above, 0));
    expect(kept.places).toEqual([1, 3, 4]);
    expect(kept.zeros).toEqual([0, 2, 5]);
    expect(kept.meanNorm).toBeCloseTo(3, 12);
    [4, 1, above / 9].forEach((n, k) => expect(kept.squaredNorm[k] / n).toBeCloseTo(1, 12));
  });

  it('do not exist in a zero matrix, whose unit is 1', () => {
    expect(withoutZeros(new Float64Array(3))).toEqual({
      places: [],
      zeros: [0, 1, 2],
      meanNorm: 1,
      squaredNorm: new Float64Array(0),
    });
  });
});

it('matrices without blocks differ from zero matrices', () => {
  const found = findBlocks(embedding(2, 3));
  // No links, no noise and no evidence; of no directions none are random.
  expect(found).toEqual({
    dims: 2,
    features: 3,
    rank: 0,
    verdict: 'none',
    components: [],
    eigenspaces: [],
    ignored: [0, 1, 2],
    full: [],
    noise: 0,
    evidence: {
      level: { from: 0, to: null, groups: 0, largest: 0 },
      threshold: 0,
      compared: null,
      noise: 0,
      chanceOfNoise: 1,
      chanceOfIsotropy: 1,
      crossCosine: 0,
      isotropicCosine: 1,
    },
    levels: [],
  });
  expect(findBlocks(embeddingFromVectors([[3, 4]]))).toMatchObject({
    verdict: 'none',
    components: [{ features: [0], dims: 1 }],
    full: [0],
  });
});

it('two vectors may be divided if their squared cosine is below that of random directions, 1/2', () => {
  for (const [degrees, cuts] of [
    [46, [1]],
    [44, []],
  ] as const) {
    const angle = (degrees * Math.PI) / 180;
    const w = embeddingFromVectors([
      [1, 0],
      [Math.cos(angle), Math.sin(angle)],
    ]);
    expect(promisingCuts(cutProblem(w, 1e-3))).toEqual(cuts);
  }
});

it('there are blocks only where both null models give them a probability below the significance', () => {
  const found = { blocks: 0, none: 0 };
  for (const significance of [1e-3, 0.02])
    for (let seed = 30; seed < 60; seed++) {
      const blocks = [1, 2, 1].map((dims, k) => ({ dims, features: [2, 4, 1][k] }));
      const { embedding: w } = constructEfficient(generator(seed), { blocks, noise: 0.1 });
      const { verdict, evidence, components } = findBlocks(w, { significance });
      found[verdict]++;
      expect(components.length > 1).toBe(verdict === 'blocks');
      if (verdict === 'none') continue;
      expect(evidence.chanceOfNoise).toBeLessThan(significance);
      expect(evidence.chanceOfIsotropy).toBeLessThan(significance);
    }
  expect(Math.min(found.blocks, found.none)).toBeGreaterThan(5);
});
