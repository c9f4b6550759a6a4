import type { Mark } from '../plot/plot.ts';
import { element, fragment, polyline, tooltip, type Point } from '../svg/svg.ts';

/** The look of an area. */
export interface BandStyle {
  /** Class of the style sheet that fills it. Default 'ps-muted'. */
  readonly role?: string;
  /** Default 0.25. */
  readonly opacity?: number;
  /** Tooltip. */
  readonly about?: string;
}

/**
 * Fills the area between two lines. Points without a place on the axes are left out.
 *
 * @param upper the points of one edge, in the units of the axes
 * @param lower the points of the other edge, in the same direction
 * @param style its look
 * @returns a mark
 * @example
 * ```js
 * import { band } from 'polysem/figures/marks';
 * import { unitPlot } from 'polysem/figures/plot';
 * const plot = unitPlot({ x: 0, y: 0, width: 100, height: 50 });
 * const [upper, lower] = [[[-1, 1], [1, 1]], [[-1, 0], [1, 0]]];
 * band(upper, lower)(plot); // '<path class="ps-muted" opacity="0.25" d="M0 0L100 0L100 25L0 25z"/>'
 * ```
 */
export function band(
  upper: readonly Point[],
  lower: readonly Point[],
  style: BandStyle = {},
): Mark {
  const { role = 'ps-muted', opacity = 0.25, about } = style;
  return ({ x, y }) => {
    const outline = [...upper, ...lower.toReversed()]
      .map(([a, b]): Point => [x.position(a), y.position(b)])
      .filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b));
    if (outline.length === 0) return fragment();
    const d = `${polyline(outline)}z`;
    return element('path', { class: role, opacity, d }, tooltip(about));
  };
}
