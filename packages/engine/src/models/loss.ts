/** A deterministic loss of a parameter vector. */
export interface Loss {
  /** Number of parameters. */
  readonly size: number;
  /**
   * Returns the loss at `parameters` and writes its gradient into `gradient`. Both have length
   * `size`.
   */
  readonly evaluate: (parameters: Float64Array, gradient: Float64Array) => number;
}
