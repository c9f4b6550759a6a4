import { describe, expect, it } from 'vitest';
import { batchLoss } from '../src/models/batch-loss.ts';
import { dataInputs, dataSet, moments, sampleInputs } from '@polysem/core/features';
import { firstOrderDefaults } from '../src/descent/optimiser.ts';
import { generator, childGenerator } from '@polysem/numerics/random';
import { parameterLayout } from '../src/models/parameters.ts';
import { quadraticBatchLoss } from '../src/models/quadratic-batch-loss.ts';
import { quadraticExactLoss } from '../src/models/quadratic-exact-loss.ts';
import { train } from '../src/training/train.ts';
import {
  importance,
  quadratic,
  autoencoder,
  even,
  positive,
  matrixOf,
  spec,
  bySampling,
} from './training-cases.ts';

describe('training on data', () => {
  const rows = 20_000;
  const data = dataSet(matrixOf(even, rows, 9), rows, 4);

  it('from a distribution gives nearly the optimum of that distribution', () => {
    const result = train(spec(quadratic, { inputs: dataInputs(data, 0.1), restarts: 4 }), { data });
    const best = train(spec(quadratic, {}));
    const exact = quadraticExactLoss(quadratic, moments(even));
    const at = ({ embedding }: typeof best): number =>
      exact.evaluate(Float64Array.from(embedding.data), new Float64Array(8));
    const excess = at(result) - at(best);
    // Each of the two losses differs from its expectation by a few standard errors of a mean over
    // the rows.
    const { error } = bySampling((k) => {
      const batch = sampleInputs(childGenerator(generator(7), k), even, 4, 1000);
      const w = Float64Array.from(best.embedding.data);
      return quadraticBatchLoss(quadratic, batch).evaluate(w, new Float64Array(8));
    }, 18);
    expect(excess).toBeGreaterThanOrEqual(-1e-9 * at(best));
    expect(excess).toBeLessThan(2 * 4 * error);
    // The held-out loss of 2000 rows has three times the standard error of 18,000.
    expect(Math.abs(result.loss - at(result))).toBeLessThan(4 * 3 * error);
  });

  it('is evaluated on the training rows if no rows are held out, else on the held-out rows', () => {
    const set = dataSet(matrixOf(positive, 300, 2), 300, 4);
    for (const model of [autoencoder, quadratic]) {
      const all = train(spec(model, { loss: 'exact', inputs: dataInputs(set, 0) }), { data: set });
      const w = Float64Array.from(all.embedding.data);
      const parameters = Float64Array.of(...w, ...all.bias);
      const layout = parameterLayout(model);
      const loss = batchLoss(model, set.batch).evaluate(parameters, new Float64Array(layout.size));
      expect(all.loss).toBeCloseTo(loss, 12);
      const apart = train(spec(model, { loss: 'exact', inputs: dataInputs(set, 0.3) }), {
        data: set,
      });
      expect(Math.abs(apart.loss - loss) / loss).toBeGreaterThan(1e-3);
    }
  });

  it('does not use held-out rows', () => {
    // A single row is active; it is used either for training or for evaluation.
    const matrix = new Float64Array(40 * 4);
    matrix[4 * 17] = 1;
    const one = dataSet(matrix, 40, 4);
    const results = Array.from({ length: 12 }, (_, seed) => {
      const inputs = dataInputs(one, 0.5);
      return train(spec(autoencoder, { loss: 'exact', inputs, seed, restarts: 1 }), { data: one });
    });
    const trainedOn = results.filter(({ loss }) => loss < 1e-9);
    expect(trainedOn.length).toBeGreaterThan(0);
    expect(trainedOn.length).toBeLessThan(12);

    // A quadratic model that has seen only zeros has bias 0, and is evaluated on 20 rows.
    for (let seed = 0; seed < 12; seed++) {
      const inputs = dataInputs(one, 0.5);
      const { loss, bias, squaredNorm } = train(spec(quadratic, { inputs, seed }), { data: one });
      if (loss < 1e-9) continue;
      expect(bias[0]).toBe(0);
      expect(loss).toBeCloseTo((importance[0] - squaredNorm[0]) ** 2 / 20, 12);
    }
  });

  it('uses fresh batches of rows with every optimiser', () => {
    const set = dataSet(matrixOf(positive, 5000, 2), 5000, 4);
    const inputs = dataInputs(set, 0.2);
    const whole = train(spec(autoencoder, { loss: 'exact', inputs, restarts: 6 }), { data: set });
    for (const name of ['sgd', 'adam', 'adamw'] as const) {
      const optimiser = { ...firstOrderDefaults[name], weightDecay: 0 };
      const learningRate = name === 'sgd' ? 0.03 : 0.01;
      const { loss } = train(
        spec(autoencoder, {
          loss: 'sampled',
          optimiser,
          learningRate,
          inputs,
          steps: 1500,
          batch: 128,
          restarts: 6,
        }),
        { data: set },
      );
      expect(loss).toBeGreaterThan(0.95 * whole.loss);
      expect(loss).toBeLessThan(1.1 * whole.loss);
    }
  });
});
