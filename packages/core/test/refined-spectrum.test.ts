import { generator } from '@polysem/numerics/random';
import { expect, it } from 'vitest';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { leftSingular } from '../src/embedding/singular.ts';
import { randomOrthogonal } from '../src/geometry/random-tight-frame.ts';
import { refineSpectrum } from '../src/streaming/refine-spectrum.ts';
import { spectrumOf } from '../src/streaming/spectrum-pass.ts';
import { inlineWorker } from '../src/streaming/workers.ts';
import { planted } from './stream-cases.ts';

it.each([1e3, 1e5, 1e7, 1e9, 1e11])(
  'finds the rank and the singular values of a matrix of condition %d with missing dimensions',
  async (condition) => {
    for (let seed = 0; seed < 5; seed++) {
      const w = planted({ dims: 30, features: 100, seed, condition, rank: 28 });
      const known = leftSingular(w);
      // oxlint-disable-next-line no-await-in-loop
      const found = await spectrumOf(embeddingSource(w), { precision: 'float64' }, inlineWorker());
      expect([found.rank, found.rankInDoubt]).toEqual([28, false]);
      found.eigenvalues.forEach((lambda, k) => {
        const value = Math.sqrt(lambda) / found.scale;
        // As in S: 100 roundings of the largest eigenvalue, or of the largest singular value where values are refined.
        const ratio = known.values[0] / known.values[k];
        const error = 100 * 2 ** -53 * known.values[0] * (ratio < 2 ** 13 ? ratio : 1);
        expect(Math.abs(value - known.values[k])).toBeLessThan(error);
      });
      for (let k = 0; k < 28; k++) {
        for (let j = 0; j <= k; j++) {
          let dot = 0;
          for (let d = 0; d < 30; d++) dot += found.vectors[k * 30 + d] * found.vectors[j * 30 + d];
          expect(Math.abs(dot - (j === k ? 1 : 0))).toBeLessThan(1e-12);
        }
      }
    }
  },
);

it.each([
  ['apart', [4, 2, 1e-17, 3e-18, 1e-18]],
  ['far apart', [4, 1, 0.5, 1e-16, 1e-19, 1e-22]],
  ['of one strong direction', [1, 1e-18, 1e-20]],
  ['of no strong direction', [3, 1, 1e-9]],
  // Rounding can hide an eigenvalue that is larger than one that it shows.
  ['out of order', [4, 0.2, 0.5, 1e-3]],
  ['out of order to the end', [4, 0.2, 0.5, 0.3]],
])('removes the overlap of strong and weak directions: eigenvalues %s', (name, lambda) => {
  const dims = lambda.length;
  const r =
    { 'of no strong direction': 0, 'out of order': 2, 'out of order to the end': 2 }[name] ??
    lambda.filter((x) => x > 0.1).length;
  const q = randomOrthogonal(generator(5), dims);
  // Every weak direction is turned towards every strong one by an angle of about 1e-8, whose square counts as much as the
  // weak eigenvalues: V = turn Q, and the sums are V S V^T = turn diag(lambda) turn^T.
  let turn = Float64Array.from({ length: dims * dims }, (_, j) => (j % (dims + 1) === 0 ? 1 : 0));
  for (let a = r; a < dims; a++)
    for (let s = 0; s < r; s++) {
      const angle = 1e-8 * (1 + 0.3 * a - 0.7 * s);
      const [c, d] = [Math.cos(angle), Math.sin(angle)];
      const next = turn.slice();
      for (let k = 0; k < dims; k++) {
        next[a * dims + k] = c * turn[a * dims + k] + d * turn[s * dims + k];
        next[s * dims + k] = c * turn[s * dims + k] - d * turn[a * dims + k];
      }
      turn = next;
    }
  const product = (a: Float64Array, b: (k: number, j: number) => number): Float64Array =>
    Float64Array.from({ length: dims * dims }, (_, at) => {
      let sum = 0;
      for (let k = 0; k < dims; k++) sum += a[Math.floor(at / dims) * dims + k] * b(k, at % dims);
      return sum;
    });
  const vectors = product(turn, (k, j) => q[k * dims + j]);
  const sums = product(turn, (k, j) => lambda[k] * turn[j * dims + k]);
  const found = refineSpectrum({
    dims,
    strong: Float64Array.from(lambda.slice(0, r)),
    vectors,
    rows: sums.slice(r * dims),
  });
  // Squares that cancel sum to at most 4 r (2.5e-8)^2, about 1e-14, with some 10 roundings; a whole decomposition has errors
  // of a few roundings of its largest eigenvalue.
  const isGraded = lambda[r] < 0.1;
  const error = r > 0 && isGraded ? 10 * 2 ** -52 * 1e-14 : 1e-14;
  const order = lambda.map((_, k) => k).toSorted((j, k) => lambda[k] - lambda[j]);
  order.forEach((own, k) => {
    const limit = own < r ? 1e-14 : error + 1e-12 * lambda[own];
    expect(Math.abs(found.values[k] - lambda[own])).toBeLessThan(limit);
    for (let j = 0; j < dims; j++) {
      let dot = 0;
      for (let d = 0; d < dims; d++) dot += found.vectors[k * dims + d] * q[j * dims + d];
      // Weak directions mix by that error over the difference of their eigenvalues.
      const mixed = own < r !== j < r && isGraded ? 1e-14 : 1e-6;
      expect(Math.abs(Math.abs(dot) - (j === own ? 1 : 0))).toBeLessThan(mixed);
    }
  });
});

it('rounds nothing in a diagonal that one decomposition resolves', () => {
  // Roots of 3, 5 and 6, which a factorisation would take, are rounded.
  const lambda = [6, 5, 3];
  const diagonal = Float64Array.from({ length: 9 }, (_, j) => (j % 4 === 0 ? lambda[j / 4] : 0));
  const unit = diagonal.map((x) => Number(x > 0));
  const given = { dims: 3, strong: new Float64Array(0), vectors: unit, rows: diagonal };
  const { values, vectors } = refineSpectrum(given);
  expect([...values]).toEqual(lambda);
  expect(vectors.map(Math.abs)).toEqual(unit);
});

it('gives 0 for eigenvalues that are lost in rounding', () => {
  const unit = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  const refined = (rows: Float64Array) =>
    refineSpectrum({ dims: 3, strong: new Float64Array(0), vectors: unit, rows });
  // The square of (5, 3, 1), of length sqrt(35): products of whole numbers are exact.
  const v = [5, 3, 1];
  const one = refined(Float64Array.from({ length: 9 }, (_, j) => v[Math.floor(j / 3)] * v[j % 3]));
  expect([one.values[0] / 35, one.values[1], one.values[2]]).toEqual([expect.closeTo(1, 14), 0, 0]);
  v.forEach((x, d) => expect(Math.abs(one.vectors[d])).toBeCloseTo(x / Math.sqrt(35), 14));
  const none = refined(new Float64Array(9));
  expect([...none.values]).toEqual([0, 0, 0]);
  expect(none.vectors.map(Math.abs)).toEqual(unit);
});
