/** The largest sizes and the ranges that the lab accepts, in links and in files. */
export declare const LIMITS: {
  readonly features: number;
  readonly dims: number;
  /** Values along an axis of the diagram. */
  readonly count: number;
  readonly steps: number;
  readonly batch: number;
  readonly restarts: number;
  readonly importance: readonly [number, number];
  readonly density: readonly [number, number];
  readonly kurtosis: readonly [number, number];
  readonly learningRate: readonly [number, number];
  /** Steps of the guided path. */
  readonly guide: number;
};
