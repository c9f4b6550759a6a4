import { interpolateLog } from '@polysem/numerics/elementary';
/**
 * The place where a curve crosses a level, or the end of the axis if the crossing lies beyond it.
 */
export interface Crossing {
  readonly value: number;
  readonly kind: 'exact' | 'atMost' | 'atLeast';
}

/**
 * The first place where values reach a level, by linear interpolation in the logarithm of the axis.
 * `atMost` the first place if the values start at or above the level; `atLeast` the last place if
 * they never reach it.
 *
 * @param values the values of the curve.
 * @param at positive places of the values, ascending.
 * @param level the level to reach.
 * @returns the crossing.
 *
 * @example
 * ```js
 * import { firstRise } from 'polysem/phase';
 * firstRise([0, 0.5, 1], [1, 10, 100], 0.75).value.toFixed(2); // '31.62'
 * firstRise([0, 0.5, 1], [1, 10, 100], 2); // { value: 100, kind: 'atLeast' }
 * ```
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
    return { value: interpolateLog(at[i - 1], at[i], share), kind: 'exact' };
  }
  return { value: at[at.length - 1], kind: 'atLeast' };
}

/**
 * The place from which values stay at or above a level, interpolated as in `firstRise`. For a
 * monotone curve this is where it first reaches the level; for a noisy curve the two differ.
 * `atMost` the first place if no value is below; `atLeast` the last place if the last value is
 * below.
 *
 * @param values the values of the curve.
 * @param at positive places of the values, ascending.
 * @param level the level to stay at or above.
 * @returns the crossing.
 *
 * @example
 * ```js
 * import { firstRise, lastRise } from 'polysem/phase';
 * const noisy = [0, 1, 0, 1];
 * firstRise(noisy, [1, 10, 100, 1000], 1); // { value: 10, kind: 'exact' }
 * lastRise(noisy, [1, 10, 100, 1000], 1); // { value: 1000, kind: 'exact' }
 * ```
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
  return { value: interpolateLog(at[i - 1], at[i], share), kind: 'exact' };
}
