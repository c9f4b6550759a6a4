/** Size of the experiments on geometry. */
export interface GeometrySize {
  /** Restarts per architecture, and random importances of the quadratic model. */
  readonly seeds: number;
  /** Random sets of capacities (Theorem 1) and random efficient matrices (Theorem 2). */
  readonly draws: number;
}

/** Full size: about a minute; frequencies have a standard error of at most 5 percentage points. */
export const fullGeometry: GeometrySize = { seeds: 100, draws: 500 };

/** Small size: some seconds. */
export const quickGeometry: GeometrySize = { seeds: 20, draws: 100 };
