/** The largest sizes and the ranges that the lab accepts, in links and in files. */
export const LIMITS = {
  features: 200,
  dims: 64,
  count: 128,
  steps: 1e6,
  batch: 65_536,
  restarts: 256,
  importance: [1e-6, 1e6],
  density: [1e-4, 1],
  kurtosis: [1, 1e5],
  learningRate: [1e-6, 1],
  guide: 9,
};
