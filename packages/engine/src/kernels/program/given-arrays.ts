import type { Structure } from './structure.ts';

/**
 * Number of arrays in a panel of given inputs: the features, their weights, and for scalar computation the targets. Rows
 * that fill up the last strip are zero and have weight zero.
 */
export function givenArrays({ features, task }: Pick<Structure, 'features' | 'task'>): number {
  return features + (task === 'computation' ? 2 : 1);
}
