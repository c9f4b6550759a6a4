import type { AxisSpec } from './axis.ts';
import { countCells, countScale, drawCells, drawPoints, MOST_POINTS, type Cloud } from './cloud.ts';
import { colourBarWidth, drawColourBar } from './colour-bar.ts';
import { figureDocument, type FigureOptions } from './figure.ts';
import { layoutPlot, plotFrame, type Box, type Plot } from './layout.ts';
import { drawLegend, type LegendItem } from './legend.ts';
import { element, fragment, polyline, type Markup } from './svg.ts';
import { ellipsis, label } from './text.ts';

/** The capacities of features of like frequency or kurtosis. */
export interface TrendPoint {
  /** The median x of the features. */
  readonly centre: number;
  /** The median of their measured capacities and its interval; ends that are NaN are not drawn. */
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** The median of their predicted capacities. */
  readonly predicted: number;
}

/** Capacity along a statistic, on a log axis. */
export interface AuditTrend {
  /** Such as 'frequency P(active)'. */
  readonly label: string;
  /** One number a feature; what is not positive has no place on the axis. */
  readonly values: ArrayLike<number>;
  readonly points: readonly TrendPoint[];
}

/** Predicted capacities beside measured ones. */
export interface AuditFigureData {
  readonly predicted: ArrayLike<number>;
  readonly measured: ArrayLike<number>;
  readonly trends: readonly AuditTrend[];
}

const PANEL = 330;
const HEADING = 22;
const GAP = 8;
/** Where cells are counted, the axis of capacities holds all but this part of the features. */
const BEYOND = 0.001;

/**
 * Measured against predicted capacities with the line on which they agree, and capacity along each statistic with the
 * medians of bins: a point a feature, or how many features lie in a cell where there are more than 2000.
 *
 * @throws RangeError if lists differ in length or are empty, or a capacity lies outside [0, 1].
 */
export function auditFigure(data: AuditFigureData, options: FigureOptions): string {
  check(data);
  const { predicted, measured, trends } = data;
  const isCounted = measured.length > MOST_POINTS;
  const panels = trends.length + 1;
  const capacity: AxisSpec = { label: 'capacity C', scale: 'linear', domain: [reach(data), 0] };
  return figureDocument(options, {
    width: 32 + PANEL * panels + (isCounted ? 70 : 0),
    height: 430,
    description: `Measured against predicted capacity of ${measured.length} features${trends.map((trend) => `, capacity against ${trend.label}`).join('')}`,
    draw: (box) => {
      const legend = drawLegend(legendItems(isCounted, trends.length > 0), box.x, box.y, box.width);
      const top = box.y + legend.height + GAP;
      const height = box.y + box.height - top;
      const bar = isCounted ? colourBarWidth(countScale([]), height - HEADING - 60) + 14 : 0;
      const width = (box.width - bar) / panels;
      const room = (i: number): Box => ({
        x: box.x + i * width,
        y: top + HEADING,
        width,
        height: height - HEADING,
      });
      const [most] = capacity.domain;
      const agreement = layoutPlot(
        room(0),
        { label: 'predicted C', scale: 'linear', domain: [0, most] },
        { ...capacity, label: 'measured C' },
        { right: 14 },
      );
      const plots = [
        { plot: agreement, x: predicted, title: 'Predicted and measured' },
        ...trends.map((trend, i) => ({
          plot: layoutPlot(room(i + 1), trendAxis(trend), capacity, { right: 14 }),
          x: trend.values,
          title: `Along ${trend.label}`,
        })),
      ];
      const clouds = isCounted ? plots.map(({ plot, x }) => countCells(x, measured, plot)) : [];
      const scale = countScale(clouds);
      return fragment(
        legend.markup,
        ...plots.map(({ plot, x, title }, i) =>
          fragment(
            label(plot.area.x, top + 14, ellipsis(title, plot.area.width, 13, true), {
              size: 13,
              bold: true,
            }),
            drawCloud(clouds[i], x, measured, plot, scale),
            i === 0 ? identity(plot, most) : drawTrend(trends[i - 1].points, plot),
            plotFrame(plot.area),
            plot.axes,
          ),
        ),
        isCounted
          ? drawColourBar(
              scale,
              box.x + box.width - bar + 14,
              agreement.area.y,
              agreement.area.height,
            )
          : [],
      );
    },
  });
}

function check({ predicted, measured, trends }: AuditFigureData): void {
  const n = measured.length;
  if (n === 0) throw new RangeError('auditFigure: there is no feature');
  for (const [name, values] of [
    ['predicted', predicted],
    ...trends.map((trend) => [trend.label, trend.values] as const),
  ] as const) {
    if (values.length !== n) {
      throw new RangeError(`auditFigure: ${name} has ${values.length} values for ${n} features`);
    }
  }
  for (const values of [predicted, measured]) {
    for (let i = 0; i < n; i++) {
      if (!(values[i] >= 0 && values[i] <= 1)) {
        throw new RangeError(`auditFigure: feature ${i} has ${values[i]}, which is no capacity`);
      }
    }
  }
}

/** The end of the axis of capacities: what holds all of few features, all but a thousandth of many, and a little more. */
function reach({ predicted, measured }: AuditFigureData): number {
  const most = Math.max(endOf(predicted), endOf(measured)) || 1;
  return most > 0.9 ? 1.02 : most * 1.08;
}

function endOf(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).toSorted();
  const beyond = sorted.length > MOST_POINTS ? Math.floor(BEYOND * sorted.length) : 0;
  return sorted[sorted.length - 1 - beyond];
}

function trendAxis({ label: name, values }: AuditTrend): AxisSpec {
  let low = Infinity;
  let high = 0;
  for (let i = 0; i < values.length; i++) {
    if (!(values[i] > 0 && values[i] < Infinity)) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  if (high === 0) [low, high] = [1, 1];
  const air = Math.max(1.15, (high / low) ** 0.03);
  return { label: name, scale: 'log', domain: [low / air, high * air] };
}

function drawCloud(
  cloud: Cloud | undefined,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  plot: Plot,
  scale: ReturnType<typeof countScale>,
): Markup {
  return cloud === undefined ? drawPoints(x, y, plot) : drawCells(cloud, plot, scale);
}

function identity({ x, y }: Plot, most: number): Markup {
  const d = polyline([
    [x.position(0), y.position(0)],
    [x.position(most), y.position(most)],
  ]);
  return fragment(
    element('path', { class: 'ps-stripe', 'stroke-width': 3.4, opacity: 0.75, d }),
    element('path', { class: 'ps-rule', 'stroke-width': 1.4, 'stroke-dasharray': '6 4', d }),
  );
}

function drawTrend(points: readonly TrendPoint[], { x, y, area }: Plot): Markup {
  const level = (value: number): number =>
    Math.max(area.y, Math.min(area.y + area.height, y.position(value)));
  const line = points.map(({ centre, predicted }): [number, number] => [
    x.position(centre),
    level(predicted),
  ]);
  return fragment(
    element('path', { class: 'ps-stripe', 'stroke-width': 4.5, d: polyline(line) }),
    element('path', { class: 'ps-rule', 'stroke-width': 1.7, d: polyline(line) }),
    ...points.map((point) =>
      medianMark(
        x.position(point.centre),
        level(point.median),
        level(point.low),
        level(point.high),
      ),
    ),
  );
}

/** A median as a disc, its interval as a bar. */
function medianMark(x: number, y: number, low: number, high: number): Markup {
  const bar = polyline([
    [x, low],
    [x, high],
  ]);
  return fragment(
    element('path', { class: 'ps-stripe', 'stroke-width': 4.5, d: bar }),
    element('path', { class: 'ps-l1', 'stroke-width': 2, d: bar }),
    element('circle', { class: 'ps-b1 ps-outline', 'stroke-width': 1.3, cx: x, cy: y, r: 4.2 }),
  );
}

function legendItems(isCounted: boolean, hasTrends: boolean): LegendItem[] {
  return [
    ...(isCounted
      ? []
      : [
          {
            label: 'a feature',
            width: 10,
            sample: (x: number, y: number) =>
              element('circle', { class: 'ps-muted', opacity: 0.6, cx: x, cy: y, r: 2.6 }),
          },
        ]),
    {
      label: 'prediction holds',
      width: 28,
      sample: (x, y) => across('ps-rule', x, y, '6 4'),
    },
    ...(hasTrends
      ? [
          {
            label: 'median of measured C and its interval',
            width: 14,
            sample: (x: number, y: number) => medianMark(x, y, y - 8, y + 8),
          },
          {
            label: 'median of predicted C',
            width: 28,
            sample: (x: number, y: number) => across('ps-rule', x, y),
          },
        ]
      : []),
  ];
}

function across(role: string, x: number, y: number, dash?: string): Markup {
  return element('path', {
    class: role,
    'stroke-width': 1.6,
    'stroke-dasharray': dash,
    d: polyline([
      [x - 14, y],
      [x + 14, y],
    ]),
  });
}
