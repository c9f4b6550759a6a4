/** A problem whose first feature has another importance than the others, which have 1. */
export interface HeldCase {
  readonly features: number;
  readonly dims: number;
  readonly kurtosis: number;
  readonly importance: number;
}

export const HELD_CASES: readonly HeldCase[] = [
  { features: 6, dims: 3, kurtosis: 18, importance: 1 },
  { features: 6, dims: 3, kurtosis: 7, importance: 2 },
  { features: 5, dims: 2, kurtosis: 40, importance: 0.4 },
  { features: 2, dims: 1, kurtosis: 9, importance: 1.5 },
  { features: 4, dims: 3, kurtosis: 3.5, importance: 1.1 },
  { features: 9, dims: 4, kurtosis: 100, importance: 5 },
];

/** Capacities at which the first feature is held. */
export const HELD_CAPACITIES: readonly number[] = [0, 0.05, 0.5, 0.9, 0.99, 1];
