import type { Mark } from '../plot/plot.ts';
import { element, fragment, polyline, tooltip, type Point } from '../svg/svg.ts';

/** The look of a line. */
export interface LineStyle {
  /** Class of the style sheet that colours it. Default 'ps-rule', the colour of text. */
  readonly role?: string;
  /** Colour that does not follow the theme, instead of a class. */
  readonly stroke?: string;
  /** Pixels. Default 1. */
  readonly width?: number;
  /** Pattern of dashes, such as '6 4'. Default: solid. */
  readonly dash?: string | undefined;
  readonly opacity?: number;
  /** Tooltip. */
  readonly about?: string;
}

/**
 * Draws a line through points. A point that is not finite, or has no place on a log axis, interrupts it.
 *
 * @param points in the units of the axes
 * @param style its look
 * @returns a mark
 * @example
 * ```js
 * import { line } from 'polysem/figures/marks';
 * import { unitPlot } from 'polysem/figures/plot';
 * const plot = unitPlot({ x: 0, y: 0, width: 100, height: 50 });
 * line([[-1, -1], [1, 1]], { role: 'ps-l0', width: 2 })(plot).includes('d="M0 50L100 0"'); // true
 * ```
 */
export function line(points: Iterable<Point>, style: LineStyle = {}): Mark {
  const { role = 'ps-rule', stroke, width, dash, opacity, about } = style;
  return ({ x, y }) => {
    const d = polyline(Array.from(points, ([a, b]): Point => [x.position(a), y.position(b)]));
    if (d === '') return fragment();
    const attributes = {
      class: stroke === undefined ? role : undefined,
      fill: stroke === undefined ? undefined : 'none',
      stroke,
      'stroke-width': width,
      'stroke-linejoin': 'round',
      'stroke-dasharray': dash,
      opacity,
      d,
    };
    return element('path', attributes, tooltip(about));
  };
}

/** The outline of a line: a wider line of another colour below it. */
export interface Halo {
  /** Pixels added to the width of the line. Default 3. */
  readonly halo?: number;
  /** Class of the outline. Default 'ps-stripe', the colour of the paper. */
  readonly haloRole?: string;
  /** Colour of the outline that does not follow the theme, instead of a class. */
  readonly haloStroke?: string;
  readonly haloOpacity?: number;
}

/** A line with an outline that separates it from what is below. */
export function haloedLine(points: Iterable<Point>, style: LineStyle & Halo = {}): Mark {
  const { halo = 3, haloRole = 'ps-stripe', haloStroke, haloOpacity, ...own } = style;
  const all = [...points];
  const below = line(all, {
    role: haloRole,
    ...(haloStroke === undefined ? {} : { stroke: haloStroke }),
    ...(haloOpacity === undefined ? {} : { opacity: haloOpacity }),
    width: (own.width ?? 1) + halo,
  });
  return (plot) => fragment(below(plot), line(all, own)(plot));
}
