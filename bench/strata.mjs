/**
 * Compares the variance of a loss estimate with stratified inputs and with the same number of plain inputs, at trained
 * weights. The variance of plain sampling is computed, not sampled: at small densities a sample rarely contains the inputs
 * that dominate the variance. Run `node bench/strata.mjs` after a build.
 */
import { batchLoss } from '@polysem/engine/models';
import { generator } from '@polysem/numerics/random';
import { inlineExecutor, trainMany, trainingDefaults } from '@polysem/engine/training';
import { kernelNamed } from '@polysem/engine/kernels';
import { stratify } from '@polysem/core/features';

const SEEDS = 200;
const variance = (values) => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
};

/** Variance for one plain input: of the loss, and of the gradient (summed over its entries). */
function plainVariance(model, batch, at) {
  const first = new Float64Array(at.length + 1);
  const second = new Float64Array(at.length + 1);
  const gradient = new Float64Array(at.length);
  const add = (weight, from, end) => {
    const loss = batchLoss(model, {
      rows: 1,
      features: model.features,
      rowStarts: Uint32Array.of(0, end - from),
      indices: batch.indices.subarray(from, end),
      values: batch.values.subarray(from, end),
    }).evaluate(at, gradient);
    [loss, ...gradient].forEach((value, j) => {
      first[j] += weight * value;
      second[j] += weight * value * value;
    });
  };
  add(batch.emptyWeight, 0, 0);
  for (let row = 0; row < batch.rows; row++)
    add(batch.weights[row], batch.rowStarts[row], batch.rowStarts[row + 1]);
  const [loss, ...rest] = second.map((square, j) => square - first[j] ** 2);
  return { loss, gradient: rest.reduce((a, b) => a + b, 0) };
}

console.log('features  dims  density  rows  variance reduction: loss, gradient');
for (const [features, dims] of [
  [6, 3],
  [20, 5],
]) {
  for (const density of [0.3, 0.1, 0.01, 0.001]) {
    const model = {
      task: 'compression',
      activation: 'relu',
      features,
      dims,
      importance: Array.from({ length: features }, () => 1),
    };
    const inputs = { shape: 'uniform-positive', density, unitVariance: false };
    const spec = { model, inputs, ...trainingDefaults(model), steps: 2000, restarts: 1, seed: 1 };
    // oxlint-disable-next-line no-await-in-loop -- one model after another
    const [trained] = await trainMany([spec], inlineExecutor(kernelNamed('wasm-simd')));
    const at = Float64Array.from([...trained.embedding.data, ...trained.bias]);
    const one = plainVariance(
      model,
      stratify(generator(0), inputs, features, { rows: 40_000 }),
      at,
    );
    for (const rows of [1024, 4096]) {
      const samples = Array.from({ length: SEEDS }, (_, seed) => {
        const batch = stratify(generator(seed + 1), inputs, features, { rows });
        const gradient = new Float64Array(at.length);
        return { rows: batch.rows, loss: batchLoss(model, batch).evaluate(at, gradient), gradient };
      });
      const taken = samples[0].rows;
      const spread = at.reduce((sum, _, j) => sum + variance(samples.map((s) => s.gradient[j])), 0);
      const reduction = [
        one.loss / taken / variance(samples.map((s) => s.loss)),
        one.gradient / taken / spread,
      ];
      console.log(
        [
          String(features).padStart(8),
          String(dims).padStart(4),
          String(density).padStart(7),
          String(taken).padStart(4),
          reduction[0].toPrecision(3).padStart(24),
          reduction[1].toPrecision(3).padStart(9),
        ].join('  '),
      );
    }
  }
}
