/**
 * Parts of figures that draw themselves over the axes of a plot; every figure is composed of them.
 *
 * @module
 */
export { arrow, type Arrow, type ArrowStyle } from './arrow.ts';
export { band, type BandStyle } from './band.ts';
export { clip } from './clip.ts';
export { colourBarWidth, drawColourBar } from './colour-bar.ts';
export { dot, dots, type DotStyle } from './dot.ts';
export { endNames, type EndName, type EndNamesStyle } from './end-names.ts';
export { errorBar } from './error-bar.ts';
export { frame } from './frame.ts';
export { gridX, gridY, type GridOptions } from './grid.ts';
export { heatMap, type ValueGrid } from './heat-map.ts';
export { label } from './label.ts';
export { lineItem, underLegend, type LegendItem } from './legend.ts';
export { line, type LineStyle } from './line.ts';
export { rect, type RectSides, type RectStyle } from './rect.ts';
export { ruleX, ruleY } from './rule.ts';
