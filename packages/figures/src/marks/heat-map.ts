import type { Mark } from '../plot/plot.ts';
import { dataUri } from '../svg/base64.ts';
import { encodePng } from '../svg/png.ts';
import { element, fragment } from '../svg/svg.ts';
import { colourOf, type ColourScale } from '../theme/colour.ts';
import { missingValue } from './hatch.ts';

/** Values on a grid of cells. */
export interface ValueGrid {
  readonly rows: number;
  readonly columns: number;
  /** rows * columns numbers, row by row from the top; NaN for a missing value. */
  readonly values: ArrayLike<number>;
}

/**
 * Draws values as colours over the whole plot: a picture with one pixel per cell.
 *
 * @param grid the values
 * @param colours their colours
 * @param blanks 'hatched' hatches cells without a value, 'clear' leaves them transparent
 * @returns a mark
 * @throws RangeError if there are not rows * columns values.
 * @example
 * ```js
 * import { heatMap } from 'polysem/figures/marks';
 * import { unitPlot } from 'polysem/figures/plot';
 * import { colourScale } from 'polysem/figures/theme';
 * const scale = colourScale({ map: 'viridis', label: 'C' }, [0, 1]);
 * const plot = unitPlot({ x: 0, y: 0, width: 100, height: 50 });
 * heatMap({ rows: 1, columns: 2, values: [0, 1] }, scale)(plot).startsWith('<image'); // true
 * ```
 */
export function heatMap(
  { rows, columns, values }: ValueGrid,
  colours: ColourScale,
  blanks: 'hatched' | 'clear' = 'hatched',
): Mark {
  if (values.length !== rows * columns) {
    throw new RangeError(
      `heatMap: ${rows} rows of ${columns} need ${rows * columns} values, got ${values.length}`,
    );
  }
  const rgba = new Uint8Array(values.length * 4);
  let hasBlank = false;
  for (let i = 0; i < values.length; i++) {
    const colour = colourOf(colours, values[i]);
    if (colour === undefined) hasBlank = true;
    else rgba.set([...colour, 255], i * 4);
  }
  const href = dataUri('image/png', encodePng(columns, rows, rgba));
  return (plot) => {
    const picture = element('image', {
      ...plot.area,
      preserveAspectRatio: 'none',
      style: 'image-rendering:pixelated',
      href,
    });
    return hasBlank && blanks === 'hatched' ? fragment(missingValue()(plot), picture) : picture;
  };
}
