import { clip } from '../marks/clip.ts';
import { dot } from '../marks/dot.ts';
import { frame } from '../marks/frame.ts';
import { gridY } from '../marks/grid.ts';
import { lineItem, underLegend, type LegendItem } from '../marks/legend.ts';
import { line, type LineStyle } from '../marks/line.ts';
import type { Box } from '../plot/box.ts';
import { figureDocument, type FigureOptions } from '../plot/document.ts';
import { drawMarks, layoutPlot } from '../plot/plot.ts';
import { formatNumber } from '../svg/format.ts';
import { fragment, type Markup, type Point } from '../svg/svg.ts';
import { seriesStyle } from '../theme/series-style.ts';

/** A quantity that grows with a size, such as the time of a computation. */
export interface ScalingSeries {
  readonly name: string;
  /** Sizes and values, all positive; sizes ascend. */
  readonly points: readonly (readonly [size: number, value: number])[];
}

/** Data of `scalingFigure`. */
export interface ScalingData {
  readonly x: { readonly label: string; readonly unit?: string };
  readonly y: { readonly label: string; readonly unit?: string };
  readonly series: readonly ScalingSeries[];
}

/** Factor by which the axes extend beyond the points. */
const MARGIN = 1.4;

/**
 * Draws quantities over a size on log axes, with dotted lines along which they are proportional to the size.
 *
 * @param data the series and the labels of the axes
 * @param options title, size, theme and provenance
 * @returns an SVG document
 * @throws RangeError if there is no point, sizes do not ascend, or a number is not positive and finite.
 * @example
 * ```js
 * import { scalingFigure } from 'polysem/figures';
 * const series = [{ name: 'measure', points: [[1000, 0.1], [2000, 0.2]] }];
 * const data = { x: { label: 'features N' }, y: { label: 'time', unit: 's' }, series };
 * const provenance = { polysem: '0.1.0', seed: null, configuration: null };
 * scalingFigure(data, { provenance }).startsWith('<svg'); // true
 * ```
 */
export function scalingFigure(data: ScalingData, options: FigureOptions): string {
  checkScaling(data);
  const body = {
    width: 560,
    height: 360,
    description: `${data.y.label} over ${data.x.label}: ${data.series.map(({ name }) => name).join(', ')}`,
    draw: (box: Box) => underLegend(legendOf(data), box, (rest) => drawScaling(data, rest), 4),
  };
  return figureDocument(body, options);
}

function checkScaling({ series }: ScalingData): void {
  if (series.every(({ points }) => points.length === 0)) {
    throw new RangeError('scalingFigure: series must hold at least one point');
  }
  for (const { name, points } of series) {
    points.forEach(([size, value], i) => {
      const before = i === 0 ? 0 : points[i - 1][0];
      if (size > before && size < Infinity && value > 0 && value < Infinity) return;
      throw new RangeError(
        `scalingFigure, ${name}: sizes must ascend and all numbers be positive and finite, got point ${i} = (${size}, ${value})`,
      );
    });
  }
}

function drawScaling({ x, y, series }: ScalingData, box: Box): Markup {
  const points = series.flatMap((one) => one.points);
  const [sizes, values] = [0, 1].map((k) => points.map((point) => point[k]));
  const [from, to] = [Math.min(...sizes) / MARGIN, Math.max(...sizes) * MARGIN];
  const [low, high] = [Math.min(...values) / MARGIN, Math.max(...values) * MARGIN];
  const plot = layoutPlot(
    box,
    { ...x, scale: 'log', domain: [from, to] },
    { ...y, scale: 'log', domain: [high, low] },
  );
  const proportional = series.flatMap(({ points: own }) => {
    const last = own.at(-1);
    if (last === undefined) return [];
    const ends = [from, to].map((size): Point => [size, (last[1] * size) / last[0]]);
    return [line(ends, PROPORTIONAL)];
  });
  const marks = series.map(({ name, points: own }, i) => [
    line(own, lineStyle(i)),
    ...own.map(([size, value]) => {
      const about = `${name}: ${formatNumber(value)} at ${formatNumber(size)}`;
      return dot(size, value, { role: seriesStyle(i).fill, r: 3.8, about });
    }),
  ]);
  return fragment(
    drawMarks(plot, gridY(), clip(proportional), frame()),
    plot.axes,
    drawMarks(plot, ...marks),
  );
}

const PROPORTIONAL: LineStyle = { role: 'ps-line', dash: '1.5 3' };

function lineStyle(i: number): LineStyle {
  const { line: role, dash } = seriesStyle(i);
  return { role, dash, width: 1.7 };
}

function legendOf({ series }: ScalingData): LegendItem[] {
  return [
    ...series.map(({ name }, i) =>
      lineItem(name, lineStyle(i), dot(0, 0, { role: seriesStyle(i).fill, r: 3.8 })),
    ),
    lineItem('proportional to the size', PROPORTIONAL),
  ];
}
