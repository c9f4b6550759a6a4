import fc from 'fast-check';
import {
  distributionNames,
  type Correlation,
  type FeatureDistribution,
  type DistributionName,
} from '@polysem/core/features';
import type { Loss } from '../src/models/loss.ts';
import type { QuadraticModel } from '../src/models/toy-model.ts';
import { gaussianEmbedding } from '../../core/test/fixtures.ts';

export function model(features: number, dims: number): QuadraticModel {
  const importance = Array.from({ length: features }, (_, i) => 0.5 + ((i * 0.37) % 1.1));
  return { task: 'computation', activation: 'quadratic', features, dims, importance };
}

export function distribution(shape: DistributionName, density: number): FeatureDistribution {
  const more = shape === 'student-t' ? { degreesOfFreedom: 12 } : {};
  return { shape, density, unitVariance: true, ...more };
}

export function correlated(
  marginal: FeatureDistribution | FeatureDistribution[],
  correlation: Correlation,
) {
  return { kind: 'correlated', marginal, correlation } as const;
}

export function difference(a: Float64Array, b: Float64Array): number {
  const scale = Math.max(1, ...a.map(Math.abs));
  return Math.max(...a.map((value, at) => Math.abs(value - b[at]))) / scale;
}

/** The larger of the relative differences in loss and gradient at random weights. */
export function disagreement(
  one: Loss,
  other: Loss,
  features: number,
  dims: number,
  seed: number,
): number {
  const w = gaussianEmbedding(dims, features, seed).data as Float64Array;
  const gradients = [new Float64Array(w.length), new Float64Array(w.length)];
  const a = one.evaluate(w, gradients[0]);
  const b = other.evaluate(w, gradients[1]);
  return Math.max(Math.abs(a - b) / (1 + Math.abs(a)), difference(gradients[0], gradients[1]));
}

export const anyShape = fc.constantFrom<DistributionName>(...distributionNames);

export const sameValues = (n: number, value: number): number[] =>
  Array.from({ length: n }, () => value);

export const constantCorrelation = (n: number, r: number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => (i === j ? 1 : r)));
