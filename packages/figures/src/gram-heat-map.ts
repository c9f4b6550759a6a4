import { namesOrNumbers, thinnedLabels, widestLabel } from './categories.ts';
import { colourOf, colourScale, inkOn, type ColourScale } from './colour.ts';
import { colourBarWidth, drawColourBar } from './colour-bar.ts';
import { figureDocument, type FigureOptions } from './figure.ts';
import { formatNumber } from './format.ts';
import { plotFrame, type Box } from './layout.ts';
import { raster } from './raster.ts';
import { element, fragment, type Markup } from './svg.ts';
import { label } from './text.ts';

/** Inner products of N features with each other. */
export interface GramHeatMapData {
  /** N * N numbers, row by row; NaN where there is no value. */
  readonly gram: ArrayLike<number>;
  readonly features: number;
  /** Default: the features' numbers, from 0. */
  readonly labels?: readonly string[];
  /** Colours reach from -limit to limit. Default: the largest absolute entry. */
  readonly limit?: number;
  /** What the numbers are. Default 'inner product G'. */
  readonly valueLabel?: string;
}

const AXIS_TITLE = 'feature';
const CELL_FOR_NUMBER = 34;

/**
 * The Gram matrix as a square of colours, red below zero and blue above, the first feature at the
 * top left. Cells large enough show their number too.
 *
 * @throws RangeError if the matrix is not features * features numbers.
 */
export function gramHeatMapFigure(data: GramHeatMapData, options: FigureOptions): string {
  const { features: n, gram, limit } = data;
  if (!Number.isInteger(n) || n < 1 || gram.length !== n * n) {
    throw new RangeError(`gramHeatMapFigure: ${gram.length} numbers are no ${n} x ${n} matrix`);
  }
  const scale = colourScale(
    {
      map: 'diverging',
      label: data.valueLabel ?? 'inner product G',
      ...(limit === undefined ? {} : { domain: [-limit, limit] as const }),
    },
    gram,
  );
  return figureDocument(options, {
    width: 540,
    height: 490,
    description: `Heat map of the ${scale.label} of ${n} features`,
    draw: (box) => drawHeatMap(data, scale, box),
  });
}

function drawHeatMap(data: GramHeatMapData, scale: ColourScale, box: Box): Markup {
  const { features: n, gram } = data;
  const names = namesOrNumbers(n, data.labels);
  const bar = colourBarWidth(scale, box.height - 60);
  const widest = widestLabel(names, 11);
  const left = widest + 30;
  const side = Math.min(box.width - left - 22 - bar, box.height - 52);
  if (!(side >= 40)) {
    throw new RangeError(`figure: ${box.width} x ${box.height} pixels leave no room for the plot`);
  }
  const x = box.x + left + Math.max(0, (box.width - left - 22 - bar - side) / 2);
  const y = box.y + 8;
  const area = { x, y, width: side, height: side };
  const pitch = side / n;
  const centre = (i: number): number => (i + 0.5) * pitch;
  return fragment(
    raster(gram, n, n, scale, area),
    pitch >= CELL_FOR_NUMBER ? numbers(data, scale, area) : [],
    plotFrame(area),
    thinnedLabels(names, pitch, 11).map(({ index, line }) =>
      label(x + centre(index), y + side + 16, line, { anchor: 'middle' }),
    ),
    thinnedLabels(names, pitch, 11, data.labels === undefined ? 'x' : 'y').map(({ index, line }) =>
      label(x - 7, y + centre(index) + 4, line, { anchor: 'end' }),
    ),
    label(x + side / 2, y + side + 36, AXIS_TITLE, { anchor: 'middle', size: 12 }),
    label(x - widest - 17, y + side / 2, AXIS_TITLE, { anchor: 'middle', size: 12, rotate: -90 }),
    drawColourBar(scale, x + side + 22, y, side),
  );
}

function numbers({ gram, features: n }: GramHeatMapData, scale: ColourScale, area: Box): Markup {
  const pitch = area.width / n;
  return fragment(
    ...Array.from(gram, (value, i) => {
      const colour = colourOf(scale, value);
      if (colour === undefined) return fragment();
      const [column, row] = [i % n, Math.floor(i / n)];
      return element(
        'g',
        { fill: inkOn(colour) },
        label(
          area.x + (column + 0.5) * pitch,
          area.y + (row + 0.5) * pitch + 4,
          formatNumber(Math.round(value * 100) / 100, 3),
          { anchor: 'middle', size: 10.5, role: '' },
        ),
      );
    }),
  );
}
