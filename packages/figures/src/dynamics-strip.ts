import { blockName, blockStyle } from './block-style.ts';
import { namesOrNumbers, thinnedLabels, widestLabel } from './categories.ts';
import { categoryMap } from './category-map.ts';
import { placeNames } from './end-names.ts';
import type { Box } from './layout.ts';
import { element, fragment, type Markup } from './svg.ts';
import { ellipsis, label, textWidth } from './text.ts';

type Blocks = readonly (readonly (number | null)[])[];

const NAME_SIZE = 11;

/** Features by their block at the end, those in none last; within a block as they come. */
export function stripOrder(blockOf: Blocks): number[] {
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

/** How many different blocks there are at each checkpoint. */
export function blockCounts(blockOf: Blocks): number[] {
  return blockOf.map((row) => new Set(row.filter((block) => block !== null)).size);
}

/** The class of the area of a feature in a block, or in none. */
export function membershipRole(block: number | null): string {
  return block === null ? 'ps-blank' : blockStyle(block).fill;
}

/**
 * Which block each feature is in at each checkpoint: a row a feature, a column a checkpoint, which
 * reaches half-way to its neighbours. Blocks at the end are named at the right.
 *
 * @param left pixels left of the area, at whose outer end the title stands
 */
export function drawStrip(
  blockOf: Blocks,
  order: readonly number[],
  positions: readonly number[],
  area: Box,
  left: number,
  names: {
    readonly features?: readonly string[] | undefined;
    readonly blocks?: readonly string[] | undefined;
  },
): Markup {
  const n = order.length;
  // Where there are more features than pixels, each row of pixels shows one of them.
  const rows = Math.min(n, Math.floor(area.height));
  const featureAt = (row: number): number => order[Math.floor(((row + 0.5) * n) / rows)];
  const edges = positions.map((px, s) => (s === 0 ? area.x : (positions[s - 1] + px) / 2));
  const bounds = [...edges, area.x + area.width];
  const picture = categoryMap(
    rows,
    positions.length,
    (row, s) => membershipRole(blockOf[s][featureAt(row)]),
    area,
    bounds,
  );
  const pitch = area.height / n;
  const lines = order.map((feature) => namesOrNumbers(n, names.features)[feature]);
  const ticks = thinnedLabels(lines, pitch, NAME_SIZE - 1, 'y');
  const right = area.x + area.width;
  const ends = runsAtEnd(blockOf, order);
  const placed = placeNames(
    ends.map(({ from, to }) => area.y + ((from + to) / 2) * pitch),
    { ...area, y: area.y + 4, height: area.height - 4 },
  );
  return fragment(
    picture,
    ...lettersOf(blockOf, order, bounds, { ...area, height: pitch }),
    ticks.length < n
      ? []
      : ticks.map(({ index, line }) =>
          label(area.x - 6, area.y + (index + 0.5) * pitch + 4, line, {
            size: NAME_SIZE - 1,
            anchor: 'end',
          }),
        ),
    label(area.x - left + 11, area.y + area.height / 2, 'feature', {
      size: 12,
      anchor: 'middle',
      rotate: -90,
    }),
    ...ends.map(({ from, to, block }) =>
      element('rect', {
        class: membershipRole(block),
        x: right + 4,
        y: area.y + from * pitch + 0.5,
        width: 4,
        height: Math.max(0.8, (to - from) * pitch - 1),
      }),
    ),
    ...placed.map(({ index, at }) => {
      const { block } = ends[index];
      const name = block === null ? 'no block' : blockName(block, names.blocks?.[block]);
      return label(right + 12, at + 4, ellipsis(name, 90, NAME_SIZE), {
        size: NAME_SIZE,
        role: block === null ? 'ps-muted' : 'ps-ink',
      });
    }),
  );
}

/**
 * The letter of each block in the place where it has most room, so that colour does not have to tell
 * it; none where there is too little.
 *
 * @param first the row of the first feature
 */
function lettersOf(
  blockOf: Blocks,
  order: readonly number[],
  bounds: readonly number[],
  first: Box,
): Markup[] {
  const roomiest = new Map<
    number,
    { row: number; end: number; from: number; to: number; room: number }
  >();
  let above = new Set<string>();
  order.forEach((feature, row) => {
    const here = new Set<string>();
    for (let from = 0; from < blockOf.length;) {
      const block = blockOf[from][feature];
      let to = from + 1;
      while (to < blockOf.length && blockOf[to][feature] === block) to++;
      const run = `${block} ${from} ${to}`;
      here.add(run);
      if (block !== null && !above.has(run)) {
        const isIn = (r: number): boolean =>
          r < order.length && blockOf.slice(from, to).every((each) => each[order[r]] === block);
        let end = row + 1;
        while (isIn(end)) end++;
        const room = (bounds[to] - bounds[from]) * (end - row);
        if (room > (roomiest.get(block)?.room ?? 0))
          roomiest.set(block, { row, end, from, to, room });
      }
      from = to;
    }
    above = here;
  });
  return [...roomiest].flatMap(([block, { row, end, from, to }]) => {
    const { letter } = blockStyle(block);
    const [width, height] = [bounds[to] - bounds[from], (end - row) * first.height];
    if (height < NAME_SIZE || width < textWidth(letter, NAME_SIZE, true) + 4) return [];
    const [x, y] = [(bounds[from] + bounds[to]) / 2, first.y + ((row + end) / 2) * first.height];
    const look = { size: NAME_SIZE, anchor: 'middle', role: 'ps-halo', bold: true } as const;
    return [label(x, y + 4, letter, look)];
  });
}

interface Run {
  readonly from: number;
  to: number;
  readonly block: number | null;
}

function runsAtEnd(blockOf: Blocks, order: readonly number[]): Run[] {
  const last = blockOf[blockOf.length - 1];
  const runs: Run[] = [];
  order.forEach((feature, row) => {
    const run = runs.at(-1);
    if (run !== undefined && run.block === last[feature]) run.to = row + 1;
    else runs.push({ from: row, to: row + 1, block: last[feature] });
  });
  return runs;
}
