import type { Embedding } from '@polysem/core/embedding';
import { drawArrow, nameTips } from './arrow.ts';
import { blockLegend, blockStyle, checkBlocks } from './block-style.ts';
import { namesOrNumbers } from './categories.ts';
import { colourOf, colourScale, cssColour, type ColourScale } from './colour.ts';
import { colourBarWidth, drawColourBar } from './colour-bar.ts';
import { figureDocument, type FigureOptions } from './figure.ts';
import { formatNumber } from './format.ts';
import { clipped, layoutPlot, plotFrame, type Box } from './layout.ts';
import { drawLegend } from './legend.ts';
import { drawScene, type SceneArrow } from './scene.ts';
import { element, fragment, polyline, type Markup } from './svg.ts';
import { DEFAULT_VIEW, type View } from './view.ts';

/** Features in a plane or in space. */
export interface EmbeddingArrowsData {
  /** Of two or three dimensions. */
  readonly embedding: Embedding;
  /** A capacity in [0, 1] for each feature; NaN where there is no value. */
  readonly capacities: ArrayLike<number>;
  /** Default: the features' numbers, from 0. */
  readonly labels?: readonly string[];
  /** The number of each feature's block, or null: colours by block, named by a letter. */
  readonly blockOf?: readonly (number | null)[];
  /** What the blocks are called, such as 'pentagon', by number. */
  readonly blockNames?: readonly string[];
  /** From where three dimensions are seen. Default: azimuth 32, elevation 20 degrees. */
  readonly view?: View;
}

/**
 * The features of an embedding of two or three dimensions as arrows from the origin, over a unit
 * circle or sphere, coloured by capacity or by block; all axes have one scale.
 *
 * @throws RangeError if the embedding is of other dimensions, holds a number that is not finite, or
 * there is not one capacity, label or block a feature.
 */
export function embeddingArrowsFigure(data: EmbeddingArrowsData, options: FigureOptions): string {
  const { dims, features } = data.embedding;
  check(data);
  const scale = colourScale({ map: 'viridis', label: 'capacity C' }, data.capacities);
  const arrows = arrowsOf(data, scale);
  const { blockOf } = data;
  const by = blockOf === undefined ? '' : ', coloured by block';
  return figureDocument(options, {
    width: 560,
    height: 520,
    description: `${features} features as arrows in ${dims === 2 ? 'a plane' : 'space'}${by}`,
    draw: (box) => {
      const items = blockOf === undefined ? [] : blockLegend(blockOf, data.blockNames, blockSample);
      const legend = drawLegend(items, box.x, box.y, box.width);
      const inner = { ...box, y: box.y + legend.height, height: box.height - legend.height };
      const bar = blockOf === undefined ? scale : undefined;
      const drawn =
        dims === 2
          ? drawPlane(arrows, inner, bar)
          : drawSpace(arrows, inner, bar, data.view ?? DEFAULT_VIEW);
      return fragment(legend.markup, drawn);
    },
  });
}

function check({ embedding, capacities, labels, blockOf }: EmbeddingArrowsData): void {
  const { dims, features, data: w } = embedding;
  if (dims !== 2 && dims !== 3) {
    throw new RangeError(
      `embeddingArrowsFigure: needs 2 or 3 dimensions, the embedding has ${dims}`,
    );
  }
  for (const [name, length] of [
    ['capacities', capacities.length],
    ['labels', labels?.length],
    ['blockOf', blockOf?.length],
  ] as const) {
    if (length !== undefined && length !== features) {
      throw new RangeError(`embeddingArrowsFigure: ${length} ${name} for ${features} features`);
    }
  }
  checkBlocks('embeddingArrowsFigure', 'blockOf', blockOf ?? []);
  for (let i = 0; i < features; i++) {
    const vector = Array.from(w.subarray(dims * i, dims * (i + 1)));
    if (!vector.every(Number.isFinite)) {
      throw new RangeError(`embeddingArrowsFigure: feature ${i} is (${vector.join(', ')})`);
    }
  }
}

/** Long arrows first, so that short ones of the same direction stay visible on top. */
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

function blockSample(block: number | null, x: number, y: number): Markup {
  return drawArrow({ from: [x - 8, y], to: [x + 8, y], role: arrowRole(block), about: '' });
}

function drawPlane(arrows: readonly SceneArrow[], box: Box, scale?: ColourScale): Markup {
  const reach = 1.18 * Math.max(1, ...arrows.map(lengthOf));
  const bar = scale === undefined ? 0 : colourBarWidth(scale, box.height - 70);
  const plot = layoutPlot(
    box,
    { label: 'embedding dimension 1', scale: 'linear', domain: [-reach, reach] },
    { label: 'embedding dimension 2', scale: 'linear', domain: [reach, -reach] },
    { right: 26 + bar, square: true },
  );
  const { area, x, y } = plot;
  const from = [x.position(0), y.position(0)] as const;
  const placed = arrows.map((arrow) => {
    const to = [x.position(arrow.vector[0]), y.position(arrow.vector[1])] as const;
    return { ...arrow, from, to };
  });
  return fragment(
    clipped(
      area,
      ...x.ticks.map(({ value }) => gridLine(x.position(value), area, 'x')),
      ...y.ticks.map(({ value }) => gridLine(y.position(value), area, 'y')),
      element('circle', {
        class: 'ps-line',
        'stroke-dasharray': '3 3',
        cx: from[0],
        cy: from[1],
        r: x.position(1) - from[0],
      }),
    ),
    plotFrame(area),
    ...placed.map(drawArrow),
    nameTips(placed, area),
    plot.axes,
    scale === undefined ? [] : drawColourBar(scale, area.x + area.width + 26, area.y, area.height),
  );
}

function drawSpace(
  arrows: readonly SceneArrow[],
  box: Box,
  scale: ColourScale | undefined,
  view: View,
): Markup {
  const bar = scale === undefined ? 0 : 26 + colourBarWidth(scale, box.height - 20);
  const area = { ...box, width: box.width - bar };
  if (!(area.width >= 100 && area.height >= 100)) {
    throw new RangeError(`figure: ${box.width} x ${box.height} pixels leave no room for the plot`);
  }
  const axes = ['dimension 1', 'dimension 2', 'dimension 3'];
  return fragment(
    drawScene(arrows, area, { view, axes, feet: true }),
    scale === undefined
      ? []
      : drawColourBar(scale, area.x + area.width + 26, area.y + 10, area.height - 20),
  );
}

function gridLine(at: number, area: Box, along: 'x' | 'y'): Markup {
  const points: [number, number][] =
    along === 'x'
      ? [
          [at, area.y],
          [at, area.y + area.height],
        ]
      : [
          [area.x, at],
          [area.x + area.width, at],
        ];
  return element('path', { class: 'ps-grid', d: polyline(points) });
}
