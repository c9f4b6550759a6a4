import type { ShownAxis } from './axes.ts';

/** A value of an axis that a figure shows. */
export interface ShownValue {
  /** Place of the value on its axis. */
  readonly at: number;
  readonly value: number | string;
}

/** The parts that the axes of a sweep play in its figures. */
export interface Layout {
  readonly kind: 'lines' | 'map';
  readonly x: ShownAxis;
  /** The vertical axis of a map; null for lines. */
  readonly y: ShownAxis | null;
  /** The axis with one line per value; null for maps and single lines. */
  readonly series: ShownAxis | null;
  readonly panels: { readonly axis: ShownAxis; readonly shown: readonly ShownValue[] } | null;
  /** Axes that are held at their first value. */
  readonly held: readonly ShownAxis[];
}

/** A numeric axis with more values than this is long: it is an axis of a plot rather than a set of lines. */
const SHORT = 4;
/** Most lines of a plot, and most panels of a figure. */
const MOST_LINES = 8;
const MOST_PANELS = 6;

/**
 * Chooses how figures show the axes of a sweep:
 *
 * 1. The x axis is the numeric axis with the most values; without a numeric axis, the axis with the most values.
 * 2. Of the others, the longest is the y axis of a heat map if it is numeric with more than 4 values, or has more than 8;
 *    else it becomes one line per value.
 * 3. The next is shown as panels, one per value; of more than 6 values, 6 evenly spread.
 * 4. All further axes are held at their first value, which every figure states. No axis is averaged; seeds are.
 *
 * @param axes the axes with at least two values.
 * @returns the layout; null without axes, where only a table is shown.
 */
export function layoutOf(axes: readonly ShownAxis[]): Layout | null {
  if (axes.length === 0) return null;
  const numeric = axes.filter((axis) => axis.isNumeric);
  const x = longest(numeric.length > 0 ? numeric : axes);
  const others = axes.filter((axis) => axis !== x);
  const long = others.filter(
    ({ isNumeric, values }) => (isNumeric && values.length > SHORT) || values.length > MOST_LINES,
  );
  const second = long.length > 0 ? longest(long) : others.length > 0 ? longest(others) : null;
  const isMap = long.length > 0;
  const rest = others.filter((axis) => axis !== second);
  const third = rest.length > 0 ? longest(rest) : null;
  return {
    kind: isMap ? 'map' : 'lines',
    x,
    y: isMap ? second : null,
    series: isMap ? null : second,
    panels: third && { axis: third, shown: spread(third, MOST_PANELS) },
    held: rest.filter((axis) => axis !== third),
  };
}

/** The axis with the most values; the first of several. */
function longest(axes: readonly ShownAxis[]): ShownAxis {
  return axes.reduce((a, b) => (b.values.length > a.values.length ? b : a));
}

/** At most `most` values of an axis, evenly spread, the first and the last among them. */
function spread({ values }: ShownAxis, most: number): ShownValue[] {
  const count = Math.min(values.length, most);
  return Array.from({ length: count }, (_, k) => {
    const at = Math.round((k * (values.length - 1)) / (count - 1));
    return { at, value: values[at] };
  });
}
