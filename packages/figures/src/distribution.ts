import type { AxisSpec } from './axis.ts';
import { figureDocument, type FigureOptions } from './figure.ts';
import { formatNumber } from './format.ts';
import { layoutPlot, plotFrame, type Box } from './layout.ts';
import { drawLegend, type LegendItem } from './legend.ts';
import { seriesLine, seriesSample, seriesStyle } from './series-style.ts';
import { element, fragment, polyline, text, type Markup } from './svg.ts';

/** How often values fall into each bin. */
export interface DistributionSeries {
  readonly name: string;
  /** Per bin, the share of all features in it. */
  readonly shares: ArrayLike<number>;
  /** What others are held against: drawn as a line alone. Default false. */
  readonly isReference?: boolean;
  /** The number of its colour and dashes, so that it looks alike in figures of other series. Default: its place. */
  readonly style?: number;
}

/** Distributions of one figure a feature, over common bins. */
export interface DistributionData {
  readonly label: string;
  readonly scale: 'linear' | 'log';
  /** The ends of the bins, ascending: one more than there are bins. */
  readonly edges: ArrayLike<number>;
  readonly series: readonly DistributionSeries[];
}

/**
 * How figures of features are distributed, beside what chance would give: the share of the features in each bin,
 * filled for what was measured, as lines for what it is held against.
 *
 * @throws RangeError if there is no bin or series, edges do not ascend, or a series has not one share a bin.
 */
export function distributionFigure(data: DistributionData, options: FigureOptions): string {
  check(data);
  return figureDocument(options, {
    width: 640,
    height: 340,
    description: `Distribution of ${data.label}: ${data.series.map(({ name }) => name).join(', ')}`,
    draw: (box) => drawDistribution(data, box),
  });
}

function drawDistribution({ label, scale, edges, series }: DistributionData, box: Box): Markup {
  const legend = drawLegend(series.map(legendItem), box.x, box.y, box.width);
  const inner = { ...box, y: box.y + legend.height, height: box.height - legend.height };
  const bins = edges.length - 1;
  const most = Math.max(...series.flatMap(({ shares }) => Array.from(shares))) || 1;
  const x: AxisSpec = { label, scale, domain: [edges[0], edges[bins]] };
  const y: AxisSpec = {
    label: 'share of features in a bin',
    unit: '%',
    scale: 'linear',
    domain: [100 * most * 1.06, 0],
  };
  const plot = layoutPlot(inner, x, y);
  const { area } = plot;
  const steps = (shares: ArrayLike<number>): [number, number][] =>
    Array.from(shares).flatMap((share, b) => {
      const level = plot.y.position(100 * share);
      return [edges[b], edges[b + 1]].map((edge): [number, number] => [
        plot.x.position(edge),
        level,
      ]);
    });
  const floor = plot.y.position(0);
  return fragment(
    legend.markup,
    ...plot.y.ticks
      .filter((tick) => tick.label !== '')
      .map(({ value }) => {
        const at = plot.y.position(value);
        const d = polyline([
          [area.x, at],
          [area.x + area.width, at],
        ]);
        return element('path', { class: 'ps-grid', d });
      }),
    ...series.map(({ name, shares, isReference = false, style }, place) => {
      const i = style ?? place;
      const { fill } = seriesStyle(i);
      const points = steps(shares);
      const closed: [number, number][] = [[area.x, floor], ...points, [area.x + area.width, floor]];
      return fragment(
        isReference
          ? fragment()
          : element('path', {
              class: fill,
              opacity: 0.22,
              d: `${polyline(closed)}z`,
            }),
        seriesLine(
          i,
          points,
          element('title', {}, text(`${name}: at most ${peak(shares)} % in a bin`)),
        ),
      );
    }),
    plotFrame(area),
    plot.axes,
  );
}

function peak(shares: ArrayLike<number>): string {
  return formatNumber(100 * Math.max(...Array.from(shares)), 3);
}

function legendItem(
  { name, isReference = false, style }: DistributionSeries,
  place: number,
): LegendItem {
  const i = style ?? place;
  const { fill } = seriesStyle(i);
  return {
    label: name,
    width: 26,
    sample: (x, y) =>
      fragment(
        isReference
          ? fragment()
          : element('rect', { class: fill, opacity: 0.22, x: x - 13, y, width: 26, height: 6 }),
        seriesSample(i, x, y),
      ),
  };
}

function check({ edges, series }: DistributionData): void {
  const bins = edges.length - 1;
  if (bins < 1 || series.length === 0) {
    throw new RangeError('distributionFigure: there is no bin or no series');
  }
  for (let b = 0; b < bins; b++) {
    if (!(edges[b] < edges[b + 1])) {
      throw new RangeError(
        `distributionFigure: edges must ascend, got ${edges[b]} before ${edges[b + 1]}`,
      );
    }
  }
  for (const { name, shares } of series) {
    if (shares.length !== bins) {
      throw new RangeError(
        `distributionFigure, ${name}: there are ${shares.length} shares for ${bins} bins`,
      );
    }
  }
}
