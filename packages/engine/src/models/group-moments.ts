import { power } from '@polysem/numerics/elementary';

/**
 * One group's contribution to the loss as a function of its Gram matrix, importances and the vector
 * b_g, with its derivatives.
 */
export interface GroupPart {
  readonly loss: number;
  /** Derivative by the Gram matrix: symmetric, every entry treated as a separate variable. */
  readonly byGram: Float64Array;
  readonly byOutside: Float64Array;
}

/**
 * Contribution to the exact loss of a group of features that are active together or one at a time.
 */
export interface GroupMoments {
  readonly mean: Float64Array;
  /** Size x size, row-major. */
  readonly covariance: Float64Array;
  readonly evaluate: (gram: Float64Array, v: readonly number[], b: Float64Array) => GroupPart;
}

/**
 * The moments of one group and its contribution to `quadraticGroupedLoss`.
 *
 * @param densities P(active) of each feature.
 * @param values E[x^r | active] of each feature, r = 0 .. 4.
 * @param together P(active) of a group that is active together; null if at most one of its
 *   features is active.
 */
export function groupMoments(
  densities: readonly number[],
  values: readonly Float64Array[],
  together: number | null,
): GroupMoments {
  const size = densities.length;
  const mean = Float64Array.from(densities, (p, a) => p * values[a][1]);
  const covariance = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) {
      const product =
        a === b
          ? densities[a] * values[a][2]
          : together === null
            ? 0
            : together * values[a][1] * values[b][1];
      covariance[a * size + b] = product - mean[a] * mean[b];
    }
  }
  return {
    mean,
    covariance,
    evaluate: (gram, v, b) => {
      const part =
        together === null
          ? onePart(densities, values, gram, v, b)
          : togetherPart(together, values, gram, v, b);
      return withoutPairs(part, gram, covariance, size);
    },
  };
}

/**
 * Subtracts this group's diagonal block of 2 tr(G Sigma G Sigma), which the sum over pairs of
 * groups excludes.
 */
function withoutPairs(
  part: GroupPart,
  gram: Float64Array,
  covariance: Float64Array,
  size: number,
): GroupPart {
  const gramCovariance = multiply(gram, covariance, size);
  const sandwich = multiply(multiply(covariance, gram, size), covariance, size);
  let { loss } = part;
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) {
      loss -= 2 * gramCovariance[a * size + b] * gramCovariance[b * size + a];
      part.byGram[a * size + b] -= 4 * sandwich[a * size + b];
    }
  }
  return { ...part, loss };
}

function multiply(left: Float64Array, right: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    for (let k = 0; k < size; k++) {
      const factor = left[a * size + k];
      for (let b = 0; b < size; b++) out[a * size + b] += factor * right[k * size + b];
    }
  }
  return out;
}

/** Var(A_ii x_i^2 + 2 b_i x_i), where i is the one active feature, if any. */
function onePart(
  densities: readonly number[],
  values: readonly Float64Array[],
  gram: Float64Array,
  v: readonly number[],
  b: Float64Array,
): GroupPart {
  const size = densities.length;
  let mean = 0;
  let square = 0;
  for (let a = 0; a < size; a++) {
    const [, m1, m2, m3, m4] = values[a];
    const own = v[a] - gram[a * size + a];
    mean += densities[a] * (own * m2 + 2 * b[a] * m1);
    square += densities[a] * (own * own * m4 + 4 * own * b[a] * m3 + 4 * b[a] * b[a] * m2);
  }
  const byGram = new Float64Array(size * size);
  const byOutside = new Float64Array(size);
  for (let a = 0; a < size; a++) {
    const [, m1, m2, m3, m4] = values[a];
    const own = v[a] - gram[a * size + a];
    byGram[a * size + a] = -densities[a] * (2 * own * m4 + 4 * b[a] * m3 - 2 * mean * m2);
    byOutside[a] = densities[a] * (4 * own * m3 + 8 * b[a] * m2 - 4 * mean * m1);
  }
  return { loss: square - mean * mean, byGram, byOutside };
}

/**
 * p V + p (1 - p) M^2, where V and M are the variance and mean of x^T A x + 2 b^T x given that the
 * group is active, with independent values and probability p of being active.
 */
function togetherPart(
  density: number,
  values: readonly Float64Array[],
  gram: Float64Array,
  v: readonly number[],
  b: Float64Array,
): GroupPart {
  const size = values.length;
  const entry = (i: number, j: number): number => (i === j ? v[i] : 0) - gram[i * size + j];
  const variance = values.map(([, m1, m2]) => m2 - m1 * m1);
  const third = values.map(([, m1, m2, m3]) => m3 - 3 * m1 * m2 + 2 * power(m1, 3));
  const fourth = values.map(
    ([, m1, m2, m3, m4]) => m4 - 4 * m1 * m3 + 6 * m1 * m1 * m2 - 3 * power(m1, 4),
  );
  const slope = new Float64Array(size);
  let form = 0;
  let spread = 0;
  for (let i = 0; i < size; i++) {
    slope[i] = b[i];
    for (let j = 0; j < size; j++) {
      slope[i] += entry(i, j) * values[j][1];
      if (i !== j) spread += 2 * entry(i, j) ** 2 * variance[i] * variance[j];
    }
    const own = entry(i, i);
    form += own * variance[i] + (b[i] + slope[i]) * values[i][1];
    spread += own * own * (fourth[i] - variance[i] ** 2);
    spread += 4 * slope[i] * slope[i] * variance[i] + 4 * own * slope[i] * third[i];
  }
  const bySlope = values.map(
    (_, i) => density * (8 * slope[i] * variance[i] + 4 * entry(i, i) * third[i]),
  );
  const byForm = 2 * density * (1 - density) * form;
  const byGram = new Float64Array(size * size);
  const byOutside = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    byOutside[i] = bySlope[i] + 2 * byForm * values[i][1];
    for (let j = 0; j < size; j++) {
      // Each slope is linear in its own row of A; half of its derivative goes to the mirrored
      // entry.
      let by = byForm * values[i][1] * values[j][1];
      by += (bySlope[i] * values[j][1] + bySlope[j] * values[i][1]) / 2;
      by +=
        i === j
          ? byForm * variance[i] +
            density * (2 * entry(i, i) * (fourth[i] - variance[i] ** 2) + 4 * slope[i] * third[i])
          : density * 4 * entry(i, j) * variance[i] * variance[j];
      byGram[i * size + j] = -by;
    }
  }
  return { loss: density * spread + density * (1 - density) * form * form, byGram, byOutside };
}
