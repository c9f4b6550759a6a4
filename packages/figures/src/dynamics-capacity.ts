import { quantile } from '@polysem/numerics/elementary';
import type { Axis } from './axis.ts';
import { blockStyle } from './block-style.ts';
import { namesOrNumbers } from './categories.ts';
import { placeNames } from './end-names.ts';
import type { Box } from './layout.ts';
import type { LegendItem } from './legend.ts';
import { element, fragment, polyline, text, type Markup } from './svg.ts';
import { ellipsis, label } from './text.ts';

/** So many features have a line each; more are drawn as quantiles. */
export const MOST_LINES = 12;

/** The quantiles at the two ends of each band, from the widest. */
const BANDS: readonly (readonly [low: number, high: number, opacity: number, name: string])[] = [
  [0, 1, 0.16, 'capacities: least to largest'],
  [0.1, 0.9, 0.26, '10 to 90 %'],
  [0.25, 0.75, 0.38, '25 to 75 %'],
];

interface Training {
  readonly capacity: readonly ArrayLike<number>[];
  readonly blockOf: readonly (readonly (number | null)[])[];
}

/** A line a feature in the colour and dashes of its block at the end, named there. */
export function drawCapacityLines(
  { capacity, blockOf }: Training,
  positions: readonly number[],
  axis: Axis,
  area: Box,
  labels?: readonly string[],
): Markup {
  const [first, last] = [capacity[0], capacity.length - 1];
  const names = namesOrNumbers(first.length, labels);
  const blocks = blockOf[last];
  const level = (c: number): number => axis.position(Math.min(1, Math.max(0, c)));
  const lines = names.map((name, i) => {
    const block = blocks[i];
    const style = block === null ? undefined : blockStyle(block);
    return element(
      'path',
      {
        class: style?.line ?? 'ps-line',
        'stroke-width': 1.8,
        'stroke-linejoin': 'round',
        'stroke-dasharray': style?.dash,
        d: polyline(positions.map((x, s) => [x, level(capacity[s][i])] as const)),
      },
      element('title', {}, text(`feature ${name}`)),
    );
  });
  const ends = names.map((_, i) => {
    const c = capacity[last][i];
    return Number.isNaN(c) ? undefined : level(c);
  });
  const right = area.x + area.width;
  return fragment(
    ...lines,
    ...placeNames(ends, area).map(({ index, at, wanted }) => {
      const block = blocks[index];
      const letter = block === null ? '' : `${blockStyle(block).letter}·`;
      return fragment(
        element('path', {
          class: block === null ? 'ps-line' : blockStyle(block).line,
          'stroke-width': 1,
          d: polyline([
            [right + 1, wanted],
            [right + 10, at],
          ]),
        }),
        label(right + 13, at + 4, ellipsis(letter + names[index], 86, 10.5), { size: 10.5 }),
      );
    }),
  );
}

/** The capacities of many features as their median and bands between quantiles. */
export function drawBands(
  capacity: readonly ArrayLike<number>[],
  positions: readonly number[],
  axis: Axis,
): Markup {
  const sorted = capacity.map((row) =>
    Float64Array.from(Array.from(row).filter((c) => !Number.isNaN(c))).toSorted(),
  );
  const at = (q: number): [number, number][] =>
    sorted.map((row, s) => [positions[s], axis.position(quantile(row, q))]);
  return fragment(
    ...BANDS.map(([low, high, opacity]) =>
      element('path', {
        class: 'ps-full',
        opacity,
        d: pathAround(at(high), at(low)),
      }),
    ),
    element('path', { class: 'ps-rule', 'stroke-width': 1.8, d: polyline(at(0.5)) }),
  );
}

/** Legend entries of the bands and the median. */
export function bandLegend(): LegendItem[] {
  return [
    ...BANDS.map(([, , , name], k) => ({
      label: name,
      width: 18,
      // As in the plot, a band lies over the wider ones.
      sample: (x: number, y: number) =>
        fragment(
          ...BANDS.slice(0, k + 1).map(([, , opacity]) =>
            element('rect', {
              class: 'ps-full',
              opacity,
              x: x - 9,
              y: y - 6,
              width: 18,
              height: 12,
            }),
          ),
        ),
    })),
    {
      label: 'median',
      width: 22,
      sample: (x, y) =>
        element('path', {
          class: 'ps-rule',
          'stroke-width': 1.8,
          d: polyline([
            [x - 11, y],
            [x + 11, y],
          ]),
        }),
    },
  ];
}

function pathAround(
  above: readonly (readonly [number, number])[],
  below: readonly (readonly [number, number])[],
): string {
  const around = [...above, ...below.toReversed()].filter(([, y]) => Number.isFinite(y));
  return around.length === 0 ? '' : `${polyline(around)}z`;
}
