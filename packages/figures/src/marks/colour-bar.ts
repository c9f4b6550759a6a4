import { makeAxis, type AxisSpec } from '../plot/axis.ts';
import type { Box } from '../plot/box.ts';
import {
  axisTitleLines,
  drawXAxis,
  drawYAxis,
  xAxisHeight,
  yAxisWidth,
} from '../plot/draw-axis.ts';
import { drawMarks, pixelPlot } from '../plot/plot.ts';
import { element, fragment, type Markup, type Point } from '../svg/svg.ts';
import { cssColour, mapColour, type ColourScale } from '../theme/colour.ts';
import { frame } from './frame.ts';
import { heatMap } from './heat-map.ts';

const THICKNESS = 13;
const STEPS = 128;
/** Pixels by which an end that continues is pointed. */
const TIP = 7;

/**
 * The width of a vertical colour bar with its axis and title.
 *
 * @param scale the colours
 * @param height pixels of the bar
 * @returns pixels
 * @example
 * ```js
 * import { colourBarWidth } from 'polysem/figures/marks';
 * import { colourScale } from 'polysem/figures/theme';
 * const scale = colourScale({ map: 'viridis', label: 'C' }, [0, 1]);
 * colourBarWidth(scale, 200) > 40; // true
 * ```
 */
export function colourBarWidth(scale: ColourScale, height: number): number {
  const spec = axisOf(scale, 'vertical');
  const axis = makeAxis(spec, [0, height], 'y');
  return THICKNESS + yAxisWidth(axis, axisTitleLines(spec, height).length);
}

/**
 * Draws a vertical colour bar with high values at the top. An end beyond which there are values is pointed.
 *
 * @param scale the colours
 * @param place left edge, top and height of the bar in pixels
 * @returns markup
 * @example
 * ```js
 * import { drawColourBar } from 'polysem/figures/marks';
 * import { colourScale } from 'polysem/figures/theme';
 * const scale = colourScale({ map: 'viridis', label: 'C' }, [0, 1]);
 * drawColourBar(scale, { x: 0, y: 0, height: 200 }).startsWith('<image'); // true
 * ```
 */
export function drawColourBar(scale: ColourScale, { x, y, height }: Omit<Box, 'width'>): Markup {
  const spec = axisOf(scale, 'vertical');
  const axis = makeAxis(spec, [y, y + height], 'y');
  const title = axisTitleLines(spec, height);
  const [right, low, middle] = [x + THICKNESS, y + height, x + THICKNESS / 2];
  const grid = { rows: STEPS, columns: 1, values: levels(scale).toReversed() };
  return fragment(
    heatMap(grid, scale)(pixelPlot({ x, y, width: THICKNESS, height })),
    scale.above ? pointedEnd(scale, 1, [x, y], [right, y], [middle, y - TIP]) : [],
    scale.below ? pointedEnd(scale, 0, [x, low], [right, low], [middle, low + TIP]) : [],
    frame()(pixelPlot({ x, y, width: THICKNESS, height })),
    drawYAxis(axis, right, title, yAxisWidth(axis, title.length), 'right'),
  );
}

/** Height in pixels of a horizontal colour bar of a width, with its axis and title. */
export function colourBarHeight(scale: ColourScale, width: number): number {
  return THICKNESS + xAxisHeight(axisTitleLines(axisOf(scale, 'horizontal'), width).length);
}

/** Draws a horizontal colour bar with high values at the right; its height is `colourBarHeight`. */
export function drawHorizontalColourBar(
  scale: ColourScale,
  { x, y, width }: Omit<Box, 'height'>,
): Markup {
  const spec = axisOf(scale, 'horizontal');
  const axis = makeAxis(spec, [x, x + width], 'x');
  const [right, low, middle] = [x + width, y + THICKNESS, y + THICKNESS / 2];
  const plot = pixelPlot({ x, y, width, height: THICKNESS });
  return fragment(
    drawMarks(plot, heatMap({ rows: 1, columns: STEPS, values: levels(scale) }, scale)),
    scale.above ? pointedEnd(scale, 1, [right, y], [right, low], [right + TIP, middle]) : [],
    scale.below ? pointedEnd(scale, 0, [x, y], [x, low], [x - TIP, middle]) : [],
    drawMarks(plot, frame()),
    drawXAxis(axis, low, axisTitleLines(spec, width)),
  );
}

function axisOf(scale: ColourScale, direction: 'vertical' | 'horizontal'): AxisSpec {
  const [from, to] = scale.domain;
  return {
    label: scale.label,
    scale: 'linear',
    domain: direction === 'vertical' ? [to, from] : [from, to],
    ...(scale.unit === undefined ? {} : { unit: scale.unit }),
  };
}

/** Ascending values along the bar. */
function levels({ domain: [from, to] }: ColourScale): Float64Array {
  return Float64Array.from({ length: STEPS }, (_, i) => from + ((to - from) * (i + 0.5)) / STEPS);
}

/** A pointed end in the colour at t, for values beyond the domain. */
function pointedEnd(scale: ColourScale, t: number, ...corners: readonly Point[]): Markup {
  return element('polygon', {
    points: corners.map((corner) => corner.map((v) => v.toFixed(1)).join(',')).join(' '),
    fill: cssColour(mapColour(scale.map, t)),
    class: 'ps-edge',
    'stroke-width': 0.7,
  });
}
