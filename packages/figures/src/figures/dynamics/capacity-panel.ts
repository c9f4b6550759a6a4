import { quantile } from '@polysem/numerics/elementary';
import { band } from '../../marks/band.ts';
import { endNames } from '../../marks/end-names.ts';
import { lineItem, type LegendItem } from '../../marks/legend.ts';
import { line } from '../../marks/line.ts';
import { fill } from '../../marks/rect.ts';
import { namesOrNumbers } from '../../plot/categories.ts';
import type { Mark } from '../../plot/plot.ts';
import type { Point } from '../../svg/svg.ts';
import { blockStyle } from '../../theme/block-style.ts';
import type { DynamicsData } from './data.ts';

/** Up to this many features have a line each; more are drawn as quantiles. */
export const MOST_LINES = 12;

/** A capacity without rounding beyond its ends; NaN stays. */
const level = (c: number): number => Math.min(1, Math.max(0, c));

/** The quantiles at the two edges of each band, from the widest. */
const BANDS: readonly (readonly [low: number, high: number, opacity: number, name: string])[] = [
  [0, 1, 0.16, 'capacities: smallest to largest'],
  [0.1, 0.9, 0.26, '10 to 90 %'],
  [0.25, 0.75, 0.38, '25 to 75 %'],
];

/**
 * A line per feature in the colour and dashes of its block at the last checkpoint, named there.
 *
 * @param data the training; x is the position of each checkpoint on the x axis
 * @param room pixels for names right of the plot
 */
export function capacityLines(
  { capacity, blockOf, labels }: DynamicsData,
  x: readonly number[],
  room: number,
): Mark[] {
  const last = capacity.length - 1;
  const blocks = blockOf[last];
  const names = namesOrNumbers(capacity[0].length, labels);
  const lines = names.map((name, i) => {
    const style = blocks[i] === null ? undefined : blockStyle(blocks[i]);
    return line(
      x.map((at, s): Point => [at, level(capacity[s][i])]),
      {
        role: style?.line ?? 'ps-line',
        width: 1.8,
        dash: style?.dash,
        about: `feature ${name}`,
      },
    );
  });
  const ends = names.map((name, i) => {
    const style = blocks[i] === null ? undefined : blockStyle(blocks[i]);
    return {
      at: level(capacity[last][i]),
      name: style === undefined ? name : `${style.letter}·${name}`,
      leader: style?.line,
    };
  });
  return [...lines, endNames(ends, { leader: 9, width: 1, longest: room - 15 })];
}

/** The capacities of many features as their median and bands between quantiles. */
export function capacityBands(
  capacity: readonly ArrayLike<number>[],
  x: readonly number[],
): Mark[] {
  const sorted = capacity.map((row) =>
    Float64Array.from(Array.from(row).filter((c) => !Number.isNaN(c))).toSorted(),
  );
  const at = (q: number): Point[] => sorted.map((row, s) => [x[s], quantile(row, q)]);
  return [
    ...BANDS.map(([low, high, opacity]) => band(at(high), at(low), { role: 'ps-full', opacity })),
    line(at(0.5), { width: 1.8 }),
  ];
}

/** Legend entries of the bands and the median. */
export function bandLegend(): LegendItem[] {
  return [
    ...BANDS.map(([, , , label], k) => ({
      label,
      width: 18,
      // In the plot, a band lies over the wider ones.
      sample: BANDS.slice(0, k + 1).map(([, , opacity]) => fill({ role: 'ps-full', opacity })),
    })),
    lineItem('median', { width: 1.8 }),
  ];
}
