import { makeAxis, type Axis, type AxisSpec } from './axis.ts';
import { blockLegend } from './block-style.ts';
import { axisTitleLines, drawXAxis, drawYAxis, xAxisHeight, yAxisWidth } from './draw-axis.ts';
import { bandLegend, drawBands, drawCapacityLines, MOST_LINES } from './dynamics-capacity.ts';
import { checkDynamics, type DynamicsData } from './dynamics-data.ts';
import { drawEventLines, layEvents } from './dynamics-events.ts';
import {
  blockCounts,
  drawStrip,
  membershipRole,
  stripOrder,
  stripWidth,
} from './dynamics-strip.ts';
import { figureDocument, type FigureOptions } from './figure.ts';
import { plotFrame, type Box } from './layout.ts';
import { drawLegend, type LegendItem } from './legend.ts';
import { element, fragment, polyline, type Markup } from './svg.ts';

const GAP = 12;
/** Share of the height of loss, capacity, number of blocks, and membership. */
const SHARES = [0.2, 0.38, 0.12, 0.3];
const RIGHT = 104;

/**
 * Training over its steps: the loss; the capacity of each feature, or of many features as quantiles;
 * how many blocks there are; which block each feature is in; and events as lines across all panels.
 *
 * @throws RangeError if there are fewer than two checkpoints, steps do not ascend, a series has
 * another length, a capacity is outside of [0, 1], or a block is no number from 0.
 */
export function dynamicsFigure(data: DynamicsData, options: FigureOptions): string {
  checkDynamics(data);
  const [checkpoints, features] = [data.steps.length, data.capacity[0].length];
  const { events = [] } = data;
  return figureDocument(options, {
    width: 780,
    height: 640,
    description: `Loss, capacities and blocks of ${features} features over ${checkpoints} checkpoints of training, with ${events.length} events`,
    draw: (box) => drawDynamics(data, box),
  });
}

function drawDynamics(data: DynamicsData, box: Box): Markup {
  const { capacity, blockOf, events = [] } = data;
  const features = capacity[0].length;
  const isFew = features <= MOST_LINES;
  const items: LegendItem[] = [
    ...(isFew ? [] : bandLegend()),
    ...blockLegend(blockOf.flat(), data.blockNames, swatch),
  ];
  const legend = drawLegend(items, box.x, box.y, box.width);
  const order = stripOrder(blockOf);
  const counts = blockCounts(blockOf);

  const specs: AxisSpec[] = [
    lossAxis(data.loss),
    { label: 'capacity C', scale: 'linear', domain: [1.02, -0.02] },
    { label: 'blocks', scale: 'linear', domain: [Math.max(1, ...counts) * 1.12, 0], isWhole: true },
  ];
  const xSpec = stepAxis(data);
  const foot = xAxisHeight(axisTitleLines(xSpec, box.width - 2 * RIGHT).length);
  // Labels of events stand in the panels' width, which needs their heights' axes first.
  const trial = specs.map((spec) => makeAxis(spec, [0, 90], 'y'));
  const left = Math.max(
    stripWidth(features, data.labels),
    ...trial.map((axis) => yAxisWidth(axis, 1)),
  );
  const area = { x: box.x + left, width: box.width - left - RIGHT };
  if (!(area.width >= 120)) throw tooSmall(box);
  const x = makeAxis(xSpec, [area.x, area.x + area.width], 'x');
  const at = (step: number): number => {
    const px = x.position(step);
    return Number.isNaN(px) ? area.x : px;
  };
  const flags = layEvents(events, at, { ...area, y: box.y + legend.height }, RIGHT);
  const top = box.y + legend.height + flags.height + 4;
  const height = box.y + box.height - top - foot - GAP * 3;
  if (!(height >= 200)) throw tooSmall(box);

  const panels = SHARES.map((share, i): Box => {
    const above = SHARES.slice(0, i).reduce((sum, each) => sum + each, 0);
    return {
      x: area.x,
      width: area.width,
      y: top + above * height + i * GAP,
      height: share * height,
    };
  });
  const axes = specs.map((spec, i) =>
    makeAxis(spec, [panels[i].y, panels[i].y + panels[i].height], 'y'),
  );
  const positions = Array.from(data.steps, at);
  const line = (axis: Axis, values: ArrayLike<number>): string =>
    polyline(positions.map((px, s) => [px, axis.position(values[s])] as const));
  const names = { features: data.labels, blocks: data.blockNames };
  return fragment(
    legend.markup,
    ...axes.map((axis, i) => gridOf(axis, panels[i])),
    element('path', { class: 'ps-rule', 'stroke-width': 1.6, d: line(axes[0], data.loss) }),
    isFew
      ? drawCapacityLines(data, positions, axes[1], panels[1], names.features)
      : drawBands(capacity, positions, axes[1]),
    element('path', {
      class: 'ps-rule',
      'stroke-width': 1.6,
      d: stairs(positions, counts, axes[2]),
    }),
    drawStrip(blockOf, order, positions, panels[3], left, names),
    drawEventLines(flags.placed, panels),
    ...panels.map(plotFrame),
    flags.markup,
    ...axes.map((axis, i) =>
      drawYAxis(axis, area.x, axisTitleLines(axis.spec, panels[i].height), left),
    ),
    drawXAxis(x, panels[3].y + panels[3].height, axisTitleLines(xSpec, area.width)),
  );
}

function tooSmall({ width, height }: Box): RangeError {
  return new RangeError(`figure: ${width} x ${height} pixels leave no room for the plot`);
}

function stepAxis({ steps, scale = 'linear' }: DynamicsData): AxisSpec {
  const last = steps[steps.length - 1];
  if (scale === 'linear') return { label: 'step', scale, domain: [steps[0], last] };
  const zero = steps[0] === 0;
  const first = steps[zero ? 1 : 0];
  // Room for step 0 left of the first: as much as up to the second, or a factor of 2.
  const second = steps[zero ? 2 : 1] ?? 2 * first;
  return {
    label: zero ? 'step (0 at the left edge)' : 'step',
    scale,
    domain: zero
      ? [first * Math.min(0.5, first / second), Math.max(last, first * 1.01)]
      : [first, last],
  };
}

function lossAxis(loss: ArrayLike<number>): AxisSpec {
  const known = Array.from(loss).filter(Number.isFinite);
  if (known.length === 0) return { label: 'loss', scale: 'linear', domain: [1, 0] };
  const [low, high] = [Math.min(...known), Math.max(...known)];
  if (low > 0 && high / low >= 5) {
    return { label: 'loss', scale: 'log', domain: [high * 1.2, low / 1.2] };
  }
  const room = 0.06 * (high - low || Math.abs(high) || 1);
  return { label: 'loss', scale: 'linear', domain: [high + room, low - room] };
}

function gridOf(axis: Axis, { x, width }: Box): Markup {
  const shown = axis.ticks.filter((tick) => tick.label !== '');
  return element('path', {
    class: 'ps-grid',
    d: shown
      .map(({ value }) =>
        polyline([
          [x, axis.position(value)],
          [x + width, axis.position(value)],
        ]),
      )
      .join(''),
  });
}

/** Counts change between two checkpoints, half-way. */
function stairs(positions: readonly number[], counts: readonly number[], axis: Axis): string {
  return polyline(
    positions.flatMap((px, s) => {
      const from = s === 0 ? px : (positions[s - 1] + px) / 2;
      const to = s === positions.length - 1 ? px : (positions[s + 1] + px) / 2;
      const y = axis.position(counts[s]);
      return [
        [from, y],
        [to, y],
      ] as const;
    }),
  );
}

function swatch(block: number | null, x: number, y: number): Markup {
  const box = { x: x - 7, y: y - 6, width: 14, height: 12 };
  return element('rect', {
    class: `${membershipRole(block)} ps-edge`,
    'stroke-width': 0.5,
    ...box,
  });
}
