import type { ResultAxis, SweepResults } from '@polysem/runs/sweep/results';
import { formatNumber } from '@polysem/figures';
import { labelText } from '../text/label-text.ts';

/** An axis of a sweep with at least two values, as figures show it. */
export interface ShownAxis {
  /** Place among all axes of the sweep. */
  readonly place: number;
  readonly name: string;
  /** The name with its meaning, and the parameters that advance with it. */
  readonly label: string;
  readonly values: readonly (number | string)[];
  readonly isNumeric: boolean;
  readonly isWhole: boolean;
  readonly scale: 'linear' | 'log';
}

/** Meanings of the parameters of sweeps, for the labels of axes. */
export const MEANINGS: Readonly<Record<string, string>> = {
  density: 'P(active) p',
  dims: 'dimensions D',
  features: 'features N',
  importance: 'importance V',
  kurtosis: 'kurtosis k',
  learningRate: 'learning rate',
  batch: 'batch, inputs per step',
  steps: 'training steps',
};

/** Values whose largest is this many times the smallest can be on a log axis. */
const LOG_RATIO = 20;
/** Longest value of an axis in characters. */
const LONGEST = 40;

/**
 * The axes of a sweep with at least two values. An axis is logarithmic where the spec says so, and where listed or random
 * values are more evenly spaced on a log scale.
 * Parameters that advance together are labelled by the first numeric one whose values differ.
 *
 * @param results the results.
 * @returns the axes, the slowest first.
 */
export function shownAxes({ axes }: Pick<SweepResults, 'axes'>): ShownAxis[] {
  return axes.flatMap((axis, place) => (axis.count < 2 ? [] : [shownAxis(axis, place)]));
}

function shownAxis({ parameters }: ResultAxis, place: number): ShownAxis {
  const distinct = parameters.filter(({ values }) => new Set(values).size === values.length);
  if (distinct.length === 0) return combinedAxis(parameters, place);
  const first = distinct.find(({ column }) => column.type !== 'text') ?? distinct[0];
  const { column, values, spacing } = first;
  const others = parameters.filter((one) => one !== first).map((one) => one.column.name);
  const also = others.length === 0 ? '' : ` (with ${others.join(', ')})`;
  const isNumeric = column.type !== 'text';
  const numbers = isNumeric ? (values as readonly number[]) : [];
  const isLog = spacing === 'log' || (spacing !== 'linear' && isLogSpaced(numbers));
  return {
    place,
    name: column.name,
    label: `${MEANINGS[column.name] ?? column.name}${also}`,
    values,
    isNumeric,
    isWhole: column.type === 'integer',
    scale: isNumeric && isLog && numbers.every((value) => value > 0) ? 'log' : 'linear',
  };
}

/** Parameters of a combined axis. */
const MOST_COMBINED = 3;

/** Parameters that advance together, each with repeated values: their values side by side. */
function combinedAxis(parameters: ResultAxis['parameters'], place: number): ShownAxis {
  const some = parameters.filter((one) => one.values.every(isShort)).slice(0, MOST_COMBINED);
  const names = some.map(({ column }) => column.name).join(', ');
  const values = parameters[0].values.map((_, at) =>
    some.map((one) => valueText(one.values[at])).join(', '),
  );
  const base = { place, name: names, label: names, isNumeric: false, isWhole: false } as const;
  return { ...base, values, scale: 'linear' };
}

/** A value of an axis as text: at most 40 characters. */
export function valueText(value: number | string): string {
  if (typeof value === 'number') return formatNumber(value);
  const text = labelText(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

function isShort(value: number | string): boolean {
  return typeof value === 'number' || value.length <= LONGEST;
}

function isLogSpaced(values: readonly number[]): boolean {
  if (values.length < 3 || values.some((value) => !(value > 0))) return false;
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted[sorted.length - 1] / sorted[0] < LOG_RATIO) return false;
  return unevenness(sorted.map(Math.log)) < unevenness(sorted);
}

/** Standard deviation of the gaps between ascending values, divided by their mean. */
function unevenness(values: readonly number[]): number {
  const gaps = values.slice(1).map((value, i) => value - values[i]);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length) / mean;
}
