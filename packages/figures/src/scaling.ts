import type { AxisSpec } from './axis.ts';
import { figureDocument, type FigureOptions } from './figure.ts';
import { formatNumber } from './format.ts';
import { clipped, layoutPlot, plotFrame, type Box } from './layout.ts';
import { drawLegend, type LegendItem } from './legend.ts';
import { seriesLine, seriesSample, seriesStyle } from './series-style.ts';
import { element, fragment, polyline, text, type Markup } from './svg.ts';

/** Something that grows with a size, such as the time of a computation. */
export interface ScalingSeries {
  readonly name: string;
  /** Sizes and values, all positive, sizes ascending. */
  readonly points: readonly (readonly [size: number, value: number])[];
}

/** How values grow with a size. */
export interface ScalingData {
  readonly x: { readonly label: string; readonly unit?: string };
  readonly y: { readonly label: string; readonly unit?: string };
  readonly series: readonly ScalingSeries[];
}

/** How far axes go beyond the points, as a factor. */
const MARGIN = 1.4;

/**
 * Values against a size, both on a log scale, with dotted lines along which they are proportional.
 *
 * @throws RangeError if there is no point, or sizes do not ascend, or a number is not positive and finite.
 */
export function scalingFigure(data: ScalingData, options: FigureOptions): string {
  const points = data.series.flatMap((series) => series.points);
  if (points.length === 0) throw new RangeError('scalingFigure: there is no point');
  for (const { name, points: own } of data.series) {
    own.forEach(([size, value], i) => {
      const before = i === 0 ? 0 : own[i - 1][0];
      if (size > before && size < Infinity && value > 0 && value < Infinity) return;
      throw new RangeError(
        `scalingFigure, ${name}: point ${i} is ${size}, ${value}; sizes must ascend, all be positive and finite`,
      );
    });
  }
  return figureDocument(options, {
    width: 560,
    height: 360,
    description: `${data.y.label} against ${data.x.label}: ${data.series.map(({ name }) => name).join(', ')}`,
    draw: (box) => drawScaling(data, box),
  });
}

function drawScaling({ x, y, series }: ScalingData, box: Box): Markup {
  const legend = drawLegend([...series.map(legendItem), PROPORTIONAL], box.x, box.y, box.width);
  const inner = { ...box, y: box.y + legend.height + 4, height: box.height - legend.height - 4 };
  const points = series.flatMap((one) => one.points);
  const [sizes, values] = [0, 1].map((k) => points.map((point) => point[k]));
  const [low, high] = [Math.min(...values) / MARGIN, Math.max(...values) * MARGIN];
  const from = Math.min(...sizes) / MARGIN;
  const to = Math.max(...sizes) * MARGIN;
  const xAxis: AxisSpec = { ...x, scale: 'log', domain: [from, to] };
  const plot = layoutPlot(inner, xAxis, { ...y, scale: 'log', domain: [high, low] });
  const at = ([size, value]: readonly [number, number]): [number, number] => [
    plot.x.position(size),
    plot.y.position(value),
  ];
  return fragment(
    legend.markup,
    plotFrame(plot.area),
    clipped(
      plot.area,
      ...series.flatMap(({ points: own }) => {
        const last = own.at(-1);
        if (last === undefined) return [];
        const ends = [from, to].map((size) => at([size, (last[1] * size) / last[0]]));
        return [dotted(ends)];
      }),
    ),
    plot.axes,
    ...series.map(({ name, points: own }, i) => {
      const { fill } = seriesStyle(i);
      return fragment(
        seriesLine(i, own.map(at)),
        ...own.map((point) => {
          const [cx, cy] = at(point);
          const about = `${name}: ${formatNumber(point[1])} at ${formatNumber(point[0])}`;
          return element(
            'circle',
            { class: fill, cx, cy, r: 3.8 },
            element('title', {}, text(about)),
          );
        }),
      );
    }),
  );
}

function dotted(points: readonly (readonly [number, number])[]): Markup {
  return element('path', { class: 'ps-line', 'stroke-dasharray': '1.5 3', d: polyline(points) });
}

const PROPORTIONAL: LegendItem = {
  label: 'proportional',
  width: 26,
  sample: (x, y) =>
    dotted([
      [x - 13, y],
      [x + 13, y],
    ]),
};

function legendItem({ name }: ScalingSeries, i: number): LegendItem {
  const { fill } = seriesStyle(i);
  return {
    label: name,
    width: 26,
    sample: (x, y) =>
      fragment(seriesSample(i, x, y), element('circle', { class: fill, cx: x, cy: y, r: 3.8 })),
  };
}
