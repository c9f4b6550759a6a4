import { categoryMap } from '../../marks/category-map.ts';
import { endNames } from '../../marks/end-names.ts';
import { label } from '../../marks/label.ts';
import { rect } from '../../marks/rect.ts';
import type { Box } from '../../plot/box.ts';
import {
  categoryScale,
  namesOrNumbers,
  thinnedLabels,
  widestLabel,
} from '../../plot/categories.ts';
import { TITLE_SIZE } from '../../plot/draw-axis.ts';
import { drawMarks, pixelPlot, type Mark } from '../../plot/plot.ts';
import { fragment, type Markup } from '../../svg/svg.ts';
import { textLine, textWidth } from '../../svg/text.ts';
import { blockName, blockStyle } from '../../theme/block-style.ts';
import type { BlocksOverTime, DynamicsData } from './data.ts';

const NAME_SIZE = 11;
/** Pixels between the strip and the names of blocks. */
const NAMES_GAP = 12;

/** Features by their block at the last checkpoint; features in no block come last. */
function stripOrder(blockOf: BlocksOverTime): number[] {
  const last = blockOf[blockOf.length - 1];
  const rank = (feature: number): number => last[feature] ?? Infinity;
  return last
    .map((_, i) => i)
    .toSorted((a, b) => (rank(a) === rank(b) ? a - b : rank(a) - rank(b)));
}

/** Pixels that the strip takes left of its area. */
export function stripWidth(features: number, labels?: readonly string[]): number {
  return 26 + widestLabel(namesOrNumbers(features, labels), NAME_SIZE - 1);
}

/** Pixels that the names of the blocks at the last checkpoint take right of the strip. */
export function blockNamesRoom({ blockOf, blockNames }: DynamicsData): number {
  const last = new Set(blockOf[blockOf.length - 1]);
  const widths = [...last].map((block) => textWidth(nameOf(block, blockNames), NAME_SIZE));
  return NAMES_GAP + Math.max(...widths) + 4;
}

/** Number of different blocks at each checkpoint. */
export function blockCounts(blockOf: BlocksOverTime): number[] {
  return blockOf.map((row) => new Set(row.filter((block) => block !== null)).size);
}

/** The class that fills the area of a feature in a block, or in none. */
export function membershipRole(block: number | null): string {
  return block === null ? 'ps-blank' : blockStyle(block).fill;
}

function nameOf(block: number | null, names: readonly string[] = []): string {
  return block === null ? 'no block' : blockName(block, names[block]);
}

/**
 * Draws the block of each feature at each checkpoint: one row per feature, and one column per
 * checkpoint, which extends half-way to its neighbours. Blocks at the last checkpoint are named at
 * the right.
 *
 * @param data the training
 * @param positions x of each checkpoint in pixels
 * @param area the strip
 * @param left pixels left of the strip; the title stands at their outer end
 * @param room pixels right of the strip
 */
export function drawStrip(
  { blockOf, blockNames, labels }: DynamicsData,
  positions: readonly number[],
  area: Box,
  left: number,
  room: number,
): Markup {
  const order = stripOrder(blockOf);
  const n = order.length;
  // If there are more features than pixels, each row of pixels shows one feature.
  const rows = Math.min(n, Math.floor(area.height));
  const featureAt = (row: number): number => order[Math.floor(((row + 0.5) * n) / rows)];
  const starts = positions.map((px, s) => (s === 0 ? area.x : (positions[s - 1] + px) / 2));
  const edges = [...starts, area.x + area.width];
  const y = categoryScale(n, [area.y, area.y + area.height]);
  const plot = { ...pixelPlot(area), y };
  const lines = order.map((feature) => namesOrNumbers(n, labels)[feature]);
  const ticks = thinnedLabels(lines, area.height / n, NAME_SIZE - 1, 'y');
  const title = { size: TITLE_SIZE, anchor: 'middle', rotate: -90 } as const;
  const columns = positions.length;
  const roleAt = (row: number, s: number): string => membershipRole(blockOf[s][featureAt(row)]);
  return fragment(
    drawMarks(
      plot,
      categoryMap({ rows, columns, roleAt, edges }),
      blockLetters(blockOf, order, edges),
      ticks.length < n
        ? []
        : ticks.map(({ index, line }) =>
            label(area.x - 6, index, line, { dy: 4, size: NAME_SIZE - 1, anchor: 'end' }),
          ),
      endMarks(blockOf, order, area, blockNames, room),
    ),
    textLine(area.x - left + 11, area.y + area.height / 2, 'feature', title),
  );
}

/** The blocks at the last checkpoint: a stripe next to the rows of each, and its name. */
function endMarks(
  blockOf: BlocksOverTime,
  order: readonly number[],
  area: Box,
  names: readonly string[] | undefined,
  room: number,
): Mark[] {
  const right = area.x + area.width;
  const pitch = area.height / order.length;
  const ends = runsAtEnd(blockOf, order);
  const stripes = ends.map(({ from, to, block }) => {
    const [y1, y2] = [area.y + from * pitch + 0.5, area.y + to * pitch - 0.5];
    const sides = { x1: right + 4, x2: right + 8, y1, y2: Math.max(y1 + 0.8, y2) };
    return rect(sides, { role: membershipRole(block) });
  });
  const placed = ends.map(({ from, to, block }) => ({
    at: area.y + ((from + to) / 2) * pitch,
    name: nameOf(block, names),
    role: block === null ? 'ps-muted' : 'ps-ink',
  }));
  const shown = { ...area, y: area.y + 4, height: area.height - 4 };
  const style = { size: NAME_SIZE, gap: NAMES_GAP - 3, leader: 0, longest: room - NAMES_GAP };
  return [
    () => drawMarks(pixelPlot(area), stripes),
    () => endNames(placed, style)(pixelPlot(shown)),
  ];
}

/** A rectangle of the strip in which all features are in one block: rows and checkpoints, ends excluded. */
interface Patch {
  readonly block: number;
  readonly top: number;
  readonly bottom: number;
  readonly from: number;
  readonly to: number;
}

/** The letter of each block in its largest patch, for readers who cannot rely on colour; none if it does not fit. */
function blockLetters(
  blockOf: BlocksOverTime,
  order: readonly number[],
  edges: readonly number[],
): Mark[] {
  const size = ({ top, bottom, from, to }: Patch): number =>
    (edges[to] - edges[from]) * (bottom - top);
  const largest = new Map<number, Patch>();
  for (const patch of patchesOf(blockOf, order)) {
    const best = largest.get(patch.block);
    if (best === undefined || size(patch) > size(best)) largest.set(patch.block, patch);
  }
  return [...largest.values()].map(({ block, top, bottom, from, to }): Mark => (plot) => {
    const { letter } = blockStyle(block);
    const pitch = plot.area.height / order.length;
    const [width, height] = [edges[to] - edges[from], (bottom - top) * pitch];
    const isTooSmall = height < NAME_SIZE || width < textWidth(letter, NAME_SIZE, true) + 4;
    if (isTooSmall) return fragment();
    const style = { size: NAME_SIZE, anchor: 'middle', role: 'ps-halo', bold: true } as const;
    const x = (edges[from] + edges[to]) / 2;
    return label(x, (top + bottom - 1) / 2, letter, { dy: 4, ...style })(plot);
  });
}

/** The patches of all blocks. Each starts at a row whose run of checkpoints differs from that of the row above. */
function patchesOf(blockOf: BlocksOverTime, order: readonly number[]): Patch[] {
  const patches: Patch[] = [];
  let above = new Set<string>();
  order.forEach((feature, top) => {
    const here = new Set<string>();
    for (let from = 0; from < blockOf.length;) {
      const block = blockOf[from][feature];
      let to = from + 1;
      while (to < blockOf.length && blockOf[to][feature] === block) to++;
      const run = `${block} ${from} ${to}`;
      here.add(run);
      if (block !== null && !above.has(run)) {
        const rows = blockOf.slice(from, to);
        const isIn = (row: number): boolean =>
          row < order.length && rows.every((each) => each[order[row]] === block);
        let bottom = top + 1;
        while (isIn(bottom)) bottom++;
        patches.push({ block, top, bottom, from, to });
      }
      from = to;
    }
    above = here;
  });
  return patches;
}

interface Run {
  readonly from: number;
  /** The first row after the run. */
  to: number;
  readonly block: number | null;
}

/** Runs of rows of one block at the last checkpoint. */
function runsAtEnd(blockOf: BlocksOverTime, order: readonly number[]): Run[] {
  const last = blockOf[blockOf.length - 1];
  const runs: Run[] = [];
  order.forEach((feature, row) => {
    const run = runs.at(-1);
    if (run !== undefined && run.block === last[feature]) run.to = row + 1;
    else runs.push({ from: row, to: row + 1, block: last[feature] });
  });
  return runs;
}
