import { describe, expect, it } from 'vitest';
import { measureCapacity } from '../src/capacity/measure.ts';
import { forEachInBasis } from '../src/embedding/coordinates.ts';
import { type Embedding, embedding } from '../src/embedding/embedding.ts';
import { frameOperator } from '../src/embedding/frame-operator.ts';
import { blockSearch, withoutZeros } from '../src/geometry/block-search.ts';
import { crossSums } from '../src/geometry/cross-sums.ts';
import { isRuledOut, promisingCuts, sigmaOf, weighCut, widestCut } from '../src/geometry/cuts.ts';
import { freedomOf, type CutProblem } from '../src/geometry/division.ts';
import { freedomRanges } from '../src/geometry/freedom-range.ts';
import { linkTree } from '../src/geometry/link-tree.ts';
import {
  answerFromEmbedding,
  featuresOf,
  type WithQueries,
} from '../src/geometry/vector-queries.ts';
import { gaussianEmbedding } from './fixtures.ts';
import { plantedBlocks } from './planted-blocks.ts';

/** The kept vectors of an embedding in units of the mean norm, and all that cuts need to know. */
function linked(
  w: Embedding,
  noise: number,
  allPairs?: number,
): { unit: Embedding; problem: CutProblem } {
  const measured = measureCapacity(w);
  const { places, meanNorm, squaredNorm } = withoutZeros(measured.squaredNorm);
  const unit = featuresOf(w, places);
  for (let j = 0; j < unit.data.length; j++) unit.data[j] /= meanNorm;
  const tree = linkTree(unit, squaredNorm, allPairs);
  return {
    unit,
    problem: {
      dims: w.dims,
      features: places.length,
      squaredNorm,
      tree,
      cross: crossSums(tree, squaredNorm),
      rank: measured.rank,
      leastSigma: Math.max(1e-15, noise / Math.sqrt(w.dims)),
      significance: 1e-3,
    },
  };
}

const cases = [
  ...Array.from(
    { length: 6 },
    (_, seed) => plantedBlocks(seed, seed % 2 === 0 ? 0 : 0.03).noisy.embedding,
  ),
  ...Array.from({ length: 2 }, (_, seed) => gaussianEmbedding(24, 300, seed)),
];

describe('a cut that sizes of groups rule out', () => {
  it('fails the null model of noise with its true ranks too', () => {
    const limit = Math.log(1e-3);
    let ruledOut = 0;
    for (const w of cases) {
      const { unit, problem } = linked(w, 0.03, 32);
      const cuts = promisingCuts(problem);
      const ranges = freedomRanges(problem, cuts, (links) => sigmaOf(problem, links));
      for (const [k, links] of cuts.entries()) {
        const range = ranges[k];
        const cut = answerFromEmbedding(unit, weighCut(problem, links));
        const freedom = Math.max(1, freedomOf(cut.division));
        expect(freedom).toBeGreaterThanOrEqual(range.least);
        expect(freedom).toBeLessThanOrEqual(range.most);
        if (!isRuledOut(problem, links, range, limit)) continue;
        ruledOut++;
        expect(cut.logNoise >= limit || cut.logCut < limit).toBe(true);
      }
    }
    expect(ruledOut).toBeGreaterThan(40);
  });
});

describe('the search for blocks', () => {
  it('asks for few spectra where directions are random', () => {
    const w = gaussianEmbedding(64, 2000, 1);
    const { unit, problem } = linked(w, 0, 256);
    expect(promisingCuts(problem).length).toBeGreaterThan(50);
    const measured = measureCapacity(w);
    const kept = withoutZeros(measured.squaredNorm);
    const search = blockSearch(
      { dims: 64, precision: 'float64', measured, kept, tree: problem.tree },
      {},
    );
    let spectra = 0;
    answerFromEmbedding(
      unit,
      counted(search, () => spectra++),
    );
    // The evidence reports the widest cut, so its spectra are among those that are computed.
    expect(spectra).toBeLessThanOrEqual(2);
  });
});

/** A computation that reports its queries. */
function* counted<T>(asking: WithQueries<T>, report: () => void): WithQueries<T> {
  let step = asking.next();
  while (step.done !== true) {
    report();
    step = asking.next(yield step.value);
  }
  return step.value;
}

describe('products of a large embedding', () => {
  it('are the same in WebAssembly and in plain TypeScript, to rounding', () => {
    const w = gaussianEmbedding(256, 2100, 3);
    const plain = frameOperator(w, new Float64Array(w.features).fill(1));
    expect(farthest(frameOperator(w), plain)).toBeLessThan(1e-9);
    const products = new Float64Array(w.features * 256);
    forEachInBasis(w, plain, 256, (i, t) => products.set(t, i * 256));
    const some = embedding(256, 9, w.data.slice(0, 9 * 256));
    forEachInBasis(some, plain, 256, (i, t) => {
      expect(farthest(products.subarray(i * 256, (i + 1) * 256), t)).toBeLessThan(1e-8);
    });
  });
});

function farthest(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, x, k) => Math.max(most, Math.abs(x - b[k])), 0);
}

it.each([
  [[], undefined],
  [[0.5], 1],
  [[0.1, 0.2, 0.6, 0.7], 2],
  // Below the least noise, links do not differ.
  [[1e-9, 1e-3, 0.5], 2],
])('the widest cut of links at %j is before link %s', (height, cut) => {
  expect(widestCut({ tree: { height }, leastSigma: 1e-2 } as unknown as CutProblem)).toBe(cut);
});
