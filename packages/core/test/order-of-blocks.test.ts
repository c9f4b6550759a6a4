import { expect, it } from 'vitest';
import { embedding, embeddingSource } from '../src/embedding/index.ts';
import { divisionOf, logOrder } from '../src/geometry/division.ts';
import { answerFromEmbedding, type WithQueries } from '../src/geometry/vector-queries.ts';
import { answerQueries } from '../src/streaming/geometry/answer-queries.ts';
import { inlineWorker } from '../src/streaming/workers.ts';
import { generator, normal } from '@polysem/numerics/random';
import { cutProblem } from './cut-problem.ts';

const SIGMA = 0.02;
/** A triangle, an antipodal pair and a feature of its own, with noise. */
const vectors = [
  [1, 0, 0, 0],
  [-0.5, Math.sqrt(0.75), 0, 0],
  [-0.5, -Math.sqrt(0.75), 0, 0],
  [0, 0, 1, 0],
  [0, 0, -1, 0],
  [0, 0, 0, 1],
];
const g = generator(3);
const w = embedding(
  4,
  6,
  Float64Array.from(vectors.flat(), (x) => x + SIGMA * normal(g)),
);
const problem = cutProblem(w, 1e-15);
const { squaredNorm } = problem;

function* order(): WithQueries<number> {
  const division = yield* divisionOf(problem, [[0, 1, 2], [3, 4], [5]], SIGMA);
  return yield* logOrder(problem, division, SIGMA);
}

it('tests the order of blocks with a single feature in memory as in a stream', async () => {
  const inMemory = answerFromEmbedding(w, order());
  const source = embeddingSource(w);
  const streamed = await answerQueries(source, squaredNorm, order(), inlineWorker(), {});
  // Noise: nothing extreme in 2 + 2 + 1 inner products of singular vectors.
  expect(inMemory).toBeLessThan(0);
  expect(inMemory).toBeGreaterThan(Math.log(1e-3));
  // Singular vectors of two summations agree to rounding.
  expect(streamed).toBeCloseTo(inMemory, 9);
});
