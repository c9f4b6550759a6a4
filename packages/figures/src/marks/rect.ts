import type { Mark } from '../plot/plot.ts';
import { element, tooltip } from '../svg/svg.ts';

/** The look of a rectangle. */
export interface RectStyle {
  /** Classes of the style sheet. */
  readonly role: string;
  /** Width of its outline in pixels, for roles with one. */
  readonly outline?: number;
  readonly opacity?: number;
  /** Draw without antialiasing, so rectangles that touch show no seam. Default false. */
  readonly isCrisp?: boolean;
  /** Tooltip. */
  readonly about?: string;
}

/** The sides of a rectangle, in the units of the axes. */
export interface RectSides {
  readonly x1: number;
  readonly x2: number;
  readonly y1: number;
  readonly y2: number;
}

/**
 * Draws a rectangle between two values of each axis.
 *
 * @param sides in the units of the axes, in any order
 * @param style its look
 * @returns a mark
 * @example
 * ```js
 * import { rect } from 'polysem/figures/marks';
 * import { unitPlot } from 'polysem/figures/plot';
 * const plot = unitPlot({ x: 0, y: 0, width: 100, height: 50 });
 * rect({ x1: -1, x2: 0, y1: 0, y2: 1 }, { role: 'ps-full' })(plot);
 * // '<rect class="ps-full" x="0" y="0" width="50" height="25"/>'
 * ```
 */
export function rect({ x1, x2, y1, y2 }: RectSides, style: RectStyle): Mark {
  const { role, outline, opacity, isCrisp = false, about } = style;
  return ({ x, y }) => {
    const [left, right] = [x.position(x1), x.position(x2)];
    const [top, bottom] = [y.position(y1), y.position(y2)];
    const attributes = {
      class: role,
      x: Math.min(left, right),
      y: Math.min(top, bottom),
      width: Math.abs(right - left),
      height: Math.abs(bottom - top),
      'stroke-width': outline,
      opacity,
      'shape-rendering': isCrisp ? 'crispEdges' : undefined,
    };
    return element('rect', attributes, tooltip(about));
  };
}

/** A rectangle over the whole plot, such as the swatch of a legend. */
export function fill(style: RectStyle): Mark {
  return ({ area }) => {
    const { role, outline, opacity } = style;
    return element('rect', { class: role, ...area, 'stroke-width': outline, opacity });
  };
}
