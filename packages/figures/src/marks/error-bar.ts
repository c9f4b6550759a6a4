import type { Mark } from '../plot/plot.ts';
import { element, fragment, polyline } from '../svg/svg.ts';
import type { LineStyle } from './line.ts';

/** Half the width of the caps in pixels. */
const CAP = 3.5;

/**
 * Draws a vertical bar between two values with a cap at each end. An end beyond the plot, or without a place on a log
 * axis, is drawn at its edge without a cap.
 *
 * @param x in the units of the x axis
 * @param ends lower and upper end, in the units of the y axis
 * @param style its look
 * @returns a mark
 * @example
 * ```js
 * import { errorBar } from 'polysem/figures/marks';
 * import { unitPlot } from 'polysem/figures/plot';
 * const plot = unitPlot({ x: 0, y: 0, width: 100, height: 50 });
 * errorBar(0, [-0.5, 0.5])(plot).includes('M50 37.5L50 12.5'); // true
 * ```
 */
export function errorBar(
  x: number,
  [low, high]: readonly [number, number],
  style: Omit<LineStyle, 'about' | 'stroke'> = {},
): Mark {
  const { role = 'ps-rule', width, dash, opacity } = style;
  return (plot) => {
    const px = plot.x.position(x);
    const { y: top, height } = plot.area;
    const bottom = top + height;
    const place = (value: number): number => {
      const at = plot.y.position(value);
      return Number.isFinite(at) ? at : bottom;
    };
    const [from, to] = [place(low), place(high)];
    if (!Number.isFinite(px) || (from <= top && to <= top) || (from >= bottom && to >= bottom))
      return fragment();
    const inside = (at: number): number => Math.min(bottom, Math.max(top, at));
    const caps = [from, to]
      .filter((at) => at > top && at < bottom)
      .map((at) =>
        polyline([
          [px - CAP, at],
          [px + CAP, at],
        ]),
      );
    const bar = polyline([
      [px, inside(from)],
      [px, inside(to)],
    ]);
    const look = { class: role, 'stroke-width': width, 'stroke-dasharray': dash, opacity };
    return element('path', { ...look, d: [bar, ...caps].join('') });
  };
}
