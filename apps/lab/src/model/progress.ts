import type { FeatureSource } from '@polysem/core/embedding';
import type { StreamProgress } from '@polysem/core/streaming';
import type { ModelProgress } from './messages.ts';

/** Cost of the eigenvectors, which one worker computes, beside that of a pass: multiply-adds per cubed side. */
const EIGEN = 8;
/** Features in the sample that decides the precision, and features from which it is drawn, in multiples of the dimensions. */
const [SAMPLE, SAMPLED_FROM] = [4, 16];
/** Cost of a sample, which is summed in float32 and in float64, beside that of as many features in a pass. */
const TWICE = 3;

/** Costs of the stages of a measurement in multiply-adds, in their order. */
type Costs = Partial<Record<StreamProgress['stage'], number>>;

/** The costs of measuring a matrix. */
export function costsOf(
  { features, dims }: FeatureSource,
  neighbours: number,
): Costs & { readonly frame: number } {
  const side = Math.min(features, dims);
  const frame = features * dims * side;
  const sample = features < SAMPLED_FROM * dims ? 0 : TWICE * SAMPLE * dims ** 3;
  // Fewer features than dimensions are measured from their Gram matrix, without a second pass.
  const second = features < dims ? 0 : frame;
  return { sample, frame, spectrum: EIGEN * side ** 3, features: second, neighbours };
}

const sum = (parts: readonly number[]): number => parts.reduce((a, b) => a + b, 0);

/** Translates progress of a stage into progress of the whole, which never decreases. */
export function reporter(
  { features, dims, precision }: FeatureSource,
  costs: Costs,
  onProgress: (progress: ModelProgress) => void,
): (progress: StreamProgress) => void {
  const bytes = features * dims * (precision === 'float64' ? 8 : 4);
  const stages = Object.keys(costs);
  const each = Object.values(costs);
  let share = 0;
  return ({ stage, done, total }) => {
    // Small matrices are measured in one stage.
    const at = stages.indexOf(stage === 'whole' ? 'features' : stage);
    if (at >= 0) {
      const before = sum(each.slice(0, at));
      share = Math.max(share, (before + (each[at] * done) / total) / sum(each));
    }
    onProgress({ stage, done: (bytes * done) / total, total: bytes, share });
  };
}
