import { element, polyline, type Markup } from './svg.ts';

/** How one of several series is drawn. */
export interface SeriesStyle {
  readonly line: string;
  readonly fill: string;
  readonly dash: string | undefined;
}

/** Colours and dashes by place, so that no two lines differ by colour alone. */
const STYLES: readonly SeriesStyle[] = [
  { line: 'ps-l0', fill: 'ps-b0', dash: undefined },
  { line: 'ps-l1', fill: 'ps-b1', dash: '7 3' },
  { line: 'ps-rule', fill: 'ps-ink', dash: '2 3' },
  { line: 'ps-l2', fill: 'ps-b2', dash: '9 3 2 3' },
  { line: 'ps-l3', fill: 'ps-b3', dash: '4 4' },
  { line: 'ps-l6', fill: 'ps-b6', dash: '12 4' },
  { line: 'ps-l5', fill: 'ps-b5', dash: '1 2' },
  { line: 'ps-l4', fill: 'ps-b4', dash: '10 3 2 3 2 3' },
];

/** The style of the i-th series. */
export function seriesStyle(i: number): SeriesStyle {
  return STYLES[i % STYLES.length];
}

/** The line of the i-th series through some pixels. */
export function seriesLine(
  i: number,
  points: Iterable<readonly [number, number]>,
  ...about: readonly Markup[]
): Markup {
  const { line, dash } = seriesStyle(i);
  const look = { class: line, 'stroke-width': 1.7, 'stroke-dasharray': dash };
  return element('path', { ...look, d: polyline(points) }, ...about);
}

/** A stretch of the i-th series' line around (x, y), for a legend: 26 pixels. */
export function seriesSample(i: number, x: number, y: number): Markup {
  return seriesLine(i, [
    [x - 13, y],
    [x + 13, y],
  ]);
}
