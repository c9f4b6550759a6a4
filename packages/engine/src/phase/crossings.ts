/** Where a curve passes a level, or the end of its axis beyond which that lies. */
export interface Crossing {
  readonly value: number;
  readonly kind: 'exact' | 'atMost' | 'atLeast';
}

/**
 * Where values first reach a level, the axis interpolated linearly in its logarithm. `atMost` the first place if they
 * start there, `atLeast` the last one if they never do.
 *
 * @param at positive places of the values, ascending.
 */
export function firstRise(
  values: ArrayLike<number>,
  at: ArrayLike<number>,
  level: number,
): Crossing {
  if (values[0] >= level) return { value: at[0], kind: 'atMost' };
  for (let i = 1; i < values.length; i++) {
    if (!(values[i] >= level)) continue;
    const share = (level - values[i - 1]) / (values[i] - values[i - 1]);
    return { value: at[i - 1] * (at[i] / at[i - 1]) ** share, kind: 'exact' };
  }
  return { value: at[at.length - 1], kind: 'atLeast' };
}

/**
 * From where on values stay at a level or above, interpolated likewise: where a curve is monotone this is where it first
 * reaches it, where it is noisy the two differ. `atMost` the first place if none is below, `atLeast` the last one if the
 * last value is.
 *
 * @param at positive places of the values, ascending.
 */
export function lastRise(
  values: ArrayLike<number>,
  at: ArrayLike<number>,
  level: number,
): Crossing {
  let i = values.length - 1;
  if (!(values[i] >= level)) return { value: at[i], kind: 'atLeast' };
  while (i > 0 && values[i - 1] >= level) i--;
  if (i === 0) return { value: at[0], kind: 'atMost' };
  const share = (level - values[i - 1]) / (values[i] - values[i - 1]);
  return { value: at[i - 1] * (at[i] / at[i - 1]) ** share, kind: 'exact' };
}
