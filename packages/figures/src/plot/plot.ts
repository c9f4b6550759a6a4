import { fragment, type Markup } from '../svg/svg.ts';
import { makeAxis, type AxisSpec, type Scale } from './axis.ts';
import { noRoom, type Box } from './box.ts';
import { axisTitleLines, drawXAxis, drawYAxis, xAxisHeight, yAxisWidth } from './draw-axis.ts';

/** A rectangle of pixels with a scale along each side. */
export interface Plot {
  readonly area: Box;
  readonly x: Scale;
  readonly y: Scale;
}

/** A part of a figure. It draws itself over the scales of a plot, and knows the theme by the classes of its style sheet. */
export type Mark = (plot: Plot) => Markup;

/**
 * Draws marks over a plot.
 *
 * @param plot the area and its scales
 * @param marks one mark or a list of marks each, the first at the bottom
 * @returns markup
 * @example
 * ```js
 * import { dot, frame } from 'polysem/figures/marks';
 * import { drawMarks, unitPlot } from 'polysem/figures/plot';
 * const plot = unitPlot({ x: 0, y: 0, width: 100, height: 50 });
 * drawMarks(plot, frame(), [dot(0, 0), dot(1, 1)]).split('<circle').length; // 3
 * ```
 */
export function drawMarks(plot: Plot, ...marks: readonly (Mark | readonly Mark[])[]): Markup {
  return fragment(...marks.flat().map((mark) => mark(plot)));
}

/** Several marks as one. */
export function group(...marks: readonly (Mark | readonly Mark[])[]): Mark {
  return (plot) => drawMarks(plot, ...marks);
}

const PIXEL: Scale = { range: [0, 0], ticks: [], position: (value) => value };

/** A plot over a box whose coordinates are the pixels of the figure themselves. */
export function pixelPlot(area: Box): Plot {
  return { area, x: PIXEL, y: PIXEL };
}

/**
 * A plot whose coordinates run from -1 to 1, to the right and upwards, such as the sample of a legend.
 *
 * @param area the box in pixels
 * @returns a plot without ticks
 * @example
 * ```js
 * import { unitPlot } from 'polysem/figures/plot';
 * unitPlot({ x: 0, y: 0, width: 100, height: 50 }).y.position(1); // 0
 * ```
 */
export function unitPlot(area: Box): Plot {
  const { x, y, width, height } = area;
  return {
    area,
    x: { range: [x, x + width], ticks: [], position: (v) => x + width / 2 + (v * width) / 2 },
    y: { range: [y, y + height], ticks: [], position: (v) => y + height / 2 - (v * height) / 2 },
  };
}

/** Margins of a plot. */
export interface PlotOptions {
  /** Pixels right of the plot; at least half a tick label. Default 22. */
  readonly right?: number;
  /** Pixels above the plot. Default 8. */
  readonly top?: number;
  /** One unit of x and one of y take the same number of pixels. Default false. */
  readonly square?: boolean;
  /** Minimum number of pixels left of the plot, to align several plots. Default 0. */
  readonly left?: number;
  /** Leave out the title of the y axis, because a neighbour shows it. Default false. */
  readonly bareY?: boolean;
  /** Leave out the title of the x axis, because a neighbour shows it. Default false. */
  readonly bareX?: boolean;
}

/** A plot with its two axes drawn. */
export interface PlotWithAxes extends Plot {
  readonly axes: Markup;
}

/**
 * Fits a plot with axes into a box, however wide its tick labels are.
 *
 * @param box the room for the plot, its axes and their titles
 * @param xSpec the x axis
 * @param ySpec the y axis
 * @param options the room around the plot
 * @returns the plot with its axes drawn
 * @throws RangeError if less than 40 x 40 pixels are left for the plot.
 * @example
 * ```js
 * import { layoutPlot } from 'polysem/figures/plot';
 * const axis = { label: 'C', scale: 'linear', domain: [0, 1] };
 * const plot = layoutPlot({ x: 0, y: 0, width: 200, height: 200 }, axis, axis, { right: 22 });
 * plot.x.position(1); // 178
 * ```
 */
export function layoutPlot(
  box: Box,
  xSpec: AxisSpec,
  ySpec: AxisSpec,
  options: PlotOptions = {},
): PlotWithAxes {
  const { right = 22, top = 8, square = false, bareX = false, bareY = false } = options;
  // Width and height depend on each other: a low estimate of the height decides the width of the y axis.
  const yTitle = bareY ? [] : axisTitleLines(ySpec, box.height - top - 40);
  const guess = makeAxis(ySpec, [0, box.height - top - xAxisHeight(bareX ? 0 : 1)], 'y');
  const left = Math.max(options.left ?? 0, yAxisWidth(guess, yTitle.length));
  let width = box.width - left - right;
  const xTitle = bareX ? [] : axisTitleLines(xSpec, width + Math.min(left, right));
  let height = box.height - top - xAxisHeight(xTitle.length);
  if (!(width >= 40 && height >= 40)) throw noRoom(box);
  let shift = 0;
  if (square) {
    const side = Math.min(width, height);
    shift = (width - side) / 2;
    width = side;
    height = side;
  }
  const area = { x: box.x + left + shift, y: box.y + top, width, height };
  const x = makeAxis(xSpec, [area.x, area.x + width], 'x');
  const y = makeAxis(ySpec, [area.y, area.y + height], 'y');
  return {
    area,
    x,
    y,
    axes: fragment(drawXAxis(x, area.y + height, xTitle), drawYAxis(y, area.x, yTitle, left)),
  };
}
