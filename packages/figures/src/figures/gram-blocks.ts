import { endNames } from '../marks/end-names.ts';
import { drawMarks, group, pixelPlot, type Mark } from '../plot/plot.ts';
import { rect } from '../marks/rect.ts';
import { element, fragment } from '../svg/svg.ts';
import { textWidth } from '../svg/text.ts';
import { blockName, blockStyle } from '../theme/block-style.ts';

/** Features that belong together. */
export interface GramBlock {
  /** Numbers of the features, in the order in which to draw them. */
  readonly features: readonly number[];
  /** Such as 'pentagon'. */
  readonly label?: string;
}

/** The place of a block on the diagonal of the ordered matrix: rows `from` up to but not including `to`. */
export interface PlacedBlock {
  readonly from: number;
  readonly to: number;
  /** Its number, or null for the features in no block. */
  readonly block: number | null;
  readonly name: string;
}

const NAME_SIZE = 11;
const LONGEST_NAME = 150;
/** Pixels between the matrix and the names. */
const LEADER = 22;

/**
 * Orders features by block; those in no block come last.
 *
 * @throws RangeError if a block is empty, holds an unknown feature, or one that another block holds.
 */
export function orderByBlock(
  n: number,
  blocks: readonly GramBlock[],
): { order: number[]; placed: PlacedBlock[] } {
  const order: number[] = [];
  const seen = new Set<number>();
  const placed: PlacedBlock[] = [];
  blocks.forEach(({ features, label }, block) => {
    if (features.length === 0) {
      throw new RangeError(`gramHeatMapFigure: blocks[${block}] must hold at least one feature`);
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
    placed.push({ from, to: order.length, block, name: blockName(block, label) });
  });
  const from = order.length;
  for (let i = 0; i < n; i++) if (!seen.has(i)) order.push(i);
  if (from > 0 && from < n) placed.push({ from, to: n, block: null, name: 'no block' });
  return { order, placed };
}

/** Pixels that the names of blocks take next to a matrix, at most `most`. */
export function blockNamesWidth(placed: readonly PlacedBlock[], most: number = Infinity): number {
  if (placed.length === 0) return 0;
  const widest = Math.max(...placed.map(({ name }) => textWidth(name, NAME_SIZE)));
  return Math.min(most, LEADER + Math.min(LONGEST_NAME, widest));
}

/**
 * Outlines around the blocks on the diagonal of a matrix, and their names right of it.
 *
 * @param placed the blocks
 * @param n number of features
 * @param room pixels right of the matrix
 */
export function blockOutlines(placed: readonly PlacedBlock[], n: number, room: number): Mark {
  return (plot) => {
    const { area } = plot;
    const pitch = area.width / n;
    const right = area.x + area.width;
    const sides = placed.map(({ from, to, block }) => {
      const [y1, y2] = [area.y + from * pitch + 0.5, area.y + to * pitch - 0.5];
      const role = block === null ? 'ps-blank' : blockStyle(block).fill;
      return rect({ x1: right + 4, x2: right + 8, y1, y2: Math.max(y1 + 0.8, y2) }, { role });
    });
    const names = placed.map(({ from, to, block, name }) => ({
      at: area.y + ((from + to) / 2) * pitch,
      name,
      role: block === null ? 'ps-muted' : 'ps-ink',
    }));
    const longest = Math.max(0, room - LEADER);
    const style = { size: NAME_SIZE, gap: 9, leader: 10, width: 0.8, longest };
    const shown = { ...area, y: area.y + 5, height: area.height - 5 };
    return fragment(
      group(placed.filter(({ block }) => block !== null).map(outline(n)))(plot),
      drawMarks(pixelPlot(area), sides),
      drawMarks(pixelPlot(shown), endNames(names, style)),
    );
  };
}

/** A square around a block: black on white, because the colours of the matrix do not follow the theme. */
function outline(n: number): (block: PlacedBlock) => Mark {
  return ({ from, to }) =>
    ({ area }) => {
      const pitch = area.width / n;
      const side = (to - from) * pitch;
      const box = { x: area.x + from * pitch, y: area.y + from * pitch, width: side, height: side };
      const isSmall = side < 12;
      return fragment(
        element('rect', {
          ...box,
          fill: 'none',
          stroke: '#fff',
          'stroke-width': isSmall ? 1.6 : 3,
        }),
        element('rect', {
          ...box,
          fill: 'none',
          stroke: '#111',
          'stroke-width': isSmall ? 0.8 : 1.5,
        }),
      );
    };
}
