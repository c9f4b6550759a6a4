import { decades, linearScale, logScale, type Scale } from './scale.ts';

/** True for parameters whose values lie at equal ratios. */
const isLog = (parameter: string): boolean => parameter !== 'dims' && parameter !== 'features';

/** Places the values of an axis: a cell is centred on its value, so that the axis ends half a cell beyond the last. */
export function axisScale(
  values: readonly number[],
  parameter: string,
  from: number,
  to: number,
): Scale {
  const half = (to - from) / values.length / 2;
  if (values.length === 1) return linearScale(values[0] - 0.5, values[0] + 0.5, from, to);
  const make = isLog(parameter) ? logScale : linearScale;
  return make(values[0], values.at(-1)!, from + half, to - half);
}

/** The values that an axis names. */
export function axisTicks(values: readonly number[], parameter: string): number[] {
  return isLog(parameter)
    ? decades(values[0], values.at(-1)!)
    : values.filter((_, i) => values.length <= 8 || i % 2 === 0);
}
