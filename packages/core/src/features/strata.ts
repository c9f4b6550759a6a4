import { moments } from './moments.ts';
import type { FeatureDistribution } from './distribution.ts';
import type { WeightedBatch } from './weighted-batch.ts';
import { uniform } from '../random/distributions.ts';
import type { Generator } from '../random/generator.ts';
export function stratify(
  d: FeatureDistribution,
  N: number,
  options: { rows: number },
  gen: Generator,
): WeightedBatch {
  const p = d.density;
  const c = moments(d).scale;
  const per = (m: number) => [0, 32, 64, 64, 64, 128, 512][m];
  const rowStarts = [0];
  const indices: number[] = [];
  const values: number[] = [];
  const weights: number[] = [];
  void options;
  for (let mask = 1; mask < 2 ** N; mask++) {
    const A = Array.from({ length: N }, (_, i) => i).filter((i) => (mask >> i) & 1);
    const m = A.length;
    const w = p ** m * (1 - p) ** (N - m);
    const n = per(m);
    const shift = A.map(() => uniform(gen));
    if (w === 0) continue;
    let g = 2;
    for (let k = 0; k < 60; k++) g = (1 + g) ** (1 / (m + 1));
    for (let r = 0; r < n; r++) {
      A.forEach((i, j) => {
        const u = (shift[j] + (1 / g) ** (j + 1) * (r + 1)) % 1;
        indices.push(i);
        values.push(c * (d.shape === 'uniform-positive' ? u : 2 * u - 1));
      });
      rowStarts.push(indices.length);
      weights.push(w / n);
    }
  }
  return {
    rows: weights.length,
    features: N,
    rowStarts: Uint32Array.from(rowStarts),
    indices: Uint32Array.from(indices),
    values: Float64Array.from(values),
    weights: Float64Array.from(weights),
    emptyWeight: (1 - p) ** N,
  };
}
