import type { GridAxis } from '@polysem/figures';
import { MEANINGS, valueText, type ShownAxis } from './axes.ts';

/** Places on an axis: numbers ascending, others in the order of the spec. */
export function placesInOrder({ isNumeric, values }: ShownAxis): number[] {
  const places = values.map((_, at) => at);
  return isNumeric ? places.toSorted((a, b) => Number(values[a]) - Number(values[b])) : places;
}

/** The axis of a map. Values that are no numbers, or not evenly spaced, have names and cells of equal size. */
export function gridAxis(
  { label, scale, values, isNumeric, isWhole }: ShownAxis,
  places: readonly number[],
): GridAxis {
  const shown = places.map((at) => values[at]);
  const numbers = shown.map(Number);
  if (isNumeric && isEven(numbers, scale)) return { label, scale, values: numbers, isWhole };
  return { label, scale: 'linear', values: numbers, names: shown.map(valueText) };
}

/** True if values are evenly spaced on a scale. */
function isEven(values: readonly number[], scale: 'linear' | 'log'): boolean {
  const at = scale === 'log' ? values.map(Math.log) : values;
  const step = (at[at.length - 1] - at[0]) / (at.length - 1);
  return at.every((value, i) => Math.abs(value - (at[0] + i * step)) <= 1e-7 * Math.abs(step));
}

/**
 * The axis of a diagram from its values: logarithmic or linear where they are evenly spaced, else with one name per value.
 *
 * @param parameter the parameter along the axis.
 * @param values its values.
 * @returns the axis.
 */
export function gridAxisOf(parameter: string, values: readonly number[]): GridAxis {
  const label = MEANINGS[parameter] ?? parameter;
  const scale = values.every((value) => value > 0) && isEven(values, 'log') ? 'log' : 'linear';
  if (isEven(values, scale)) return { label, scale, values };
  return { label, scale: 'linear', values, names: values.map(valueText) };
}

/** Measurements that are fractions of a dimension. */
const FRACTIONS = new Set([
  'capacity',
  'capacities',
  'firstCapacity',
  'leverage',
  'predicted',
  'predictedCapacity',
]);

/** The range of colours: that of the finite values, and from 0 to 1 for capacities. */
export function domainOf(name: string, values: readonly number[]): readonly [number, number] {
  if (FRACTIONS.has(name)) return [0, 1];
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const margin = Math.abs(low) * 0.01 || 1;
  return low < high ? [low, high] : [low - margin, high + margin];
}
