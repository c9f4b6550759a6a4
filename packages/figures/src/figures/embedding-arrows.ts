import type { Embedding } from '@polysem/core/embedding';
import { arrow } from '../marks/arrow.ts';
import { blockLegend } from '../marks/block-symbol.ts';
import { clip } from '../marks/clip.ts';
import { colourBarWidth, drawColourBar } from '../marks/colour-bar.ts';
import { frame } from '../marks/frame.ts';
import { gridX, gridY } from '../marks/grid.ts';
import { underLegend } from '../marks/legend.ts';
import { scene, type SceneArrow } from '../marks/scene.ts';
import { tipNames } from '../marks/tip-names.ts';
import { unitCircle } from '../marks/unit-circle.ts';
import { noRoom, type Box } from '../plot/box.ts';
import { namesOrNumbers } from '../plot/categories.ts';
import { figureDocument, type FigureOptions } from '../plot/document.ts';
import { drawMarks, layoutPlot, pixelPlot, type Mark } from '../plot/plot.ts';
import { DEFAULT_VIEW, type View } from '../plot/view.ts';
import { formatNumber } from '../svg/format.ts';
import { fragment, type Markup } from '../svg/svg.ts';
import { blockStyle, checkBlocks } from '../theme/block-style.ts';
import { colourOf, colourScale, cssColour, type ColourScale } from '../theme/colour.ts';

/** Data of `embeddingArrowsFigure`: features in a plane or in space. */
export interface EmbeddingArrowsData {
  /** An embedding with two or three dimensions. */
  readonly embedding: Embedding;
  /** A capacity in [0, 1] per feature; NaN for a missing value. */
  readonly capacities: ArrayLike<number>;
  /** Default: the numbers of the features, from 0. */
  readonly labels?: readonly string[];
  /** The number of the block of each feature, or null. Colours show blocks instead of capacities. */
  readonly blockOf?: readonly (number | null)[];
  /** Names of the blocks, such as 'pentagon', by number. */
  readonly blockNames?: readonly string[];
  /** Direction from which three dimensions are seen. Default: azimuth 32, elevation 20 degrees. */
  readonly view?: View;
}

/**
 * Draws the features of an embedding with two or three dimensions as arrows from the origin, over the
 * unit circle or sphere, coloured by capacity or by block. All axes have one scale.
 *
 * @param data the embedding with its capacities, and optionally labels and blocks
 * @param options title, size, theme and provenance
 * @returns an SVG document
 * @throws RangeError if the embedding has another number of dimensions or a number that is not
 * finite, or there is not one capacity, label or block per feature.
 * @example
 * ```js
 * import { embeddingArrowsFigure } from 'polysem/figures';
 * const embedding = { dims: 2, features: 2, data: Float64Array.of(1, 0, 0, 1) };
 * const provenance = { polysem: '0.1.0', seed: null, configuration: null };
 * const svg = embeddingArrowsFigure({ embedding, capacities: [1, 1] }, { provenance });
 * svg.startsWith('<svg'); // true
 * ```
 */
export function embeddingArrowsFigure(data: EmbeddingArrowsData, options: FigureOptions): string {
  checkEmbedding(data);
  const { embedding, capacities, blockOf, blockNames, view = DEFAULT_VIEW } = data;
  const { dims, features } = embedding;
  const scale = colourScale({ map: 'viridis', label: 'capacity C' }, capacities);
  const arrows = arrowsOf(data, scale);
  const bar = blockOf === undefined ? scale : undefined;
  const items = blockOf === undefined ? [] : blockLegend(blockOf, blockNames, blockSample);
  const body = {
    width: 560,
    height: (width: number) => Math.min(520, width + (bar === undefined ? 40 : -30)),
    description: `${features} features as arrows in ${dims === 2 ? 'a plane' : 'space'}${blockOf === undefined ? '' : ', coloured by block'}`,
    draw: (box: Box) =>
      underLegend(items, box, (rest) =>
        dims === 2 ? drawPlane(arrows, rest, bar) : drawSpace(arrows, rest, view, bar),
      ),
  };
  return figureDocument(body, options);
}

function checkEmbedding({ embedding, capacities, labels, blockOf }: EmbeddingArrowsData): void {
  const { dims, features, data: w } = embedding;
  if (dims !== 2 && dims !== 3) {
    throw new RangeError(
      `embeddingArrowsFigure: the embedding must have 2 or 3 dimensions, got ${dims}`,
    );
  }
  for (const [name, length] of [
    ['capacities', capacities.length],
    ['labels', labels?.length],
    ['blockOf', blockOf?.length],
  ] as const) {
    if (length !== undefined && length !== features) {
      throw new RangeError(
        `embeddingArrowsFigure: ${name} must have ${features} values, got ${length}`,
      );
    }
  }
  checkBlocks('embeddingArrowsFigure', 'blockOf', blockOf ?? []);
  for (let i = 0; i < features; i++) {
    const vector = Array.from(w.subarray(dims * i, dims * (i + 1)));
    if (!vector.every(Number.isFinite)) {
      throw new RangeError(
        `embeddingArrowsFigure: vectors must be finite, feature ${i} is (${vector.join(', ')})`,
      );
    }
  }
}

/** The arrows, long ones first: short ones of the same direction lie over them. */
function arrowsOf(data: EmbeddingArrowsData, scale: ColourScale): SceneArrow[] {
  const { dims, features, data: w } = data.embedding;
  return namesOrNumbers(features, data.labels)
    .map((name, i): SceneArrow => {
      const capacity = data.capacities[i];
      const vector = w.subarray(dims * i, dims * (i + 1));
      const block = data.blockOf?.[i];
      const about = `feature ${name}: capacity ${formatNumber(capacity)}`;
      if (block !== undefined) {
        const letter = block === null ? '' : `${blockStyle(block).letter}·`;
        return { name: letter + name, vector, role: arrowRole(block), about };
      }
      const colour = colourOf(scale, capacity);
      const role = colour === undefined ? 'ps-blank ps-edge' : 'ps-edge';
      return { name, vector, role, fill: colour && cssColour(colour), about };
    })
    .toSorted((a, b) => lengthOf(b) - lengthOf(a));
}

const lengthOf = ({ vector }: SceneArrow): number => Math.hypot(...Array.from(vector));

function arrowRole(block: number | null): string {
  return block === null ? 'ps-blank ps-edge' : `${blockStyle(block).fill} ps-edge`;
}

function blockSample(block: number | null): Mark {
  return arrow({ from: [-1.15, 0], to: [1.15, 0], role: arrowRole(block) });
}

/** Pixels between the plot and its colour bar. */
const BAR_GAP = 26;

function drawPlane(arrows: readonly SceneArrow[], box: Box, scale?: ColourScale): Markup {
  const reach = 1.18 * Math.max(1, ...arrows.map(lengthOf));
  const bar = scale === undefined ? 0 : colourBarWidth(scale, box.height - 70);
  const plot = layoutPlot(
    box,
    { label: 'embedding dimension 1', scale: 'linear', domain: [-reach, reach] },
    { label: 'embedding dimension 2', scale: 'linear', domain: [reach, -reach] },
    { right: BAR_GAP + bar, square: true },
  );
  const { x, y, width, height } = plot.area;
  const placed = arrows.map(({ vector, ...look }) => {
    return { ...look, from: [0, 0] as const, to: [vector[0], vector[1]] as const };
  });
  return fragment(
    drawMarks(
      plot,
      clip(gridX({ ticks: 'all' }), gridY({ ticks: 'all' }), unitCircle()),
      frame(),
      placed.map(arrow),
      tipNames(placed),
    ),
    plot.axes,
    scale === undefined ? [] : drawColourBar(scale, { x: x + width + BAR_GAP, y, height }),
  );
}

function drawSpace(
  arrows: readonly SceneArrow[],
  box: Box,
  view: View,
  scale: ColourScale | undefined,
): Markup {
  const bar = scale === undefined ? 0 : BAR_GAP + colourBarWidth(scale, box.height - 20);
  const area = { ...box, width: box.width - bar };
  if (!(area.width >= 100 && area.height >= 100)) throw noRoom(box);
  const axes = ['dimension 1', 'dimension 2', 'dimension 3'];
  const { x, y, width, height } = area;
  return fragment(
    scene(arrows, { view, axes, feet: true })(pixelPlot(area)),
    scale === undefined
      ? []
      : drawColourBar(scale, { x: x + width + BAR_GAP, y: y + 10, height: height - 20 }),
  );
}
