import type { Embedding } from '../embedding/embedding.ts';
import { leftSingular } from '../embedding/singular.ts';
import { inBasis, type Arrangement, type Part } from './arrangement.ts';
import { featuresOf } from './vector-queries.ts';

/** A smaller relative gain is only rounding. */
export const LEAST_GAIN: number = 2 ** -40;

/**
 * Visits each feature once and moves it to the block where it makes the gain sum_k nuc(M_k)^2 / D_k largest for the present
 * basis, unless its block would be left with fewer features than dimensions. Features in no block may join one.
 */
export function withMoves(w: Embedding, { parts, basis, gain }: Arrangement): Part[] {
  const members = parts.map(({ features }) => [...features]);
  const rows: Float64Array[] = [];
  let row = 0;
  for (const { dims } of parts) {
    rows.push(basis.subarray(row * w.dims, (row + dims) * w.dims));
    row += dims;
  }
  const gainOf = (k: number, features: readonly number[]): number => {
    const { values } = leftSingular(inBasis(featuresOf(w, features), rows[k], parts[k].dims));
    return values.reduce((sum, x) => sum + x, 0) ** 2 / parts[k].dims;
  };
  const gains = members.map((features, k) => gainOf(k, features));
  for (let i = 0; i < w.features; i++) {
    const own = members.findIndex((features) => features.includes(i));
    if (own >= 0 && members[own].length <= parts[own].dims) continue;
    const without = own < 0 ? [] : members[own].filter((j) => j !== i);
    const lost = own < 0 ? 0 : gains[own] - gainOf(own, without);
    let best = -1;
    let most = lost + LEAST_GAIN * gain;
    let bestGain = 0;
    members.forEach((features, k) => {
      if (k === own) return;
      const joined = gainOf(k, [...features, i]);
      if (joined - gains[k] <= most) return;
      most = joined - gains[k];
      best = k;
      bestGain = joined;
    });
    if (best < 0) continue;
    if (own >= 0) {
      gains[own] -= lost;
      members[own] = without;
    }
    members[best] = [...members[best], i];
    gains[best] = bestGain;
  }
  return members.map((features, k) => ({
    features: features.toSorted((i, j) => i - j),
    dims: parts[k].dims,
  }));
}
