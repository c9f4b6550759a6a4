/** A loss of a parameter vector, always the same for the same parameters. */
export interface Loss {
  /** How many parameters there are. */
  readonly size: number;
  /** The loss at `parameters`; writes its gradient into `gradient`. Both have `size` numbers. */
  readonly evaluate: (parameters: Float64Array, gradient: Float64Array) => number;
}
