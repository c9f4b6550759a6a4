import type { Mark, Plot } from '../plot/plot.ts';
import { element, fragment, polyline, type Markup, type Point } from '../svg/svg.ts';
import type { LineStyle } from './line.ts';

/**
 * Draws a horizontal line across the whole plot; nothing if the axis has no place for it.
 *
 * @param value in the units of the y axis
 * @param style its look
 * @returns a mark
 * @example
 * ```js
 * import { ruleY } from 'polysem/figures/marks';
 * import { unitPlot } from 'polysem/figures/plot';
 * const plot = unitPlot({ x: 0, y: 0, width: 100, height: 50 });
 * ruleY(0, { dash: '5 4' })(plot).includes('M0 25L100 25'); // true
 * ```
 */
export function ruleY(value: number, style: LineStyle = {}): Mark {
  return ({ area, y }) => {
    const at = y.position(value);
    return straight(style, [area.x, at], [area.x + area.width, at]);
  };
}

/**
 * Draws a vertical line across the whole plot; nothing if the axis has no place for it.
 *
 * @param value in the units of the x axis
 * @param style its look
 * @returns a mark
 * @example
 * ```js
 * import { ruleX } from 'polysem/figures/marks';
 * import { unitPlot } from 'polysem/figures/plot';
 * const plot = unitPlot({ x: 0, y: 0, width: 100, height: 50 });
 * ruleX(0, { dash: '5 4' })(plot).includes('M50 0L50 50'); // true
 * ```
 */
export function ruleX(value: number, style: LineStyle = {}): Mark {
  return ({ area, x }: Plot) => {
    const at = x.position(value);
    return straight(style, [at, area.y], [at, area.y + area.height]);
  };
}

function straight(style: LineStyle, from: Point, to: Point): Markup {
  if (![...from, ...to].every(Number.isFinite)) return fragment();
  const { role = 'ps-rule', width, dash, opacity } = style;
  const look = { class: role, 'stroke-width': width, 'stroke-dasharray': dash, opacity };
  return element('path', { ...look, d: polyline([from, to]) });
}
