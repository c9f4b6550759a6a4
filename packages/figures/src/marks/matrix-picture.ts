import { clipped } from '../plot/box.ts';
import type { Mark } from '../plot/plot.ts';
import type { ColourScale } from '../theme/colour.ts';
import { heatMap } from './heat-map.ts';

/** Number of rows that one pixel of a picture represents, so the picture is never scaled down. */
export function rowsPerPixel(n: number, side: number): number {
  return Math.ceil(n / Math.max(1, Math.floor(side)));
}

/**
 * A square matrix as colours over the whole plot, with its rows and columns reordered. A pixel that
 * represents several entries shows the one with the largest absolute value, so that a single large
 * entry stays visible.
 *
 * @param matrix n * n numbers, row by row; NaN for a missing value
 * @param order the row and column of the matrix at each place of the picture
 * @param scale the colours
 */
export function matrixPicture(
  matrix: ArrayLike<number>,
  order: readonly number[],
  scale: ColourScale,
): Mark {
  const n = order.length;
  return (plot) => {
    const { area } = plot;
    const step = rowsPerPixel(n, area.width);
    const pixels = Math.ceil(n / step);
    const values = new Float64Array(pixels * pixels).fill(Number.NaN);
    for (let i = 0; i < n; i++) {
      const row = Math.floor(i / step) * pixels;
      const source = order[i] * n;
      for (let j = 0; j < n; j++) {
        const at = row + Math.floor(j / step);
        const value = matrix[source + order[j]];
        const isLarger = !(Math.abs(value) <= Math.abs(values[at]));
        if (isLarger && !Number.isNaN(value)) values[at] = value;
      }
    }
    // The last pixel may represent fewer rows than the others: it extends beyond the plot.
    const side = (area.width * pixels * step) / n;
    const picture = heatMap({ rows: pixels, columns: pixels, values }, scale);
    const drawn = picture({ ...plot, area: { ...area, width: side, height: side } });
    return pixels * step === n ? drawn : clipped(area, drawn);
  };
}
