import { gaussianBaseline } from '@polysem/core';

/** What matrices of the same shape without structure give. */
export interface Reference {
  readonly name: string;
  readonly efficiency: number;
  readonly meanCapacity: number;
  readonly medianCapacity: number;
  /** Capacities of as many features as were looked at; null where only the figures above are known. */
  readonly capacity: Float64Array | null;
}

/** Everything that a matrix is held against. */
export interface Chance {
  readonly references: readonly Reference[];
}

export function chanceOf(dims: number, features: number): Chance {
  const { efficiency, mean } = gaussianBaseline(dims, features);
  return {
    references: [
      {
        name: 'random Gaussian',
        efficiency,
        meanCapacity: mean,
        medianCapacity: mean,
        capacity: null,
      },
    ],
  };
}
