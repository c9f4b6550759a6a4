import type { Scale } from '../plot/axis.ts';
import type { Mark } from '../plot/plot.ts';
import { element, fragment, polyline, type Markup, type Point } from '../svg/svg.ts';

/** Which ticks have a grid line. */
export interface GridOptions {
  /** Default 'labelled'. */
  readonly ticks?: 'labelled' | 'all';
}

/**
 * Draws thin horizontal lines at the ticks of the y axis.
 *
 * @param options which ticks have a line
 * @returns a mark
 * @example
 * ```js
 * import { gridY } from 'polysem/figures/marks';
 * import { layoutPlot } from 'polysem/figures/plot';
 * const axis = { label: 'C', scale: 'linear', domain: [0, 1] };
 * const plot = layoutPlot({ x: 0, y: 0, width: 200, height: 200 }, axis, axis);
 * gridY()(plot).startsWith('<path class="ps-grid"'); // true
 * ```
 */
export function gridY(options: GridOptions = {}): Mark {
  return ({ area, y }) =>
    gridLines(y, options, (at) => [
      [area.x, at],
      [area.x + area.width, at],
    ]);
}

/**
 * Draws thin vertical lines at the ticks of the x axis.
 *
 * @param options which ticks have a line
 * @returns a mark
 * @example
 * ```js
 * import { gridX } from 'polysem/figures/marks';
 * import { layoutPlot } from 'polysem/figures/plot';
 * const axis = { label: 'C', scale: 'linear', domain: [0, 1] };
 * const plot = layoutPlot({ x: 0, y: 0, width: 200, height: 200 }, axis, axis);
 * gridX()(plot).startsWith('<path class="ps-grid"'); // true
 * ```
 */
export function gridX(options: GridOptions = {}): Mark {
  return ({ area, x }) =>
    gridLines(x, options, (at) => [
      [at, area.y],
      [at, area.y + area.height],
    ]);
}

function gridLines(
  scale: Scale,
  { ticks = 'labelled' }: GridOptions,
  across: (at: number) => readonly Point[],
): Markup {
  const d = scale.ticks
    .filter((tick) => ticks === 'all' || tick.label !== '')
    .map(({ value }) => polyline(across(scale.position(value))))
    .join('');
  return d === '' ? fragment() : element('path', { class: 'ps-grid', d });
}
