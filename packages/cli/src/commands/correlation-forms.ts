/** Values of `--correlation`, for help and messages. */
export const CORRELATIONS =
  'together:2, one-of:3, together:[[0,1],[2,4]], copula:0.5 or copula:FILE.npy';
