import { colourBarWidth, drawColourBar } from '../marks/colour-bar.ts';
import { frame } from '../marks/frame.ts';
import { matrixPicture, rowsPerPixel } from '../marks/matrix-picture.ts';
import { noRoom, type Box } from '../plot/box.ts';
import {
  categoryScale,
  namesOrNumbers,
  thinnedLabels,
  widestLabel,
  type CategoryLabel,
} from '../plot/categories.ts';
import { figureDocument, type FigureOptions } from '../plot/document.ts';
import { drawMarks, type Mark, type Plot } from '../plot/plot.ts';
import { formatNumber } from '../svg/format.ts';
import { element, fragment, type Markup } from '../svg/svg.ts';
import { textLine, wrapText } from '../svg/text.ts';
import { colourOf, colourScale, inkOn, type ColourScale } from '../theme/colour.ts';
import {
  blockNamesWidth,
  blockOutlines,
  orderByBlock,
  type GramBlock,
  type PlacedBlock,
} from './gram-blocks.ts';

export type { GramBlock } from './gram-blocks.ts';

/** Data of `gramHeatMapFigure`: inner products of N features. */
export interface GramHeatMapData {
  /** N * N numbers, row by row; NaN for a missing value. */
  readonly gram: ArrayLike<number>;
  /** N. */
  readonly features: number;
  /** Orders the features by block, and outlines and names the blocks. Default: the given order. */
  readonly blocks?: readonly GramBlock[];
  /** Default: the numbers of the features, from 0. */
  readonly labels?: readonly string[];
  /** Colours cover [-limit, limit]. Default: the largest absolute entry. */
  readonly limit?: number;
  /** Label of the colour bar. Default 'inner product G'. */
  readonly valueLabel?: string;
}

interface Ordered {
  readonly order: readonly number[];
  readonly placed: readonly PlacedBlock[];
}

/** Minimum width of a cell in pixels to show its number. */
const CELL_FOR_NUMBER = 34;
/** Pixels right of the matrix, without names of blocks and colour bar. */
const RIGHT = 22;
/** Names of blocks take at most this fraction of the width. */
const NAMES_SHARE = 0.28;
const TITLE_SIZE = 12;

/**
 * Draws the Gram matrix as a square of colours, red below zero and blue above, with the first feature
 * at the top left. Large cells show their number. If features are narrower than a pixel, a pixel
 * shows the largest of several entries.
 *
 * @param data the matrix, and optionally labels and blocks
 * @param options title, size, theme and provenance
 * @returns an SVG document
 * @throws RangeError if the matrix does not have N * N numbers, there is not one label per feature, or
 * a block holds an unknown feature or one that another block holds.
 * @example
 * ```js
 * import { gramHeatMapFigure } from 'polysem/figures';
 * const provenance = { polysem: '0.1.0', seed: null, configuration: null };
 * const svg = gramHeatMapFigure({ gram: [1, -0.5, -0.5, 1], features: 2 }, { provenance });
 * svg.startsWith('<svg'); // true
 * ```
 */
export function gramHeatMapFigure(data: GramHeatMapData, options: FigureOptions): string {
  const { features: n, gram, limit, blocks } = data;
  if (!Number.isInteger(n) || n < 1 || gram.length !== n * n) {
    throw new RangeError(
      `gramHeatMapFigure: gram must have features * features numbers, got ${gram.length} for ${n} features`,
    );
  }
  if (data.labels !== undefined && data.labels.length !== n) {
    throw new RangeError(
      `gramHeatMapFigure: labels must have ${n} values, got ${data.labels.length}`,
    );
  }
  const ordered = orderByBlock(n, blocks ?? []);
  const label = data.valueLabel ?? 'inner product G';
  const domain = limit === undefined ? {} : { domain: [-limit, limit] as const };
  const scale = colourScale({ map: 'diverging', label, ...domain }, gram);
  const names = Math.ceil(blockNamesWidth(ordered.placed));
  const by = blocks === undefined ? '' : `, ordered by ${blocks.length} blocks`;
  const body = {
    width: 540 + names,
    height: (width: number) => Math.min(490, Math.max(290, width - Math.min(names, 0.4 * width))),
    description: `Heat map of the ${label} of ${n} features${by}`,
    draw: (box: Box) => drawHeatMap(data, ordered, scale, box),
  };
  return figureDocument(body, options);
}

function drawHeatMap(
  data: GramHeatMapData,
  { order, placed }: Ordered,
  scale: ColourScale,
  box: Box,
): Markup {
  const { features: n, gram } = data;
  const all = namesOrNumbers(n, data.labels);
  const names = order.map((feature) => all[feature]);
  const bar = colourBarWidth(scale, box.height - 60);
  const room = blockNamesWidth(placed, NAMES_SHARE * box.width);
  const left = widestLabel(names, 11) + 30;
  const free = box.width - left - RIGHT - bar - room;
  const side = Math.min(free, box.height - 52);
  if (!(side >= 40)) throw noRoom(box);
  const x = box.x + left + Math.max(0, (free - side) / 2);
  const area = { x, y: box.y + 8, width: side, height: side };
  const plot = {
    area,
    x: categoryScale(n, [x, x + side]),
    y: categoryScale(n, [area.y, area.y + side]),
  };
  return fragment(
    drawMarks(
      plot,
      matrixPicture(gram, order, scale),
      side / n >= CELL_FOR_NUMBER ? cellNumbers(gram, order, scale) : [],
      frame(),
      blockOutlines(placed, n, room),
    ),
    drawFeatureAxes(data, names, plot),
    drawColourBar(scale, { x: x + side + RIGHT + room, y: area.y, height: side }),
  );
}

/** The names of the features below and left of the matrix, and the titles of both axes. */
function drawFeatureAxes(
  { labels, blocks }: GramHeatMapData,
  names: readonly string[],
  { area, x, y }: Plot,
): Markup {
  const n = names.length;
  const side = area.width;
  const isOrdered = blocks !== undefined;
  // In the order of blocks, some of the names do not tell the others.
  const ticks = (along: 'x' | 'y'): CategoryLabel[] => {
    const shown = thinnedLabels(names, side / n, 11, along);
    return isOrdered && shown.length < n ? [] : shown;
  };
  const title = isOrdered && side > 150 ? 'feature, ordered by block' : 'feature';
  const step = rowsPerPixel(n, side);
  const note = step === 1 ? '' : ` (a pixel shows the largest of ${step} x ${step} entries)`;
  const bottom = area.y + side + (ticks('x').length > 0 ? 36 : 20);
  const style = { anchor: 'middle', size: TITLE_SIZE } as const;
  return fragment(
    ticks('x').map(({ index, line }) =>
      textLine(x.position(index), area.y + side + 16, line, { anchor: 'middle' }),
    ),
    ticks(labels === undefined && !isOrdered ? 'x' : 'y').map(({ index, line }) =>
      textLine(area.x - 7, y.position(index) + 4, line, { anchor: 'end' }),
    ),
    wrapText(title + note, side + 120, TITLE_SIZE).map((line, i) =>
      textLine(area.x + side / 2, bottom + 14 * i, line, style),
    ),
    textLine(area.x - widestLabel(names, 11) - 17, area.y + side / 2, title, {
      ...style,
      rotate: -90,
    }),
  );
}

/** The number of each cell, in black or white. */
function cellNumbers(gram: ArrayLike<number>, order: readonly number[], scale: ColourScale): Mark {
  const n = order.length;
  return ({ x, y }) =>
    fragment(
      ...Array.from({ length: n * n }, (_, i) => {
        const [column, row] = [i % n, Math.floor(i / n)];
        const value = gram[order[row] * n + order[column]];
        const colour = colourOf(scale, value);
        if (colour === undefined) return fragment();
        const shown = formatNumber(Math.round(value * 100) / 100, 3);
        const style = { anchor: 'middle', size: 10.5, role: '' } as const;
        const at = [x.position(column), y.position(row) + 4] as const;
        return element('g', { fill: inkOn(colour) }, textLine(...at, shown, style));
      }),
    );
}
