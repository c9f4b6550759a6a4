import { makeAxis, type Axis, type AxisSpec } from './axis.ts';
import { axisTitleLines, drawXAxis, drawYAxis, xAxisHeight, yAxisWidth } from './draw-axis.ts';
import { element, fragment, type Markup } from './svg.ts';

/** A rectangle in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlotOptions {
  /** Pixels kept free right of the plot, at least half a tick label. Default 22. */
  readonly right?: number;
  /** Pixels kept free above the plot. Default 8. */
  readonly top?: number;
  /** One unit of x and of y take the same number of pixels. Default false. */
  readonly square?: boolean;
  /** The least number of pixels left of the plot, to line plots up. Default 0. */
  readonly left?: number;
  /** Leave the y axis' title out, where a neighbour shows it. Default false. */
  readonly bareY?: boolean;
  /** Leave the x axis' title out, where a neighbour shows it. Default false. */
  readonly bareX?: boolean;
}

/** A plot with its two axes placed inside a box. */
export interface Plot {
  /** The rectangle between the axes. */
  readonly area: Box;
  readonly x: Axis;
  readonly y: Axis;
  /** The two axes, drawn; the frame of the area is left to `plotFrame`. */
  readonly axes: Markup;
}

/**
 * Fits a plot with axes into a box, whatever the width of its labels.
 *
 * @throws RangeError if no room is left for the plot itself.
 */
export function layoutPlot(
  box: Box,
  xSpec: AxisSpec,
  ySpec: AxisSpec,
  options: PlotOptions = {},
): Plot {
  const { right = 22, top = 8, square = false, bareX = false, bareY = false } = options;
  // The height is not known before the width, nor the width before the height: a low estimate of
  // the height decides the y axis' width.
  const yTitle = bareY ? [] : axisTitleLines(ySpec, box.height - top - 40);
  const guess = makeAxis(ySpec, [0, box.height - top - xAxisHeight(bareX ? 0 : 1)], 'y');
  const left = Math.max(options.left ?? 0, yAxisWidth(guess, yTitle.length));
  let width = box.width - left - right;
  const xTitle = bareX ? [] : axisTitleLines(xSpec, width + Math.min(left, right));
  let height = box.height - top - xAxisHeight(xTitle.length);
  if (!(width >= 40 && height >= 40)) {
    throw new RangeError(`figure: ${box.width} x ${box.height} pixels leave no room for the plot`);
  }
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

/** The outline of a plot area, drawn over its content. */
export function plotFrame({ x, y, width, height }: Box): Markup {
  return element('rect', { class: 'ps-line', x, y, width, height });
}

/**
 * Content clipped to a box, still in the coordinates of the whole figure. A nested viewport clips
 * without an id, so that figures never clash when several are put into one page.
 */
export function clipped({ x, y, width, height }: Box, ...content: readonly Markup[]): Markup {
  const viewBox = [x, y, width, height].map((v) => v.toFixed(2)).join(' ');
  return element('svg', { x, y, width, height, viewBox, overflow: 'hidden' }, ...content);
}

/** Whether two rectangles share more than an edge. */
export function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Diagonal hatching of a box: the sign for 'no value here'. */
export function hatching(box: Box, role: string, gap: number = 7): Markup {
  let d = '';
  for (let start = box.x - box.height; start < box.x + box.width; start += gap) {
    d += `M${start.toFixed(1)} ${(box.y + box.height).toFixed(1)}l${box.height.toFixed(1)} ${(-box.height).toFixed(1)}`;
  }
  return clipped(box, element('path', { class: role, 'stroke-width': 1.2, d }));
}
