import { blockName, blockStyle } from './block-style.ts';
import { placeNames } from './end-names.ts';
import type { Box } from './layout.ts';
import { element, fragment, polyline, type Markup } from './svg.ts';
import { ellipsis, label, textWidth } from './text.ts';

/** Features that belong together. */
export interface GramBlock {
  /** Rows of the matrix, in the order in which to draw them. */
  readonly features: readonly number[];
  /** Such as 'pentagon'. */
  readonly label?: string;
}

/** Where a block stands on the diagonal of the ordered matrix: rows from `from` to before `to`. */
export interface PlacedBlock {
  readonly from: number;
  readonly to: number;
  /** Its number, or null for the features in no block. */
  readonly block: number | null;
  readonly name: string;
}

const NAME_SIZE = 11;
const LONGEST_NAME = 150;
const LEADER = 22;

/**
 * Features by block, in the order of the blocks, those in no block after them.
 *
 * @throws RangeError if a block is empty, or holds what is no feature, or one that another holds.
 */
export function orderByBlock(
  n: number,
  blocks: readonly GramBlock[],
): { order: number[]; placed: PlacedBlock[] } {
  const order: number[] = [];
  const seen = new Set<number>();
  const placed: PlacedBlock[] = [];
  blocks.forEach(({ features, label: name }, block) => {
    if (features.length === 0) {
      throw new RangeError(`gramHeatMapFigure: blocks[${block}] holds no feature`);
    }
    for (const feature of features) {
      if (!Number.isInteger(feature) || feature < 0 || feature >= n || seen.has(feature)) {
        throw new RangeError(
          `gramHeatMapFigure: blocks[${block}] must hold features below ${n}, each once, got ${feature}`,
        );
      }
      seen.add(feature);
    }
    const from = order.length;
    order.push(...features);
    placed.push({ from, to: order.length, block, name: blockName(block, name) });
  });
  const from = order.length;
  for (let i = 0; i < n; i++) if (!seen.has(i)) order.push(i);
  if (from > 0 && from < n) placed.push({ from, to: n, block: null, name: 'no block' });
  return { order, placed };
}

/** Pixels that the names of blocks take beside the matrix. */
export function blockNamesWidth(placed: readonly PlacedBlock[]): number {
  if (placed.length === 0) return 0;
  const widest = Math.max(...placed.map(({ name }) => textWidth(name, NAME_SIZE, true)));
  return LEADER + Math.min(LONGEST_NAME, widest);
}

/** Outlines around the blocks on the diagonal, and their names right of the matrix. */
export function drawBlocks(placed: readonly PlacedBlock[], n: number, area: Box): Markup {
  const pitch = area.width / n;
  const right = area.x + area.width;
  const middles = placed.map(({ from, to }) => area.y + ((from + to) / 2) * pitch);
  const names = placeNames(middles, { ...area, y: area.y + 5, height: area.height - 5 });
  const outlines = placed
    .filter(({ block }) => block !== null)
    .map(({ from, to }) => {
      const side = (to - from) * pitch;
      const box = { x: area.x + from * pitch, y: area.y + from * pitch, width: side, height: side };
      // Black with white: the colours of the matrix do not follow the theme either.
      const thin = side < 12;
      return fragment(
        element('rect', { ...box, fill: 'none', stroke: '#fff', 'stroke-width': thin ? 1.6 : 3 }),
        element('rect', { ...box, fill: 'none', stroke: '#111', 'stroke-width': thin ? 0.8 : 1.5 }),
      );
    });
  const sides = placed.map(({ from, to, block }) =>
    element('rect', {
      class: block === null ? 'ps-blank' : blockStyle(block).fill,
      x: right + 4,
      y: area.y + from * pitch + 0.5,
      width: 4,
      height: Math.max(0.8, (to - from) * pitch - 1),
    }),
  );
  return fragment(
    ...outlines,
    ...sides,
    ...names.map(({ index, at, wanted }) =>
      fragment(
        element('path', {
          class: 'ps-line',
          'stroke-width': 0.8,
          d: polyline([
            [right + 9, wanted],
            [right + LEADER - 4, at],
          ]),
        }),
        label(right + LEADER, at + 4, ellipsis(placed[index].name, LONGEST_NAME, NAME_SIZE), {
          size: NAME_SIZE,
          role: placed[index].block === null ? 'ps-muted' : 'ps-ink',
        }),
      ),
    ),
  );
}
