import type { Mark } from '../plot/plot.ts';
import { element, tooltip, type Point } from '../svg/svg.ts';

/** The look of an arrow. */
export interface ArrowStyle {
  /** Classes of the style sheet. */
  readonly role: string;
  /** Colour that does not follow the theme, such as that of a colour map. */
  readonly fill?: string | undefined;
  /** Width of the shaft in pixels. Default 3. */
  readonly width?: number;
  readonly opacity?: number;
  /** Tooltip. */
  readonly about?: string;
}

/** An arrow from its origin to its tip, in the units of the axes. */
export interface Arrow extends ArrowStyle {
  readonly from: Point;
  readonly to: Point;
}

/** Shorter arrows, in pixels, have no visible direction. */
const LEAST_LENGTH = 3;

/**
 * Draws an arrow, or a disc if it is shorter than 3 pixels and so has no visible direction.
 *
 * @param style its ends in the units of the axes, and its look
 * @returns a mark
 * @example
 * ```js
 * import { arrow } from 'polysem/figures/marks';
 * import { unitPlot } from 'polysem/figures/plot';
 * const plot = unitPlot({ x: 0, y: 0, width: 100, height: 50 });
 * arrow({ from: [0, 0], to: [0, 0], role: 'ps-edge' })(plot).startsWith('<circle'); // true
 * ```
 */
export function arrow({ from, to, role, fill, about, width = 3, opacity }: Arrow): Mark {
  return ({ x, y }) => {
    const [x0, y0] = [x.position(from[0]), y.position(from[1])];
    const [x1, y1] = [x.position(to[0]), y.position(to[1])];
    const length = Math.hypot(x1 - x0, y1 - y0);
    const look = { class: role, fill };
    const outline = { 'stroke-width': 0.8, 'stroke-linejoin': 'round', opacity };
    if (length < LEAST_LENGTH) {
      const disc = { ...look, cx: x0, cy: y0, r: width + 1, ...outline };
      return element('circle', disc, tooltip(about));
    }
    const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
    const points = outlineOf(length, width)
      .map(([along, across]) =>
        [x0 + ux * along - uy * across, y0 + uy * along + ux * across]
          .map((v) => v.toFixed(1))
          .join(','),
      )
      .join(' ');
    return element('polygon', { ...look, points, ...outline }, tooltip(about));
  };
}

/** The corners of an arrow along the positive axis, from the origin. */
function outlineOf(length: number, width: number): Point[] {
  const head = Math.min(4 * width, length * 0.6);
  const shaft = length - head;
  const half = width / 2;
  return [
    [0, half],
    [shaft, half],
    [shaft, head * 0.45],
    [length, 0],
    [shaft, -head * 0.45],
    [shaft, -half],
    [0, -half],
  ];
}
