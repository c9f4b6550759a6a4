import type { Mark } from '../plot/plot.ts';
import { decimal, element, fragment, tooltip } from '../svg/svg.ts';
import { drawSymbol, type SymbolName } from './symbol.ts';

/** The look of a point. */
export interface DotStyle {
  /** Default 'circle'. */
  readonly symbol?: SymbolName;
  /** Classes of the style sheet. Default 'ps-ink'. */
  readonly role?: string;
  /** Radius in pixels. Default 4. */
  readonly r?: number;
  /** Width of its outline in pixels, for roles with one. */
  readonly outline?: number;
  readonly opacity?: number;
  /** Pixels by which it is moved down. Default 0. */
  readonly dy?: number;
  /** Tooltip. */
  readonly about?: string;
}

/**
 * Draws a point; nothing if an axis has no place for it.
 *
 * @param x in the units of the x axis
 * @param y in the units of the y axis
 * @param style its look
 * @returns a mark
 * @example
 * ```js
 * import { dot } from 'polysem/figures/marks';
 * import { unitPlot } from 'polysem/figures/plot';
 * const plot = unitPlot({ x: 0, y: 0, width: 100, height: 50 });
 * dot(0, 0)(plot); // '<circle class="ps-ink" cx="50" cy="25" r="4"/>'
 * ```
 */
export function dot(x: number, y: number, style: DotStyle = {}): Mark {
  const { symbol = 'circle', role = 'ps-ink', r = 4, outline, opacity, dy = 0, about } = style;
  return (plot) => {
    const [px, py] = [plot.x.position(x), plot.y.position(y) + dy];
    if (!Number.isFinite(px) || !Number.isFinite(py)) return fragment();
    const look = { class: role, 'stroke-width': outline, opacity };
    return drawSymbol(symbol, [px, py], r, look, tooltip(about));
  };
}

/**
 * Draws many equal points as one path. Points beyond an axis are drawn at its end.
 *
 * @param x in the units of the x axis
 * @param y in the units of the y axis, as many as x
 * @param style their look
 * @returns a mark
 * @example
 * ```js
 * import { dots } from 'polysem/figures/marks';
 * import { unitPlot } from 'polysem/figures/plot';
 * const plot = unitPlot({ x: 0, y: 0, width: 100, height: 50 });
 * dots([], [])(plot); // ''
 * ```
 */
export function dots(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  style: Pick<DotStyle, 'role' | 'r' | 'opacity'> = {},
): Mark {
  const { role = 'ps-muted', r = 2.1, opacity = 0.45 } = style;
  return (plot) => {
    const { area } = plot;
    let d = '';
    for (let i = 0; i < x.length; i++) {
      const px = Math.max(area.x, Math.min(area.x + area.width, plot.x.position(x[i])));
      const py = Math.max(area.y, Math.min(area.y + area.height, plot.y.position(y[i])));
      if (!Number.isFinite(px) || !Number.isFinite(py)) continue;
      d += `M${decimal(px - r)} ${decimal(py)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
    }
    return d === '' ? fragment() : element('path', { class: role, opacity, d });
  };
}
