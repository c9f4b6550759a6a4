import { clipped } from '../plot/box.ts';
import { drawMarks, type Mark } from '../plot/plot.ts';

/**
 * Draws marks clipped to the plot.
 *
 * @param marks one mark or a list of marks each, the first at the bottom
 * @returns a mark
 * @example
 * ```js
 * import { clip, line } from 'polysem/figures/marks';
 * import { unitPlot } from 'polysem/figures/plot';
 * const plot = unitPlot({ x: 0, y: 0, width: 100, height: 50 });
 * clip(line([[-9, 0], [9, 0]]))(plot).startsWith('<svg'); // true
 * ```
 */
export function clip(...marks: readonly (Mark | readonly Mark[])[]): Mark {
  return (plot) => clipped(plot.area, drawMarks(plot, ...marks));
}
