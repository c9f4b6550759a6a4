import { describe, expect, it } from 'vitest';
import { generator } from '@polysem/numerics/random';
import { initialisations, type InitialisationName } from '../src/names/initialisations.ts';
import { initialParameters, type Initialisation } from '../src/training/initialise.ts';
import { leftSingular, embedding } from '@polysem/core/embedding';
import type { ToyModel } from '../src/models/toy-model.ts';

const [features, dims] = [400, 100];
const untied: ToyModel = {
  task: 'compression',
  activation: 'relu',
  features,
  dims,
  importance: Array.from({ length: features }, (_, i) => 1 + (i % 4)),
  tied: false,
};
const size = features * dims;

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/**
 * Largest error of the mean square of normals, relative to their variance: five standard errors of
 * sqrt(2 / n).
 */
const spread = (n: number): number => 5 * Math.sqrt(2 / n);

describe('initialParameters', () => {
  it.each<[Initialisation, number, number]>([
    [{ name: 'xavier' }, 2 / (features + dims), 2 / (features + dims)],
    [{ name: 'kaiming' }, 2 / features, 2 / dims],
    [{ name: 'small' }, 2e-4 / (features + dims), 2e-4 / (features + dims)],
    // PyTorch's fans of a tensor of shape (7, N, D): N D in, 7 D out.
    [
      { name: 'notebook', instances: 7 },
      2 / (features * dims + 7 * dims),
      2 / (features * dims + 7 * dims),
    ],
    [{ name: 'importance' }, mean(untied.importance) / dims, mean(untied.importance) / dims],
  ])('%j has its documented variance, in W and in U', (initialisation, forW, forU) => {
    const parameters = initialParameters(untied, initialisation, generator(3));
    for (const [from, variance] of [
      [0, forW],
      [size, forU],
    ]) {
      const entries = parameters.slice(from, from + size);
      const square = mean(entries.map((w) => w * w));
      // Entries of unequal variance spread more: E v^2 / (E v)^2 = 1.2 for importances 1 to 4.
      expect(Math.abs(square / variance - 1)).toBeLessThan(1.1 * spread(size));
      expect(Math.abs(mean(entries))).toBeLessThan(5 * Math.sqrt(variance / size));
      const fourth = mean(entries.map((w) => w ** 4)) / square ** 2;
      // 3 for a normal, with standard error sqrt(96 / n) at most; 3.6 for the mixture.
      expect(Math.abs(fourth - (initialisation.name === 'importance' ? 3.6 : 3))).toBeLessThan(
        8 * Math.sqrt(96 / size),
      );
    }
    expect(parameters.slice(2 * size)).toEqual(new Float64Array(features));
  });

  it('scales features by importance on request', () => {
    const parameters = initialParameters(untied, { name: 'importance' }, generator(4));
    for (let v = 1; v <= 4; v++) {
      let square = 0;
      for (let i = v - 1; i < features; i += 4) {
        for (let d = 0; d < dims; d++) square += parameters[i * dims + d] ** 2;
      }
      expect(Math.abs(square / (features / 4) / v - 1)).toBeLessThan(spread(size / 4));
    }
  });

  it.each([
    [1, 1],
    [5, 2],
    [7, 7],
    [40, 13],
  ])('draws D orthonormal directions over the features: %d in %d', (n, d) => {
    const model: ToyModel = {
      ...untied,
      features: n,
      dims: d,
      importance: Array.from({ length: n }, () => 1),
    };
    const parameters = initialParameters(model, { name: 'orthogonal' }, generator(n));
    for (const from of [0, n * d]) {
      const w = embedding(d, n, parameters.slice(from, from + n * d));
      const { values } = leftSingular(w);
      expect(values.length).toBe(d);
      values.forEach((value) => expect(Math.abs(value - 1)).toBeLessThan(1e-14));
    }
    if (d > 1) expect(parameters.slice(0, n * d)).not.toEqual(parameters.slice(n * d, 2 * n * d));
  });

  it('starts biases at 0 and free output weights at 1 under every name', () => {
    const free: ToyModel = {
      task: 'computation',
      activation: 'gelu',
      features: 3,
      dims: 2,
      importance: [1, 1, 1],
      outputWeights: 'free',
    };
    for (const name of Object.keys(initialisations) as InitialisationName[]) {
      const initialisation = name === 'notebook' ? { name, instances: 1 } : { name };
      const parameters = initialParameters(free, initialisation, generator(1));
      expect(parameters.slice(6)).toEqual(Float64Array.of(0, 1, 1));
      expect(parameters.slice(0, 6).every((w) => w !== 0)).toBe(true);
      expect(initialParameters(free, initialisation, generator(1))).toEqual(parameters);
    }
  });
});
