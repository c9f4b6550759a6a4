import { inInterval } from '@polysem/numerics/checks';
import { cloudCells, countCells, countScale, MOST_POINTS } from '../marks/cloud.ts';
import { colourBarWidth, drawColourBar } from '../marks/colour-bar.ts';
import { dot, dots } from '../marks/dot.ts';
import { frame } from '../marks/frame.ts';
import { lineItem, underLegend } from '../marks/legend.ts';
import type { Box } from '../plot/box.ts';
import { figureDocument, type FigureOptions } from '../plot/document.ts';
import { drawMarks, layoutPlot } from '../plot/plot.ts';
import { fragment, type Markup } from '../svg/svg.ts';
import { AGREEMENT, axisEnd, identity } from './audit.ts';

/** Data of `capacityPairsFigure`: capacities of the same features in two dictionaries. */
export interface CapacityPairsData {
  /** Labels of the axes, such as `capacity in A`. */
  readonly labels: readonly [x: string, y: string];
  /** One capacity in [0, 1] per pair. */
  readonly x: ArrayLike<number>;
  /** One capacity in [0, 1] per pair. */
  readonly y: ArrayLike<number>;
}

const RIGHT = 14;

/**
 * Draws the capacities of paired features over each other, with the line on which they are equal. Each pair is a point; for more
 * than 2000 pairs, colours show the number of pairs per cell.
 *
 * @param data capacities of the pairs, and labels
 * @param options title, size, theme and provenance
 * @returns an SVG document
 * @throws RangeError if the lists differ in length or are empty, or a capacity lies outside [0, 1].
 * @example
 * ```js
 * import { capacityPairsFigure } from 'polysem/figures';
 * const data = { labels: ['capacity in A', 'capacity in B'], x: [0.2, 0.8], y: [0.3, 0.7] };
 * const provenance = { polysem: '0.1.0', seed: null, configuration: null };
 * capacityPairsFigure(data, { provenance }).startsWith('<svg'); // true
 * ```
 */
export function capacityPairsFigure(data: CapacityPairsData, options: FigureOptions): string {
  checkPairs(data);
  const { labels, x } = data;
  const point = dot(0, 0, { role: 'ps-muted', r: 2.6, opacity: 0.6 });
  const items = [
    ...(x.length > MOST_POINTS ? [] : [{ label: 'one pair', width: 10, sample: point }]),
    lineItem('equal', { ...AGREEMENT, width: 1.6 }),
  ];
  const body = {
    width: 460,
    height: 440,
    description: `${labels[1]} over ${labels[0]} of ${x.length} pairs of features`,
    draw: (box: Box) => underLegend(items, box, (rest) => drawPairs(data, rest), 8),
  };
  return figureDocument(body, options);
}

function drawPairs({ labels, x, y }: CapacityPairsData, box: Box): Markup {
  const most = axisEnd(x, y);
  const isCounted = x.length > MOST_POINTS;
  const bar = isCounted ? colourBarWidth(countScale([]), box.height - 60) + RIGHT : 0;
  const plot = layoutPlot(
    { ...box, width: box.width - bar },
    { label: labels[0], scale: 'linear', domain: [0, most] },
    { label: labels[1], scale: 'linear', domain: [most, 0] },
    { right: RIGHT },
  );
  const cloud = isCounted ? countCells(x, y, plot) : null;
  const scale = countScale(cloud === null ? [] : [cloud]);
  const points = cloud === null ? dots(x, y) : cloudCells(cloud, scale);
  const { area } = plot;
  return fragment(
    drawMarks(plot, points, identity(most), frame()),
    plot.axes,
    isCounted
      ? drawColourBar(scale, { x: box.x + box.width - bar + RIGHT, y: area.y, height: area.height })
      : [],
  );
}

function checkPairs({ x, y }: CapacityPairsData): void {
  if (x.length === 0 || x.length !== y.length) {
    throw new RangeError(
      `capacityPairsFigure: needs as many capacities in x and y, at least one, got ${x.length} and ${y.length}`,
    );
  }
  for (const [name, values] of [
    ['x', x],
    ['y', y],
  ] as const) {
    for (let i = 0; i < values.length; i++)
      inInterval(`capacityPairsFigure: ${name}[${i}]`, values[i], 0, 1);
  }
}
