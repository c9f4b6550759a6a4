import { blockLegend } from '../../marks/block-symbol.ts';
import { frame } from '../../marks/frame.ts';
import { gridY } from '../../marks/grid.ts';
import { underLegend, type LegendItem } from '../../marks/legend.ts';
import { line } from '../../marks/line.ts';
import { fill } from '../../marks/rect.ts';
import { makeAxis, type Axis, type AxisSpec } from '../../plot/axis.ts';
import { noRoom, type Box } from '../../plot/box.ts';
import { figureDocument, type FigureOptions } from '../../plot/document.ts';
import {
  axisTitleLines,
  drawXAxis,
  drawYAxis,
  xAxisHeight,
  yAxisWidth,
} from '../../plot/draw-axis.ts';
import { drawMarks, pixelPlot, type Mark, type Plot } from '../../plot/plot.ts';
import { stepAxis, stepPlace } from '../../plot/step-axis.ts';
import { fragment, type Markup, type Point } from '../../svg/svg.ts';
import { bandLegend, capacityBands, capacityLines, MOST_LINES } from './capacity-panel.ts';
import { checkDynamics, type DynamicsData } from './data.ts';
import { placeEvents } from './events.ts';
import { blockCounts, blockNamesRoom, drawStrip, membershipRole, stripWidth } from './strip.ts';

export type { DynamicsData, DynamicsEvent } from './data.ts';

/** Pixels between panels. */
const GAP = 12;
/** Fraction of the height for loss, capacity, number of blocks, and membership. */
const SHARES = [0.2, 0.38, 0.12, 0.3];
/** Pixels right of the panels: minimum, maximum, and largest fraction of the width. */
const LEAST_RIGHT = 60;
const MOST_RIGHT = 170;
const RIGHT_SHARE = 0.3;

/**
 * Draws a training over its steps: the loss; the capacity of each feature, or quantiles for more than
 * 12 features; the number of blocks; the block of each feature; and events as lines across all panels.
 *
 * @param data loss, capacities and blocks at each checkpoint
 * @param options title, size, theme and provenance
 * @returns an SVG document
 * @throws RangeError if there are fewer than two checkpoints, steps do not ascend, a list has another
 * length, a capacity is outside [0, 1], or a block is not an integer from 0.
 * @example
 * ```js
 * import { dynamicsFigure } from 'polysem/figures';
 * const data = {
 *   steps: [0, 100], loss: [1, 0.1], capacity: [[0.2, 0.3], [0.5, 0.5]], blockOf: [[null, null], [0, 0]],
 * };
 * const provenance = { polysem: '0.1.0', seed: null, configuration: null };
 * dynamicsFigure(data, { provenance }).startsWith('<svg'); // true
 * ```
 */
export function dynamicsFigure(data: DynamicsData, options: FigureOptions): string {
  checkDynamics(data);
  const [checkpoints, features] = [data.steps.length, data.capacity[0].length];
  const { events = [], blockOf, blockNames } = data;
  const items: LegendItem[] = [
    ...(features <= MOST_LINES ? [] : bandLegend()),
    ...blockLegend(blockOf.flat(), blockNames, (block) =>
      fill({ role: `${membershipRole(block)} ps-edge`, outline: 0.5 }),
    ),
  ];
  const body = {
    width: 780,
    height: 640,
    description: `Loss, capacities and blocks of ${features} features over ${checkpoints} checkpoints of training, with ${events.length} events`,
    draw: (box: Box) => underLegend(items, box, (rest) => drawDynamics(data, rest)),
  };
  return figureDocument(body, options);
}

function drawDynamics(data: DynamicsData, box: Box): Markup {
  const { capacity, blockOf, events = [] } = data;
  const counts = blockCounts(blockOf);
  const specs = panelSpecs(data, counts);
  const { left, right, x } = layoutColumns(data, specs, box);
  const [from, to] = x.range;
  const width = to - from;
  const at = (step: number): number => x.position(stepPlace(step, x.spec));
  const labels = placeEvents(events, at, { x: from, y: box.y, width }, right);
  const title = axisTitleLines(x.spec, width);
  const top = box.y + labels.height + 4;
  const height = box.y + box.height - top - xAxisHeight(title.length) - GAP * 3;
  if (!(height >= 200)) throw noRoom(box);
  const panels = panelBoxes({ x: from, y: top, width, height });
  const strip = panels[3];
  const plots = specs.map((spec, i) => panelPlot(spec, panels[i]));
  const positions = Array.from(data.steps, at);
  const isFew = capacity[0].length <= MOST_LINES;
  const loss = positions.map((px, s): Point => [px, data.loss[s]]);
  const marks: (Mark | readonly Mark[])[] = [
    line(loss, { width: 1.6 }),
    isFew ? capacityLines(data, positions, right) : capacityBands(capacity, positions),
    line(stairs(positions, counts), { width: 1.6 }),
  ];
  const bottom = strip.y + strip.height;
  return fragment(
    ...plots.map((plot, i) => drawMarks(plot, gridY(), marks[i])),
    drawStrip(data, positions, strip, left, right),
    drawMarks(pixelPlot(box), labels.lines(bottom)),
    ...panels.map((panel) => frame()(pixelPlot(panel))),
    labels.markup,
    ...plots.map(({ y }, i) => drawYAxis(y, from, axisTitleLines(y.spec, panels[i].height), left)),
    drawXAxis(x, bottom, title),
  );
}

/** The y axes of the panels above the strip. */
function panelSpecs({ loss }: DynamicsData, counts: readonly number[]): AxisSpec[] {
  const most = Math.max(1, ...counts) * 1.12;
  return [
    lossAxis(loss),
    { label: 'capacity C', scale: 'linear', domain: [1.02, -0.02] },
    { label: 'blocks', scale: 'linear', domain: [most, 0], isWhole: true },
  ];
}

/** The x axis, and the pixels left and right of the panels. */
function layoutColumns(
  data: DynamicsData,
  specs: readonly AxisSpec[],
  box: Box,
): { left: number; right: number; x: Axis } {
  const features = data.capacity[0].length;
  const trial = specs.map((spec) => makeAxis(spec, [0, 90], 'y'));
  const left = Math.max(
    stripWidth(features, data.labels),
    ...trial.map((axis) => yAxisWidth(axis, 1)),
  );
  const wanted = Math.max(LEAST_RIGHT, blockNamesRoom(data));
  const right = Math.min(MOST_RIGHT, RIGHT_SHARE * box.width, wanted);
  const from = box.x + left;
  const to = box.x + box.width - right;
  if (!(to - from >= 120)) throw noRoom(box);
  return {
    left,
    right,
    x: makeAxis(stepAxis(data.steps, data.scale ?? 'linear'), [from, to], 'x'),
  };
}

function panelBoxes({ x, y, width, height }: Box): Box[] {
  let top = y;
  return SHARES.map((share): Box => {
    const panel = { x, y: top, width, height: share * height };
    top += panel.height + GAP;
    return panel;
  });
}

/** A panel whose x axis is in pixels. */
function panelPlot(spec: AxisSpec, area: Box): Plot & { readonly y: Axis } {
  return { ...pixelPlot(area), y: makeAxis(spec, [area.y, area.y + area.height], 'y') };
}

function lossAxis(loss: ArrayLike<number>): AxisSpec {
  const known = Array.from(loss).filter(Number.isFinite);
  if (known.length === 0) return { label: 'loss', scale: 'linear', domain: [1, 0] };
  const [low, high] = [Math.min(...known), Math.max(...known)];
  if (low > 0 && high / low >= 5) {
    return { label: 'loss', scale: 'log', domain: [high * 1.2, low / 1.2] };
  }
  const margin = 0.06 * (high - low || Math.abs(high) || 1);
  return { label: 'loss', scale: 'linear', domain: [high + margin, low - margin] };
}

/** A line that changes half-way between two checkpoints. */
function stairs(positions: readonly number[], counts: readonly number[]): Point[] {
  return positions.flatMap((px, s): Point[] => {
    const from = s === 0 ? px : (positions[s - 1] + px) / 2;
    const to = s === positions.length - 1 ? px : (positions[s + 1] + px) / 2;
    return [
      [from, counts[s]],
      [to, counts[s]],
    ];
  });
}
