import { shapes, type FeatureDistribution, type FeatureShape } from '@polysem/core/features';
import { parseChoice, parseNumber } from '../parse.ts';

/** Flags that say how the inputs are distributed. */
export interface InputFlags {
  readonly density?: string;
  readonly shape?: string;
  readonly degreesOfFreedom?: string;
  readonly correlation?: string;
}

/** The shape and its parameter, without the density. */
export function parseShape(flags: InputFlags): { shape: FeatureShape; degreesOfFreedom?: number } {
  const shape = parseChoice(
    flags.shape ?? 'uniform',
    '--shape',
    Object.keys(shapes) as FeatureShape[],
  );
  if (flags.degreesOfFreedom === undefined) return { shape };
  return { shape, degreesOfFreedom: parseNumber(flags.degreesOfFreedom, '--degrees-of-freedom') };
}

/** The inputs of a density, scaled to variance 1 as the theory wants them. */
export function parseInputs(flags: InputFlags, density: string): FeatureDistribution {
  return { ...parseShape(flags), density: parseNumber(density, '--density'), unitVariance: true };
}
