import { power } from '@polysem/numerics/elementary';
import { embedding, gram, type Embedding } from '@polysem/core/embedding';
import { sampleFeatures, type FeatureDistribution } from '@polysem/core/features';
import { allocateQuadratic, marginalBenefit } from '@polysem/core/theory';
import { quadraticExactLoss, standardMoments } from '@polysem/engine/models';
import {
  childGenerator,
  generator,
  integerBelow,
  normal,
  uniformBetween,
  type Generator,
} from '@polysem/numerics/random';
import { quadraticModel } from '../quadratic-model.ts';
import { uniformKurtosis } from '../uniform-kurtosis.ts';
import { capacityOfPairs } from './random-embedding.ts';

/** The loss of the quadratic model (sections 3.1 to 3.3) computed in several ways; largest deviations. */
export interface LossFacts {
  readonly draws: number;
  readonly samples: number;
  /** Distance of equation 12 from the error of networks on sampled inputs, in standard errors. */
  readonly sampled: number;
  /** Relative difference between equation 12, from all pairs, and the exact loss that networks are trained on. */
  readonly pairs: number;
  /** Relative difference between equations 12 and 13. */
  readonly capacities: number;
  /** Relative distance of the best squared norm from a numerical minimum of equation 13. */
  readonly norm: number;
  /** Relative distance of equation 14 from a numerical derivative of equation 13 at its minimum over n. */
  readonly derivative: number;
  /** Features that the solver ignores or represents fully against the thresholds of equations 17 and 18. */
  readonly misplaced: number;
  /** Distance of the mean of x^4 from 9 / (5 p), in standard errors. */
  readonly kurtosis: number;
}

/** Number of standard errors by which a sampled mean may differ: exceeded once in 16,000 tries. */
export const STANDARD_ERRORS = 4;
const SAMPLES = 100_000;
const DENSITY = 0.5;

/** Computes the loss of random networks in several ways. */
export function lossFacts(draws: number, seed: number): LossFacts {
  const worst = { pairs: 0, capacities: 0, norm: 0, derivative: 0, misplaced: 0 };
  for (let draw = 0; draw < draws; draw++) {
    const g = childGenerator(childGenerator(generator(seed), 14), draw);
    const model = randomModel(g);
    const [pairs, ofCapacities] = [lossOfPairs(model), lossOfCapacities(model)];
    const exact = quadraticExactLoss(
      quadraticModel(model.w.dims, model.importance),
      model.kurtosis.map(standardMoments),
    );
    const trained = exact.evaluate(Float64Array.from(model.w.data), new Float64Array(exact.size));
    worst.pairs = Math.max(worst.pairs, Math.abs(trained / pairs - 1));
    worst.capacities = Math.max(worst.capacities, Math.abs(ofCapacities / pairs - 1));
    const [v, k] = [model.importance[0], model.kurtosis[0]];
    const one = minimumOver(v, k, uniformBetween(g, 0.05, 0.95));
    worst.norm = Math.max(worst.norm, one.norm);
    worst.derivative = Math.max(worst.derivative, one.derivative);
    worst.misplaced += misplaced(model);
  }
  const g = childGenerator(generator(seed), 15);
  return { draws, samples: SAMPLES, ...worst, ...sampledFacts(g) };
}

interface RandomModel {
  readonly w: Embedding;
  readonly importance: readonly number[];
  readonly kurtosis: readonly number[];
}

function randomModel(g: Generator): RandomModel {
  const dims = 1 + integerBelow(g, 5);
  const features = dims + 1 + integerBelow(g, 8);
  const w = embedding(
    dims,
    features,
    Float64Array.from({ length: dims * features }, () => normal(g)),
  );
  const drawn = (from: number, to: number): number[] =>
    Array.from({ length: features }, () => uniformBetween(g, from, to));
  return { w, importance: drawn(0.2, 4), kurtosis: drawn(3.5, 40) };
}

/** Equation 12, term by term, with one kurtosis per feature. */
function lossOfPairs({ w, importance, kurtosis }: RandomModel): number {
  const dots = gram(w);
  const { features } = w;
  let loss = 0;
  for (let i = 0; i < features; i++)
    for (let j = 0; j < features; j++) {
      const dot = dots[i * features + j];
      loss += i === j ? (kurtosis[i] - 1) * (dot - importance[i]) ** 2 : 2 * dot * dot;
    }
  return loss;
}

/** Equation 13: the same loss from lengths and capacities only. */
function lossOfCapacities({ w, importance, kurtosis }: RandomModel): number {
  const dots = gram(w);
  return capacityOfPairs(dots, w.features).reduce(
    (sum, c, i) => sum + ofCapacity(importance[i], kurtosis[i], c, dots[i * w.features + i]),
    0,
  );
}

/** A feature's term of equation 13. */
function ofCapacity(v: number, k: number, c: number, n: number): number {
  return (k - 1) * (n - v) ** 2 - 2 * n * n + (2 * n * n) / c;
}

/** Minimises a term of equation 13 over n by golden-section search, and differentiates the minimum. */
function minimumOver(v: number, k: number, c: number): { norm: number; derivative: number } {
  const best = (capacity: number): number => goldenMinimum((n) => ofCapacity(v, k, capacity, n), v);
  const least = (capacity: number): number => ofCapacity(v, k, capacity, best(capacity));
  const step = 1e-4;
  const slope = (least(c - step) - least(c + step)) / (2 * step);
  const norm = ((k - 1) * v * c) / (2 + (k - 3) * c);
  return {
    norm: Math.abs(best(c) / norm - 1),
    derivative: Math.abs(slope / marginalBenefit(v, k, c) - 1),
  };
}

/** The minimum of a convex function on [0, most]. */
function goldenMinimum(of: (x: number) => number, most: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [0, most];
  for (let k = 0; k < 60; k++) {
    const [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
    if (of(a) < of(b)) high = b;
    else low = a;
  }
  return (low + high) / 2;
}

/** Features whose phase contradicts the thresholds: ignored if (k - 1) v / 2 <= lambda, full if v >= lambda. */
function misplaced({ importance, kurtosis, w: { dims } }: RandomModel): number {
  const { phase, price } = allocateQuadratic({ importance, kurtosis, dims });
  const lambda = Math.sqrt(price / 2);
  return phase.filter((name, i) => {
    const threshold = name === 'ignored' ? ((kurtosis[i] - 1) * importance[i]) / 2 : importance[i];
    if (name === 'ignored') return threshold > lambda * (1 + 1e-9);
    if (name === 'full') return threshold < lambda * (1 - 1e-9);
    return importance[i] >= lambda || ((kurtosis[i] - 1) * importance[i]) / 2 <= lambda;
  }).length;
}

/** The error of a random network on sampled inputs, and the kurtosis of these inputs, against their formulas. */
function sampledFacts(g: Generator): Pick<LossFacts, 'sampled' | 'kurtosis'> {
  const model = randomModel(g);
  const { features, dims, data } = model.w;
  const inputs: FeatureDistribution = { shape: 'uniform', density: DENSITY, unitVariance: true };
  const x = new Float64Array(SAMPLES * features);
  sampleFeatures(g, inputs, features, x);
  const fourth = new Float64Array(SAMPLES);
  const error = Float64Array.from({ length: SAMPLES }, (_, row) => {
    let difference = 0;
    for (let i = 0; i < features; i++)
      difference += model.importance[i] * x[row * features + i] ** 2;
    for (let d = 0; d < dims; d++) {
      let hidden = 0;
      for (let i = 0; i < features; i++) hidden += data[i * dims + d] * x[row * features + i];
      difference -= hidden * hidden;
    }
    fourth[row] = power(x[row * features], 4);
    return difference;
  });
  const k = uniformKurtosis(DENSITY);
  const expected = lossOfPairs({ ...model, kurtosis: model.kurtosis.map(() => k) });
  // The best b is the mean of the difference, and the loss its variance.
  const mean = meanOf(error).mean;
  const loss = meanOf(error.map((e) => (e - mean) ** 2));
  const moment = meanOf(fourth);
  return {
    sampled: Math.abs(loss.mean - expected) / loss.standardError,
    kurtosis: Math.abs(moment.mean - k) / moment.standardError,
  };
}

function meanOf(values: Float64Array): { mean: number; standardError: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const square = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return { mean, standardError: Math.sqrt(square / values.length) };
}
