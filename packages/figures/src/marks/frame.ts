import type { Mark } from '../plot/plot.ts';
import { element } from '../svg/svg.ts';

/**
 * Draws the outline of the plot.
 *
 * @returns a mark
 * @example
 * ```js
 * import { frame } from 'polysem/figures/marks';
 * import { unitPlot } from 'polysem/figures/plot';
 * const plot = unitPlot({ x: 0, y: 0, width: 100, height: 50 });
 * frame()(plot); // '<rect class="ps-line" x="0" y="0" width="100" height="50"/>'
 * ```
 */
export function frame(): Mark {
  return ({ area: { x, y, width, height } }) =>
    element('rect', { class: 'ps-line', x, y, width, height });
}
