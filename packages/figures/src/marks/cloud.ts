import type { Mark, Plot } from '../plot/plot.ts';
import { colourScale, type ColourScale } from '../theme/colour.ts';
import { heatMap } from './heat-map.ts';

/** Clouds of more points than this are drawn as the number of points per cell. */
export const MOST_POINTS = 2000;
/** Cells along the width of the plot. */
const CELLS = 72;

/** The number of points in each cell of a plot. */
export interface Cloud {
  readonly columns: number;
  readonly rows: number;
  /** Decimal logarithm of the number of points per cell, NaN without any; row by row from the top. */
  readonly values: Float64Array;
}

/**
 * Counts points per cell of a plot. Points beyond an axis count in the cell at its end. Points
 * without a place on an axis are left out.
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
    counts[clampIndex(row, rows) * columns + clampIndex(column, columns)]++;
  }
  return { columns, rows, values: counts.map((n) => (n === 0 ? Number.NaN : Math.log10(n))) };
}

function clampIndex(place: number, count: number): number {
  return Math.max(0, Math.min(count - 1, Math.floor(place)));
}

/** A common colour scale for the counts of several clouds. */
export function countScale(clouds: readonly Cloud[]): ColourScale {
  let most = 0;
  for (const { values } of clouds) for (const n of values) if (n > most) most = n;
  const domain = [0, Math.max(1, Math.ceil(10 * most) / 10)] as const;
  return colourScale({ map: 'viridis', label: 'features per cell (log10)', domain }, []);
}

/** The counts of a cloud as colours; cells without a point are clear. */
export function cloudCells(cloud: Cloud, scale: ColourScale): Mark {
  return heatMap(cloud, scale, 'clear');
}
