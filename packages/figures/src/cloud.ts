import { colourScale, type ColourScale } from './colour.ts';
import { type Plot } from './layout.ts';
import { raster } from './raster.ts';
import { decimal, element, fragment, type Markup } from './svg.ts';

/** More points than these are drawn as how many lie in each cell. */
export const MOST_POINTS = 2000;
/** Cells along each side. */
const CELLS = 72;
const RADIUS = 2.1;

/** Points in a plot, by pixel, or how many of them lie in each cell. */
export interface Cloud {
  readonly columns: number;
  readonly rows: number;
  /** The decimal logarithm of the number of points of each cell, NaN without any; row by row, the top first. */
  readonly cells: Float64Array;
}

/**
 * Counts points into cells of a plot. Those beyond an axis count in the cell at its end; those without a place on it are
 * left out.
 */
export function countCells(x: ArrayLike<number>, y: ArrayLike<number>, plot: Plot): Cloud {
  const { area } = plot;
  const columns = CELLS;
  const rows = Math.max(12, Math.round((CELLS * area.height) / area.width));
  const counts = new Float64Array(columns * rows);
  for (let i = 0; i < x.length; i++) {
    const column = ((plot.x.position(x[i]) - area.x) / area.width) * columns;
    const row = ((plot.y.position(y[i]) - area.y) / area.height) * rows;
    if (!Number.isFinite(column) || !Number.isFinite(row)) continue;
    counts[inside(row, rows) * columns + inside(column, columns)]++;
  }
  return { columns, rows, cells: counts.map((n) => (n === 0 ? Number.NaN : Math.log10(n))) };
}

function inside(place: number, count: number): number {
  return Math.max(0, Math.min(count - 1, Math.floor(place)));
}

/** One scale of counts for all clouds of a figure. */
export function countScale(clouds: readonly Cloud[]): ColourScale {
  let most = 0;
  for (const { cells } of clouds) for (const n of cells) if (n > most) most = n;
  const domain = [0, Math.max(1, Math.ceil(10 * most) / 10)] as const;
  return colourScale({ map: 'viridis', label: 'features in a cell (log10)', domain }, []);
}

/** Draws the cells of a cloud over a plot's area. */
export function drawCells({ cells, rows, columns }: Cloud, plot: Plot, scale: ColourScale): Markup {
  return raster(cells, rows, columns, scale, plot.area, 'clear');
}

/** Draws points one by one, all in one path; those beyond an axis at its end. */
export function drawPoints(x: ArrayLike<number>, y: ArrayLike<number>, plot: Plot): Markup {
  const { area } = plot;
  let d = '';
  for (let i = 0; i < x.length; i++) {
    const px = Math.max(area.x, Math.min(area.x + area.width, plot.x.position(x[i])));
    const py = Math.max(area.y, Math.min(area.y + area.height, plot.y.position(y[i])));
    if (!Number.isFinite(px) || !Number.isFinite(py)) continue;
    d += `M${decimal(px - RADIUS)} ${decimal(py)}a${RADIUS} ${RADIUS} 0 1 0 ${2 * RADIUS} 0a${RADIUS} ${RADIUS} 0 1 0 ${-2 * RADIUS} 0z`;
  }
  return d === '' ? fragment() : element('path', { class: 'ps-muted', opacity: 0.45, d });
}
