import type { Embedding } from '@polysem/core';
import { namesOrNumbers } from './categories.ts';
import { colourOf, colourScale, cssColour, type Rgb } from './colour.ts';
import { colourBarWidth, drawColourBar } from './colour-bar.ts';
import { figureDocument, type FigureOptions } from './figure.ts';
import { formatNumber } from './format.ts';
import { clipped, layoutPlot, overlap, plotFrame, type Box, type Plot } from './layout.ts';
import { element, fragment, polyline, text, type Markup } from './svg.ts';
import { ellipsis, label, textWidth } from './text.ts';

/** Features in a plane. */
export interface EmbeddingArrowsData {
  /** Of two dimensions. */
  readonly embedding: Embedding;
  /** A capacity in [0, 1] for each feature; NaN where there is no value. */
  readonly capacities: ArrayLike<number>;
  /** Default: the features' numbers, from 0. */
  readonly labels?: readonly string[];
}

interface Arrow {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly length: number;
  readonly capacity: number;
}

const NAME_SIZE = 11.5;

/**
 * The features of a two-dimensional embedding as arrows from the origin, coloured by capacity,
 * over a unit circle; both axes have one scale.
 *
 * @throws RangeError if the embedding is not of two dimensions, holds a number that is not finite,
 * or there is not one capacity a feature.
 */
export function embeddingArrowsFigure(data: EmbeddingArrowsData, options: FigureOptions): string {
  const { dims, features, data: w } = data.embedding;
  if (dims !== 2) {
    throw new RangeError(`embeddingArrowsFigure: needs 2 dimensions, the embedding has ${dims}`);
  }
  if (data.capacities.length !== features) {
    throw new RangeError(
      `embeddingArrowsFigure: ${data.capacities.length} capacities for ${features} features`,
    );
  }
  const names = namesOrNumbers(features, data.labels);
  const arrows = names.map((name, i) => {
    const [x, y] = [w[2 * i], w[2 * i + 1]];
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      throw new RangeError(`embeddingArrowsFigure: feature ${i} is (${x}, ${y})`);
    }
    return { name, x, y, length: Math.hypot(x, y), capacity: data.capacities[i] };
  });
  return figureDocument(options, {
    width: 560,
    height: 520,
    description: `${features} features as arrows in a plane`,
    draw: (box) => drawArrows(arrows, data.capacities, box),
  });
}

function drawArrows(arrows: readonly Arrow[], capacities: ArrayLike<number>, box: Box): Markup {
  const scale = colourScale({ map: 'viridis', label: 'capacity C' }, capacities);
  const reach = 1.18 * Math.max(1, ...arrows.map((arrow) => arrow.length));
  const bar = colourBarWidth(scale, box.height - 70);
  const plot = layoutPlot(
    box,
    { label: 'embedding dimension 1', scale: 'linear', domain: [-reach, reach] },
    { label: 'embedding dimension 2', scale: 'linear', domain: [reach, -reach] },
    { right: 26 + bar, square: true },
  );
  const { area, x, y } = plot;
  const [originX, originY] = [x.position(0), y.position(0)];
  // Long arrows first, so that short ones of the same direction stay visible on top.
  const byLength = arrows.toSorted((a, b) => b.length - a.length);
  return fragment(
    clipped(
      area,
      ...x.ticks.map(({ value }) => gridLine(x.position(value), area, 'x')),
      ...y.ticks.map(({ value }) => gridLine(y.position(value), area, 'y')),
      element('circle', {
        class: 'ps-line',
        'stroke-dasharray': '3 3',
        cx: originX,
        cy: originY,
        r: x.position(1) - originX,
      }),
    ),
    plotFrame(area),
    ...byLength.map((arrow) =>
      drawArrow(
        arrow,
        [originX, originY],
        [x.position(arrow.x), y.position(arrow.y)],
        colourOf(scale, arrow.capacity),
      ),
    ),
    nameArrows(byLength, plot),
    plot.axes,
    drawColourBar(scale, area.x + area.width + 26, area.y, area.height),
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

function drawArrow(
  { name, capacity }: Arrow,
  [x0, y0]: readonly [number, number],
  [x1, y1]: readonly [number, number],
  colour: Rgb | undefined,
): Markup {
  const about = element('title', {}, text(`feature ${name}: capacity ${formatNumber(capacity)}`));
  const fill = colour === undefined ? {} : { fill: cssColour(colour) };
  const role = colour === undefined ? 'ps-blank ps-edge' : 'ps-edge';
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < 3) {
    const dot = { class: role, ...fill, cx: x0, cy: y0, r: 4, 'stroke-width': 0.8 };
    return element('circle', dot, about);
  }
  const head = Math.min(12, length * 0.6);
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const corner = (along: number, across: number): string =>
    `${(x0 + ux * along - uy * across).toFixed(1)},${(y0 + uy * along + ux * across).toFixed(1)}`;
  const shaft = length - head;
  const points = [
    corner(0, 1.5),
    corner(shaft, 1.5),
    corner(shaft, head * 0.45),
    corner(length, 0),
    corner(shaft, -head * 0.45),
    corner(shaft, -1.5),
    corner(0, -1.5),
  ].join(' ');
  const outline = { 'stroke-width': 0.8, 'stroke-linejoin': 'round' };
  return element('polygon', { class: role, ...fill, points, ...outline }, about);
}

/** Names beyond the tips, or beside them where another name or the edge is in the way. */
function nameArrows(arrows: readonly Arrow[], { area, x, y }: Plot): Markup {
  const taken: Box[] = [];
  const names: Markup[] = [];
  for (const { name: whole, x: wx, y: wy, length } of arrows) {
    const name = ellipsis(whole, 110, NAME_SIZE);
    const [width, height] = [textWidth(name, NAME_SIZE) + 2, NAME_SIZE + 2];
    const [ux, uy] = length > 0 ? [wx / length, -wy / length] : [0.7, 0.7];
    const [tipX, tipY] = [x.position(wx), y.position(wy)];
    for (const { dx, dy, beside } of [...beyondTip(ux, uy, width, height), ...BESIDE]) {
      const cx = clamp(tipX + dx, area.x + width / 2 + 2, area.x + area.width - width / 2 - 2);
      const cy = clamp(tipY + dy, area.y + height / 2 + 2, area.y + area.height - height / 2 - 2);
      const moved = Math.abs(cx - tipX - dx) + Math.abs(cy - tipY - dy);
      const room = { x: cx - width / 2, y: cy - height / 2, width, height };
      // Beyond a tip there has to be room as it is: pushed back, the name would cover the tip.
      if ((!beside && moved > 4) || taken.some((other) => overlap(room, other))) continue;
      taken.push(room);
      names.push(label(cx, cy + 4, name, { size: NAME_SIZE, anchor: 'middle', role: 'ps-halo' }));
      break;
    }
  }
  return fragment(...names);
}

interface NamePlace {
  readonly dx: number;
  readonly dy: number;
  readonly beside: boolean;
}

const BESIDE: readonly NamePlace[] = [-16, 16, -30, 30].map((dy) => ({ dx: 0, dy, beside: true }));

function beyondTip(ux: number, uy: number, width: number, height: number): NamePlace[] {
  return [9, 16, 23, 30, 37].map((distance) => ({
    dx: ux * (distance + width / 2),
    dy: uy * (distance + height / 4),
    beside: false,
  }));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
