import { namesOrNumbers, thinnedLabels, widestLabel, type CategoryLabel } from './categories.ts';
import { colourOf, colourScale, inkOn, type ColourScale } from './colour.ts';
import { colourBarWidth, drawColourBar } from './colour-bar.ts';
import { figureDocument, type FigureOptions } from './figure.ts';
import { formatNumber } from './format.ts';
import { plotFrame, type Box } from './layout.ts';
import {
  blockNamesWidth,
  drawBlocks,
  orderByBlock,
  type GramBlock,
  type PlacedBlock,
} from './gram-blocks.ts';
import { featuresAPixel, gramPicture } from './gram-picture.ts';
import { element, fragment, type Markup } from './svg.ts';
import { label } from './text.ts';

/** Inner products of N features with each other. */
export interface GramHeatMapData {
  /** N * N numbers, row by row; NaN where there is no value. */
  readonly gram: ArrayLike<number>;
  readonly features: number;
  /** Orders the features by block, and outlines and names the blocks. Default: as they come. */
  readonly blocks?: readonly GramBlock[];
  /** Default: the features' numbers, from 0. */
  readonly labels?: readonly string[];
  /** Colours reach from -limit to limit. Default: the largest absolute entry. */
  readonly limit?: number;
  /** What the numbers are. Default 'inner product G'. */
  readonly valueLabel?: string;
}

interface Ordered {
  readonly order: readonly number[];
  readonly placed: readonly PlacedBlock[];
}

const CELL_FOR_NUMBER = 34;

/**
 * The Gram matrix as a square of colours, red below zero and blue above, the first feature at the
 * top left. Cells large enough show their number too; where there is less than a pixel a feature, each
 * shows the largest of several entries.
 *
 * @throws RangeError if the matrix is not features * features numbers, there is not one label a
 * feature, or a block holds what is no feature or one that another block holds.
 */
export function gramHeatMapFigure(data: GramHeatMapData, options: FigureOptions): string {
  const { features: n, gram, limit } = data;
  if (!Number.isInteger(n) || n < 1 || gram.length !== n * n) {
    throw new RangeError(`gramHeatMapFigure: ${gram.length} numbers are no ${n} x ${n} matrix`);
  }
  if (data.labels !== undefined && data.labels.length !== n) {
    throw new RangeError(`gramHeatMapFigure: ${data.labels.length} labels for ${n} features`);
  }
  const ordered = orderByBlock(n, data.blocks ?? []);
  const scale = colourScale(
    {
      map: 'diverging',
      label: data.valueLabel ?? 'inner product G',
      ...(limit === undefined ? {} : { domain: [-limit, limit] as const }),
    },
    gram,
  );
  return figureDocument(options, {
    width: 540 + Math.ceil(blockNamesWidth(ordered.placed)),
    height: 490,
    description: describe(data, scale.label),
    draw: (box) => drawHeatMap(data, ordered, scale, box),
  });
}

function describe({ features, blocks }: GramHeatMapData, what: string): string {
  const by = blocks === undefined ? '' : `, ordered by ${blocks.length} blocks`;
  return `Heat map of the ${what} of ${features} features${by}`;
}

function drawHeatMap(
  data: GramHeatMapData,
  { order, placed }: Ordered,
  scale: ColourScale,
  box: Box,
): Markup {
  const { features: n, gram } = data;
  const isOrdered = data.blocks !== undefined;
  const all = namesOrNumbers(n, data.labels);
  const names = order.map((feature) => all[feature]);
  const bar = colourBarWidth(scale, box.height - 60);
  const blocks = blockNamesWidth(placed);
  const widest = widestLabel(names, 11);
  const left = widest + 30;
  const side = Math.min(box.width - left - 22 - bar - blocks, box.height - 52);
  if (!(side >= 40)) {
    throw new RangeError(`figure: ${box.width} x ${box.height} pixels leave no room for the plot`);
  }
  const x = box.x + left + Math.max(0, (box.width - left - 22 - bar - blocks - side) / 2);
  const y = box.y + 8;
  const area = { x, y, width: side, height: side };
  const pitch = side / n;
  const centre = (i: number): number => (i + 0.5) * pitch;
  // In another order than their own, some of the names do not tell where the others are.
  const ticks = (along: 'x' | 'y'): CategoryLabel[] => {
    const shown = thinnedLabels(names, pitch, 11, along);
    return isOrdered && shown.length < n ? [] : shown;
  };
  const title = isOrdered ? 'feature, ordered by block' : 'feature';
  const step = featuresAPixel(n, side);
  const note = step === 1 ? '' : ` (a pixel is the largest of ${step} x ${step} entries)`;
  const bottom = ticks('x').length > 0 ? 36 : 20;
  return fragment(
    gramPicture(gram, order, scale, area),
    pitch >= CELL_FOR_NUMBER ? numbers(gram, order, scale, area) : [],
    plotFrame(area),
    drawBlocks(placed, n, area),
    ticks('x').map(({ index, line }) =>
      label(x + centre(index), y + side + 16, line, { anchor: 'middle' }),
    ),
    ticks(data.labels === undefined && !isOrdered ? 'x' : 'y').map(({ index, line }) =>
      label(x - 7, y + centre(index) + 4, line, { anchor: 'end' }),
    ),
    label(x + side / 2, y + side + bottom, title + note, { anchor: 'middle', size: 12 }),
    label(x - widest - 17, y + side / 2, title, { anchor: 'middle', size: 12, rotate: -90 }),
    drawColourBar(scale, x + side + 22 + blocks, y, side),
  );
}

function numbers(
  gram: ArrayLike<number>,
  order: readonly number[],
  scale: ColourScale,
  area: Box,
): Markup {
  const n = order.length;
  const pitch = area.width / n;
  return fragment(
    ...Array.from({ length: n * n }, (_, i) => {
      const [column, row] = [i % n, Math.floor(i / n)];
      const value = gram[order[row] * n + order[column]];
      const colour = colourOf(scale, value);
      if (colour === undefined) return fragment();
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
