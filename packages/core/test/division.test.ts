import { describe, expect, it } from 'vitest';
import { generator, normal } from '@polysem/numerics/random';
import { embedding } from '../src/embedding/embedding.ts';
import { frameOperator } from '../src/embedding/frame-operator.ts';
import { gram } from '../src/embedding/gram.ts';
import { leftSingular } from '../src/embedding/singular.ts';
import {
  crossCosine,
  divisionOf,
  freedomOf,
  isotropicCosine,
  logIsotropy,
  logOrder,
  type Division,
} from '../src/geometry/division.ts';
import {
  answerFromEmbedding,
  featuresOf,
  type WithQueries,
} from '../src/geometry/vector-queries.ts';
import { cutProblem } from './cut-problem.ts';

const SIGMA = 0.03;
const g = generator(11);
/** Three features in the first two dimensions, four in the next two, one in the fifth, and a short one; with noise. */
const w = embedding(
  6,
  9,
  Float64Array.from({ length: 54 }, (_, j) => {
    const [i, d] = [Math.floor(j / 6), j % 6];
    const isOwn = i < 3 ? d < 2 : i < 7 ? d === 2 || d === 3 : i === 7 && d === 4;
    return (isOwn ? 1 + normal(g) : 0) + SIGMA * normal(g);
  }),
);
const problem = cutProblem(w, 1e-15);
const { squaredNorm } = problem;
const groups = [[0, 1, 2], [3, 4, 5, 6], [7], [8]];
const division: Division = answerFromEmbedding(w, divisionOf(problem, groups, SIGMA));

describe('a division into blocks', () => {
  it('has the spectra and ranks of its blocks, and leaves out single features that noise explains', () => {
    expect(division.blocks).toEqual(groups.slice(0, 3));
    expect(division.ignored).toEqual([8]);
    expect(division.ranks).toEqual([2, 2, 1]);
    division.blocks.forEach((block, k) => {
      expect(division.spectra[k]).toEqual(leftSingular(featuresOf(w, block)).values);
    });
  });

  it('leaves inner products across blocks free, except those that directions of blocks can remove', () => {
    // D = 5: 3 x 3 + 4 x 3 + 1 x 4 numbers, and (25 - 4 - 4 - 1) / 2 of them can be chosen.
    expect(freedomOf(division)).toBe(25 - 8);
    const square = { ...division, blocks: [[0], [1]], ranks: [1, 1] };
    expect(freedomOf(square)).toBe(2 - 1);
  });

  it('has a root mean square cosine across blocks, weighted by squared lengths', () => {
    const products = gram(w);
    const label = [0, 0, 0, 1, 1, 1, 1, 2, 3];
    let [squares, lengths] = [0, 0];
    for (let i = 0; i < 9; i++)
      for (let j = 0; j < i; j++)
        if (label[i] !== label[j]) {
          squares += products[i * 9 + j] ** 2;
          lengths += squaredNorm[i] * squaredNorm[j];
        }
    expect(crossCosine(problem, division)).toBeCloseTo(Math.sqrt(squares / lengths), 14);
    // Two ignored features are two blocks, and in one block there is nothing across.
    const apart = { ...division, blocks: groups.slice(0, 2), ignored: [7, 8] };
    expect(crossCosine(problem, apart)).toBeCloseTo(Math.sqrt(squares / lengths), 14);
    const whole = { ...division, blocks: [[0, 1, 2, 3, 4, 5, 6, 7, 8]] };
    expect(crossCosine(problem, whole)).toBe(0);
    expect(isotropicCosine({ ...problem, rank: 5 })).toBeCloseTo(1 / Math.sqrt(5), 14);
    // Independent features are random in all dimensions.
    expect(isotropicCosine({ ...problem, dims: 16, features: 5, rank: 5 })).toBe(1 / 4);
  });

  it('is improbable for random directions by the bound of Chernoff, times the number of divisions', () => {
    const [freedom, parts] = [17, 4];
    const ratio = (crossCosine(problem, division) / isotropicCosine(problem)) ** 2;
    // Into four blocks, of which one holds the ignored feature: at most 4^9 / 4!, or (9 choose 4) 4^5 / 2.
    const ways = Math.log(Math.min(parts ** 9 / 24, (126 * 4 ** 5) / 2));
    const expected = ways - (freedom / 2) * (ratio - 1 - Math.log(ratio));
    expect(expected).toBeLessThan(-5);
    expect(logIsotropy(problem, division)).toBeCloseTo(expected, 9);
    const without = { ...division, ignored: [] };
    const three = Math.log(Math.min(3 ** 9 / 6, (84 * 3 ** 6) / 2));
    const own = (crossCosine(problem, without) / isotropicCosine(problem)) ** 2;
    expect(logIsotropy(problem, without)).toBeCloseTo(
      three - (freedom / 2) * (own - 1 - Math.log(own)),
      9,
    );
    // One block, or more dimensions than the rank.
    expect(logIsotropy(problem, { ...division, blocks: [groups[0]], ranks: [2] })).toBe(0);
    expect(logIsotropy({ ...problem, rank: 4 }, division)).toBe(0);
    expect(logIsotropy({ ...problem, rank: 5 }, division)).toBeLessThan(0);
    const whole = { ...division, blocks: [[0, 1, 2, 3, 4, 5, 6, 7, 8]], ranks: [5], ignored: [] };
    expect(logIsotropy(problem, whole)).toBe(0);
    // Two blocks count, and a probability is at most 1.
    const two = { ...division, blocks: groups.slice(0, 2), ranks: [2, 2], ignored: [7, 8] };
    expect(logIsotropy(problem, two)).toBeLessThan(-1);
    const random = {
      ...two,
      blocks: [
        [0, 3, 7],
        [1, 4, 6, 2],
      ],
      ranks: [2, 2],
      ignored: [5, 8],
    };
    expect(logIsotropy(problem, random)).toBe(0);
  });

  it('is too orderly for noise by the bound of Chernoff on products of singular vectors with S', () => {
    const order = (sigma: number): number => {
      const ask = function* (): WithQueries<number> {
        return yield* logOrder(problem, division, sigma);
      };
      return answerFromEmbedding(w, ask());
    };
    const s = frameOperator(w);
    const axes = division.blocks.flatMap((block, k) => {
      const { values, vectors } = leftSingular(featuresOf(w, block));
      return Array.from({ length: division.ranks[k] }, (_, r) => ({
        k,
        gamma: values[r] ** 2,
        u: vectors.slice(6 * r, 6 * r + 6),
      }));
    });
    const ratioFor = (sigma: number): { ratio: number; count: number } => {
      let [sum, count] = [0, 0];
      axes.forEach((a, x) =>
        axes.slice(0, x).forEach((b) => {
          if (a.k === b.k) return;
          let product = 0;
          for (let r = 0; r < 6; r++)
            for (let c = 0; c < 6; c++) product += a.u[r] * s[6 * r + c] * b.u[c];
          const variance = sigma ** 2 * (1 / a.gamma + 1 / b.gamma) * (a.gamma + b.gamma) ** 2;
          sum += product ** 2 / variance;
          count++;
        }),
      );
      return { ratio: sum / count, count };
    };
    // A larger noise makes the same products too orderly.
    for (const sigma of [0.3, 1]) {
      const { ratio, count } = ratioFor(sigma);
      expect(count).toBe(2 * 2 + 2 * 1 + 2 * 1);
      expect(ratio).toBeLessThan(1);
      expect(order(sigma)).toBeCloseTo((-count / 2) * (ratio - 1 - Math.log(ratio)), 9);
    }
    const ofTwo = { ...division, blocks: groups.slice(0, 2), ranks: [2, 2] };
    const ask = function* (): WithQueries<number> {
      return yield* logOrder(problem, ofTwo, 1);
    };
    expect(answerFromEmbedding(w, ask())).toBeLessThan(0);
    // Rounding is no noise.
    expect(order(problem.leastSigma)).toBe(0);
  });
});
