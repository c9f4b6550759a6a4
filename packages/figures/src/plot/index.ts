/**
 * Scales, axes and the document around a figure.
 *
 * @module
 */
export type { Axis, AxisSpec, Scale, Tick } from './axis.ts';
export { noRoom, type Box } from './box.ts';
export { categoryScale } from './categories.ts';
export { figureDocument, type FigureBody, type FigureOptions } from './document.ts';
export {
  drawMarks,
  layoutPlot,
  unitPlot,
  type Mark,
  type Plot,
  type PlotOptions,
  type PlotWithAxes,
} from './plot.ts';
export { DEFAULT_VIEW, seenFrom, type Seen, type View } from './view.ts';
