// Trains models with every method of the kernel and prints a digest of the bytes. fast-vectors.test.ts runs this program.
import { createHash } from 'node:crypto';
import { fastestKernel } from '@polysem/engine/kernels';
import { firstOrderDefaults } from '@polysem/engine/descent';
import { resolveInputs } from '@polysem/core/features';
import { generator, childGenerator } from '@polysem/numerics/random';
import { initialParameters } from '@polysem/engine/training';
import { allowFastVectors } from '@polysem/threads/node';

const isWide = allowFastVectors();
const kernel = fastestKernel();
const hash = createHash('sha256');
let place = 0;

const groups = [
  [4, 0],
  [1, 3, 5],
];
/** Correlations of at least six features. */
const correlations = (features) => [
  { kind: 'together', groups },
  { kind: 'one-of', groups },
  { kind: 'copula', loadings: 0.6 },
  { kind: 'copula', loadings: Array.from({ length: features }, (_, i) => 0.9 - i / features) },
  {
    kind: 'copula',
    matrix: Array.from({ length: features }, (_, i) =>
      Array.from({ length: features }, (__, j) => 0.9 ** Math.abs(i - j)),
    ),
  },
];

function train(task, activation, features, dims, inputs) {
  const importance = Array.from({ length: features }, (_, i) => 1 / (1 + i));
  const model = { task, activation, features, dims, importance };
  const stream = childGenerator(generator(1), place++);
  const instance = {
    model,
    inputs: resolveInputs(inputs, features),
    batch: 501,
    optimiser: firstOrderDefaults.adamw,
    learningRate: 0.01,
    schedule: { shape: 'cosine', warmUp: 3 },
    steps: 60,
    clip: 1,
    stream,
  };
  const state = kernel.begin(
    initialParameters(model, { name: 'xavier' }, childGenerator(stream, 1)),
  );
  const losses = new Float64Array(60);
  kernel.advance(instance, state, losses);
  hash.update(new Uint8Array(state.parameters.buffer));
  hash.update(new Uint8Array(losses.buffer));
}

for (const task of ['compression', 'computation']) {
  for (const activation of ['relu', 'gelu']) {
    for (const [features, dims] of [
      [1, 1],
      [3, 2],
      [6, 3],
      [13, 5],
      [60, 18],
    ]) {
      for (const density of [1, 0.3, 0.05, 0.004]) {
        const marginal = { shape: 'gaussian', density, unitVariance: false };
        train(task, activation, features, dims, marginal);
        if (features < 6 || density === 1 || activation !== 'relu') continue;
        for (const correlation of correlations(features)) {
          train(task, activation, features, dims, { kind: 'correlated', marginal, correlation });
        }
      }
    }
  }
}
// Lists of unclipped outputs, which smaller models do not use.
for (const density of [0.1, 0.02]) {
  const marginal = { shape: 'gaussian', density, unitVariance: false };
  train('compression', 'relu', 200, 20, marginal);
}
process.stdout.write(
  `${JSON.stringify({ isWide, kernel: kernel.name, digest: hash.digest('hex') })}\n`,
);
