import type { Mark } from '../plot/plot.ts';
import { fragment } from '../svg/svg.ts';
import { textLine, type TextStyle } from '../svg/text.ts';

/**
 * Writes a line of text, moved by some pixels; nothing if an axis has no place for it.
 *
 * @param x in the units of the x axis
 * @param y baseline, in the units of the y axis
 * @param content the text
 * @param style its look; dx and dy move it to the right and down
 * @returns a mark
 * @example
 * ```js
 * import { label } from 'polysem/figures/marks';
 * import { unitPlot } from 'polysem/figures/plot';
 * const plot = unitPlot({ x: 0, y: 0, width: 100, height: 50 });
 * label(0, 0, 'A', { dy: 4 })(plot); // '<text x="50" y="29" font-size="11" class="ps-ink">A</text>'
 * ```
 */
export function label(
  x: number,
  y: number,
  content: string,
  style: TextStyle & { readonly dx?: number; readonly dy?: number } = {},
): Mark {
  const { dx = 0, dy = 0, ...own } = style;
  return (plot) => {
    const [px, py] = [plot.x.position(x) + dx, plot.y.position(y) + dy];
    return Number.isFinite(px) && Number.isFinite(py) ? textLine(px, py, content, own) : fragment();
  };
}
