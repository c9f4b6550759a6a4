import { generator, childGenerator, type Generator } from '@polysem/numerics/random';
import type { TrainingSpec } from './training-spec.ts';

/**
 * The generator at a place in a spec's tree of random streams. Under child `instance` of the seed,
 * child 0 is for everything that restarts share, and child r + 1 for restart r. Results therefore
 * do not depend on the order of work.
 */
export function streamOf({ seed, instance = 0 }: TrainingSpec, place: number): Generator {
  return childGenerator(childGenerator(generator(seed), instance), place);
}
