import { dataUri } from './base64.ts';
import { colourOf, type ColourScale } from './colour.ts';
import { encodePng } from './png.ts';
import { element, fragment, type Markup } from './svg.ts';
import { hatching, type Box } from './layout.ts';

/**
 * Values as a picture of one pixel a cell, stretched over a box; the first row is at the top.
 * Cells without a value (NaN) let a hatching show through, or what is below where they are told to be clear.
 *
 * @param values rows * columns numbers, row by row
 * @param blanks what stands for no value
 * @throws RangeError if the values do not fill the grid.
 */
export function raster(
  values: ArrayLike<number>,
  rows: number,
  columns: number,
  colours: ColourScale,
  box: Box,
  blanks: 'hatched' | 'clear' = 'hatched',
): Markup {
  if (values.length !== rows * columns) {
    throw new RangeError(
      `raster: ${rows} rows of ${columns} need ${rows * columns} values, got ${values.length}`,
    );
  }
  const rgba = new Uint8Array(values.length * 4);
  let blank = false;
  for (let i = 0; i < values.length; i++) {
    const colour = colourOf(colours, values[i]);
    if (colour === undefined) blank = true;
    else rgba.set([...colour, 255], i * 4);
  }
  const { x, y, width, height } = box;
  const picture = element('image', {
    x,
    y,
    width,
    height,
    preserveAspectRatio: 'none',
    style: 'image-rendering:pixelated',
    href: dataUri('image/png', encodePng(columns, rows, rgba)),
  });
  if (!blank || blanks === 'clear') return picture;
  return fragment(
    element('rect', { class: 'ps-blank', x, y, width, height }),
    hatching(box, 'ps-hatch'),
    picture,
  );
}
