// Training steps that the cost model is fitted to.

import { resolveInputs } from '@polysem/core/features';
import { firstOrderDefaults } from '@polysem/engine/descent';
import { initialParameters } from '@polysem/engine/training';
import { childGenerator, generator } from '@polysem/numerics/random';
import { sizedStep } from '../../packages/engine/dist/kernels/program/cost-model.js';
import { drawnInputs } from '../../packages/engine/dist/kernels/program/drawing.js';
import { correlationOf } from './fit-grid.mjs';

/**
 * An instance and its initial weights from a point: features, dims, batch, density, and optionally task, activation, tied,
 * shape of the values and name of a correlation.
 */
export function instanceOf({ features, dims, batch, density, ...rest }) {
  const { task = 'compression', activation = 'relu', tied = true } = rest;
  const { shape = 'uniform-positive', correlation } = rest;
  const importance = Array.from({ length: features }, () => 1 / features);
  const sizes = { task, features, dims, activation, importance };
  const model = task === 'compression' ? { ...sizes, tied } : sizes;
  const marginal = { shape, density, unitVariance: false };
  const inputs =
    correlation === undefined
      ? marginal
      : { kind: 'correlated', marginal, correlation: correlationOf(correlation, features) };
  const root = generator(7);
  const instance = {
    model,
    inputs: resolveInputs(inputs, features),
    batch,
    optimiser: firstOrderDefaults.adam,
    learningRate: 0.003,
    schedule: { shape: 'constant', warmUp: 0 },
    steps: 1e6,
    clip: null,
    stream: childGenerator(root, 1),
  };
  const start = initialParameters(model, { name: 'kaiming' }, childGenerator(root, 0));
  return { instance, start };
}

/** The step of a point, as the cost model takes it. */
export function plannedStep(point) {
  const { instance } = instanceOf(point);
  const { drawing, marginals } = drawnInputs(instance);
  const densities = marginals.map(({ density }) => density);
  return sizedStep({ model: instance.model, densities, batch: instance.batch, drawing });
}

/** A point in one line. */
export function nameOf({ features, dims, batch, density, ...rest }) {
  const words = Object.values(rest).filter((value) => typeof value === 'string');
  if (rest.tied === false) words.push('untied');
  return [`${features}-${dims} batch ${batch}, p ${density}`, ...words].join(', ');
}
