import type { ModelFigures, ModelReference } from './messages.ts';

/** A whole number with separators: `30,522`. */
export const count = (value: number): string =>
  // Not by toLocaleString, whose first call loads tables for tens of milliseconds.
  String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');

/** A number of dimensions: one decimal, or two where there are few. */
export const dimensions = (value: number): string => value.toFixed(value < 10 ? 2 : 1);

/** A capacity: three significant digits, without an exponent down to a millionth. */
export function capacityText(value: number): string {
  if (value === 0) return '0';
  if (value < 1e-6) return value.toExponential(1).replace('-', '−');
  return value < 0.1 ? value.toPrecision(3) : value.toFixed(3);
}

/** Bytes as megabytes. */
export function megabytes(bytes: number): string {
  if (bytes < 1e5) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return bytes < 1e7 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.round(bytes / 1e6)} MB`;
}

/** Describes a reference in words. */
export function referenceName({ name }: ModelReference): string {
  return name === 'own spectrum' ? 'features at random, same spectrum' : 'random Gaussian matrix';
}

/** Dimensions that carry capacity in a reference; null if it has no efficiency. */
export function referenceTotal(
  { figures, dims, features }: ModelReference,
  rank: number,
): number | null {
  const most = Math.min(dims, features, rank === 0 ? Infinity : rank);
  return figures.efficiency === null ? null : figures.efficiency * most;
}

/** Divides the dimensions of a matrix: used by features, lost to overlap, and without features. */
export function budgetOf({ summary }: ModelFigures): {
  readonly used: number;
  readonly lost: number;
  readonly unused: number;
} {
  const { capacity, rank, dims } = summary;
  return { used: capacity.total, lost: Math.max(0, rank - capacity.total), unused: dims - rank };
}
