import { defaultDegreesOfFreedom, shapes, type FeatureShape } from './shapes.ts';

/**
 * How one feature is distributed: x = c s z, where s is 1 with probability `density` and 0
 * otherwise, z is of the shape, and c is 1, or what makes Var x = 1. Plain data.
 */
export interface FeatureDistribution {
  /** The distribution of z. */
  readonly shape: FeatureShape;
  /** P(active), in (0, 1]: one minus the paper's sparsity. */
  readonly density: number;
  /** Whether x is scaled to variance 1; it is never centred. */
  readonly unitVariance: boolean;
  /** Of Student's t only, above 2; `defaultDegreesOfFreedom` where absent. */
  readonly degreesOfFreedom?: number;
}

/**
 * Refuses a distribution that is none, in one line naming the field, its value and the remedy.
 *
 * @throws RangeError for an unknown shape, a density outside (0, 1], a `unitVariance` that is no
 * boolean, degrees of freedom not above 2 or given to a shape that has none.
 */
export function validateDistribution(distribution: FeatureDistribution): void {
  const { shape, density, unitVariance, degreesOfFreedom } = distribution;
  validateShape(shape, degreesOfFreedom);
  if (typeof density !== 'number' || !(density > 0 && density <= 1)) {
    throw new RangeError(
      `density: must lie in (0, 1], got ${density}; it is P(active), so write 1 - sparsity`,
    );
  }
  if (typeof unitVariance !== 'boolean') {
    throw new RangeError(`unitVariance: must be true or false, got ${String(unitVariance)}`);
  }
}

/**
 * Refuses an unknown shape, and degrees of freedom which do not fit it.
 *
 * @throws RangeError in one line naming the field, its value and the remedy.
 */
export function validateShape(shape: FeatureShape, degreesOfFreedom?: number): void {
  if (!Object.hasOwn(shapes, shape)) {
    throw new RangeError(
      `shape: unknown shape ${JSON.stringify(shape)}; use one of ${Object.keys(shapes).join(', ')}`,
    );
  }
  if (degreesOfFreedom === undefined) return;
  if (shape !== 'student-t') {
    throw new RangeError(
      `degreesOfFreedom: belongs to student-t only, got ${degreesOfFreedom} for ${shape}; leave it out`,
    );
  }
  if (!(degreesOfFreedom > 2 && degreesOfFreedom < Infinity)) {
    throw new RangeError(
      `degreesOfFreedom: must be finite and above 2, where the variance exists, got ${degreesOfFreedom}; ` +
        `leave it out for ${defaultDegreesOfFreedom}, or use gaussian for the limit`,
    );
  }
}
