import { firstOrderDefaults, type FirstOrderName } from '../descent/optimiser.ts';
import type { Optimiser } from '../training/training-spec.ts';

/** The names of all optimisers. */
export const optimiserNames: readonly Optimiser['name'][] = [
  'lbfgs',
  ...(Object.keys(firstOrderDefaults) as FirstOrderName[]),
];
