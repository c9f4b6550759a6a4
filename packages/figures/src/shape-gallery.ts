import type { Embedding } from '@polysem/core/embedding';
import { blockName } from './block-style.ts';
import { namesOrNumbers } from './categories.ts';
import { figureDocument, type FigureOptions } from './figure.ts';
import { formatNumber } from './format.ts';
import type { Box } from './layout.ts';
import { drawShape } from './shape-picture.ts';
import { fragment, type Markup } from './svg.ts';
import { ellipsis, label } from './text.ts';

/** One block and its shape. */
export interface GalleryBlock {
  /** Such as 'pentagon'. */
  readonly shape: string;
  /** The block's features in a basis of the block's own subspace: its dims are the block's. */
  readonly embedding: Embedding;
  /** Names of the features. Default: their numbers in the block, from 0. */
  readonly labels?: readonly string[];
  /** The sum of the features' capacities. */
  readonly capacity?: number;
  /** How sure the name is, in [0, 1]. */
  readonly confidence?: number;
  /** How many blocks this one stands for. Default 1. */
  readonly count?: number;
  /** Decides letter and colour. Default: its place in the gallery, from 0. */
  readonly block?: number;
}

const PANEL = 198;
const PICTURE = 160;
const CAPTION = 56;
const MOST_COLUMNS = 5;

/**
 * A gallery of shapes: a small picture a block, in rows. One dimension is drawn along a line, two in
 * a plane, three in space, and more as the cosines between the features.
 *
 * @throws RangeError if there is no block, or a block has no feature, a number that is not finite,
 * or not one label a feature.
 */
export function shapeGalleryFigure(
  blocks: readonly GalleryBlock[],
  options: FigureOptions,
): string {
  check(blocks);
  const wanted = Math.min(MOST_COLUMNS, blocks.length, Math.ceil(Math.sqrt(1.6 * blocks.length)));
  const columns =
    options.width === undefined
      ? wanted
      : Math.max(1, Math.min(blocks.length, Math.floor((options.width - 32) / PANEL)));
  const rows = Math.ceil(blocks.length / columns);
  return figureDocument(options, {
    width: Math.max(32 + PANEL * columns, 360),
    height: 70 + (PICTURE + CAPTION) * rows,
    description: `Shapes of ${blocks.length} blocks: ${blocks.map(({ shape }) => shape).join(', ')}`,
    draw: (box) => {
      const [width, height] = [box.width / columns, box.height / rows];
      if (!(width >= 60 && height >= CAPTION + 40)) {
        throw new RangeError(
          `figure: ${box.width} x ${box.height} pixels leave no room for shapes`,
        );
      }
      return fragment(
        ...blocks.map((block, i) =>
          drawPanel(block, block.block ?? i, {
            x: box.x + (i % columns) * width,
            y: box.y + Math.floor(i / columns) * height,
            width,
            height,
          }),
        ),
      );
    },
  });
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
  return fragment(
    label(box.x, box.y + 16, ellipsis(blockName(number, shape), width, 12.5, true), {
      size: 12.5,
      bold: true,
    }),
    lines.map((line, i) =>
      label(box.x, box.y + 32 + 15 * i, ellipsis(line, width, 11), { role: 'ps-muted' }),
    ),
    drawShape(embedding, namesOrNumbers(features, labels), number, picture),
  );
}

function check(blocks: readonly GalleryBlock[]): void {
  if (blocks.length === 0) throw new RangeError('shapeGalleryFigure: there is no block');
  blocks.forEach(({ embedding: { dims, features, data }, labels, block = 0 }, i) => {
    const where = `shapeGalleryFigure: blocks[${i}]`;
    if (!(dims >= 1 && features >= 1 && data.length === dims * features)) {
      throw new RangeError(
        `${where}.embedding must hold ${features} x ${dims} numbers, got ${data.length}`,
      );
    }
    if (labels !== undefined && labels.length !== features) {
      throw new RangeError(`${where}.labels must be ${features}, got ${labels.length}`);
    }
    if (!(Number.isSafeInteger(block) && block >= 0)) {
      throw new RangeError(`${where}.block must be a number from 0, got ${block}`);
    }
    if (!data.every(Number.isFinite)) {
      throw new RangeError(`${where}.embedding must be finite`);
    }
  });
}
