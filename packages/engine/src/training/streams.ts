import { generator, childGenerator, type Generator } from '@polysem/numerics/random';
import type { TrainingSpec } from './training-spec.ts';

/**
 * The stream at a place in a spec's tree of random streams: child 0 for everything that restarts share, child r + 1 for
 * restart r, of child `instance` of the seed. Results therefore do not depend on the order of work.
 */
export function streamOf({ seed, instance = 0 }: TrainingSpec, place: number): Generator {
  return childGenerator(childGenerator(generator(seed), instance), place);
}
