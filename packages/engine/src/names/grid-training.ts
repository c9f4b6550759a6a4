/** Settings for training the cells of a grid; plain data. */
export interface GridTraining {
  /**
   * Approximate number of weighted inputs that represent the distribution in training; as many
   * others are held out for evaluation. Unused if the loss is exact.
   */
  readonly rows: number;
  /**
   * Approximate number of inputs for screening: random starts are first trained on these, and only
   * promising ones on all rows. Unused if the loss is exact, and by models with one output.
   */
  readonly screeningRows: number;
  /** Random starts per cell. */
  readonly restarts: number;
  /** Further random starts in cells that disagree with a neighbour (`DISAGREEMENT`). */
  readonly moreRestarts: number;
  /** Maximum number of passes in which cells start from the optima of their neighbours. */
  readonly passes: number;
  /** Maximum number of L-BFGS iterations per start. */
  readonly iterations: number;
}

/** Settings that make Figure 7 smooth. */
export const defaultGridTraining: GridTraining = {
  rows: 2048,
  screeningRows: 256,
  restarts: 8,
  moreRestarts: 8,
  passes: 12,
  iterations: 300,
};
