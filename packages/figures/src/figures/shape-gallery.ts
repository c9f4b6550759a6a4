import type { Embedding } from '@polysem/core/embedding';
import { noRoom, type Box } from '../plot/box.ts';
import { namesOrNumbers } from '../plot/categories.ts';
import { figureDocument, type FigureOptions } from '../plot/document.ts';
import { panelBox, panelGrid, type PanelGrid } from '../plot/panels.ts';
import { formatNumber } from '../svg/format.ts';
import { fragment, type Markup } from '../svg/svg.ts';
import { ellipsis, textLine } from '../svg/text.ts';
import { blockName } from '../theme/block-style.ts';
import { drawShape } from './shape-picture.ts';

/** One block of `shapeGalleryFigure` and its shape. */
export interface GalleryBlock {
  /** Such as 'pentagon'. */
  readonly shape: string;
  /** The features of the block in a basis of its own subspace, so `dims` is that of the block. */
  readonly embedding: Embedding;
  /** Names of the features. Default: their numbers in the block, from 0. */
  readonly labels?: readonly string[];
  /** Sum of the capacities of the features, in dimensions. */
  readonly capacity?: number;
  /** Confidence in the name of the shape, in [0, 1]. */
  readonly confidence?: number;
  /** Number of equal blocks that this one represents. Default 1. */
  readonly count?: number;
  /** Number of the block, which decides letter and colour. Default: its place in the gallery, from 0. */
  readonly block?: number;
}

/** Size of a panel and of its caption in pixels. */
const PANEL = 198;
const LEAST_PANEL = 150;
const PICTURE = 160;
const CAPTION = 56;
const MOST_COLUMNS = 5;

/**
 * Draws a gallery of shapes: a small picture per block. One dimension is drawn along a line, two in a
 * plane, three in space, and more as the cosines between the features.
 *
 * @param blocks the blocks, by rows
 * @param options title, size, theme and provenance
 * @returns an SVG document
 * @throws RangeError if there is no block, or a block has no feature, a number that is not finite, or
 * does not have one label per feature.
 * @example
 * ```js
 * import { shapeGalleryFigure } from 'polysem/figures';
 * const embedding = { dims: 1, features: 2, data: Float64Array.of(1, -1) };
 * const provenance = { polysem: '0.1.0', seed: null, configuration: null };
 * shapeGalleryFigure([{ shape: 'pair', embedding }], { provenance }).startsWith('<svg'); // true
 * ```
 */
export function shapeGalleryFigure(
  blocks: readonly GalleryBlock[],
  options: FigureOptions,
): string {
  checkGallery(blocks);
  const usual = Math.min(MOST_COLUMNS, blocks.length, Math.ceil(Math.sqrt(1.6 * blocks.length)));
  const gridOf = (width: number): PanelGrid =>
    options.width === undefined
      ? { columns: usual, rows: Math.ceil(blocks.length / usual) }
      : panelGrid(blocks.length, width, width < 2 * PANEL ? LEAST_PANEL : PANEL);
  const body = {
    width: Math.max(32 + PANEL * usual, 360),
    height: (width: number) => 70 + (PICTURE + CAPTION) * gridOf(width - 32).rows,
    description: `Shapes of ${blocks.length} blocks: ${blocks.map(({ shape }) => shape).join(', ')}`,
    draw: (box: Box) => drawGallery(blocks, gridOf(box.width), box),
  };
  return figureDocument(body, options);
}

function drawGallery(blocks: readonly GalleryBlock[], grid: PanelGrid, box: Box): Markup {
  const { width, height } = panelBox(grid, 0, box);
  if (!(width >= 60 && height >= CAPTION + 40)) throw noRoom(box);
  return fragment(
    ...blocks.map((block, i) => drawPanel(block, block.block ?? i, panelBox(grid, i, box))),
  );
}

function drawPanel(block: GalleryBlock, number: number, box: Box): Markup {
  const { shape, embedding, labels, capacity, confidence, count = 1 } = block;
  const { dims, features } = embedding;
  const width = box.width - 10;
  const lines = [
    [
      `${features} in ${dims}`,
      capacity === undefined ? '' : `capacity ${formatNumber(capacity, 3)}`,
    ],
    [
      confidence === undefined ? '' : `confidence ${formatNumber(confidence, 2)}`,
      count > 1 ? `${count} times` : '',
    ],
  ].map((parts) => parts.filter((part) => part !== '').join(', '));
  const picture = { x: box.x, y: box.y + CAPTION, width, height: box.height - CAPTION - 6 };
  const name = ellipsis(blockName(number, shape), width, 12.5, true);
  return fragment(
    textLine(box.x, box.y + 16, name, { size: 12.5, bold: true }),
    lines.map((line, i) =>
      textLine(box.x, box.y + 32 + 15 * i, ellipsis(line, width, 11), { role: 'ps-muted' }),
    ),
    drawShape(embedding, namesOrNumbers(features, labels), number, picture),
  );
}

function checkGallery(blocks: readonly GalleryBlock[]): void {
  if (blocks.length === 0) throw new RangeError('shapeGalleryFigure: needs at least one block');
  blocks.forEach(({ embedding: { dims, features, data }, labels, block = 0 }, i) => {
    const where = `shapeGalleryFigure: blocks[${i}]`;
    if (!(dims >= 1 && features >= 1 && data.length === dims * features)) {
      throw new RangeError(
        `${where}.embedding must hold ${features} x ${dims} numbers, got ${data.length}`,
      );
    }
    if (labels !== undefined && labels.length !== features) {
      throw new RangeError(`${where}.labels must have ${features} values, got ${labels.length}`);
    }
    if (!(Number.isSafeInteger(block) && block >= 0)) {
      throw new RangeError(`${where}.block must be an integer from 0, got ${block}`);
    }
    if (!data.every(Number.isFinite)) throw new RangeError(`${where}.embedding must be finite`);
  });
}
