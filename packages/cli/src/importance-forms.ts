/** Forms of `--importance`, for the help. */
export const IMPORTANCES =
  'importance: one number for all features, one per feature separated by commas, a .npy file, - for standard input, powers such as 0.9^i, or a power law such as (i+1)^-0.5; features of importance 0 get no capacity';
