import type { ColourScale } from './colour.ts';
import { clipped, type Box } from './layout.ts';
import { raster } from './raster.ts';
import type { Markup } from './svg.ts';

/**
 * How many features one pixel of the picture stands for: several, where the picture would have to
 * be shrunk and so lose rows.
 */
export function featuresAPixel(n: number, side: number): number {
  return Math.ceil(n / Math.max(1, Math.floor(side)));
}

/**
 * The Gram matrix in another order of its features as a picture. Where one pixel stands for
 * several entries it shows the one of largest size, so that a lone large entry does not vanish.
 *
 * @param order the feature of each row and column
 */
export function gramPicture(
  gram: ArrayLike<number>,
  order: readonly number[],
  scale: ColourScale,
  area: Box,
): Markup {
  const n = order.length;
  const step = featuresAPixel(n, area.width);
  const pixels = Math.ceil(n / step);
  const values = new Float64Array(pixels * pixels).fill(Number.NaN);
  for (let i = 0; i < n; i++) {
    const row = Math.floor(i / step) * pixels;
    const source = order[i] * n;
    for (let j = 0; j < n; j++) {
      const at = row + Math.floor(j / step);
      const value = gram[source + order[j]];
      if (!(Math.abs(value) <= Math.abs(values[at]))) {
        if (!Number.isNaN(value)) values[at] = value;
      }
    }
  }
  // The last pixel may stand for fewer features than the others.
  const side = (area.width * pixels * step) / n;
  const picture = raster(values, pixels, pixels, scale, { ...area, width: side, height: side });
  return pixels * step === n ? picture : clipped(area, picture);
}
