import type { Mark } from '../plot/plot.ts';
import { blockName, blockStyle } from '../theme/block-style.ts';
import { dot, type DotStyle } from './dot.ts';
import { group } from '../plot/plot.ts';
import type { LegendItem } from './legend.ts';
import type { SymbolName } from './symbol.ts';

// Five shapes and eight colours give forty different symbols.
const SYMBOLS: readonly SymbolName[] = ['circle', 'square', 'triangle', 'diamond', 'triangle-down'];

/** The name of features and eigenvalues outside every block, in legends. */
const NO_BLOCK = 'in no block';
/** Maximum number of blocks in a legend. */
const MOST_ENTRIES = 12;

/** The look of a point of a block, by colour and shape; an open ring for points in no block. */
export function blockSymbol(block: number | null, r: number): DotStyle {
  if (block === null) return { role: 'ps-open', r: r * 0.85, outline: 1.2 };
  return {
    symbol: SYMBOLS[block % SYMBOLS.length],
    role: `${blockStyle(block).fill} ps-edge`,
    r,
    // A wide outline would hide the colour of a small symbol.
    outline: 0.7 * Math.min(1, r / 4),
  };
}

/**
 * Legend entries of the blocks that occur. The last entry counts the blocks that do not fit.
 *
 * @param blocks the block of each item, or null
 * @param names names of the blocks, by number
 * @param sample draws the sample of a block
 */
export function blockLegend(
  blocks: readonly (number | null)[],
  names: readonly string[] = [],
  sample: (block: number | null) => Mark = (block) => dot(0, 0, blockSymbol(block, 4.5)),
): LegendItem[] {
  const occurring = [...new Set(blocks)]
    .filter((block) => block !== null)
    .toSorted((a, b) => a - b);
  const shown = occurring.slice(0, MOST_ENTRIES);
  const items: LegendItem[] = shown.map((block) => ({
    label: blockName(block, names[block]),
    width: 14,
    sample: sample(block),
  }));
  if (occurring.length > shown.length) {
    const label = `and ${occurring.length - shown.length} more blocks`;
    items.push({ label, width: 0, sample: group() });
  }
  if (blocks.includes(null)) items.push({ label: NO_BLOCK, width: 14, sample: sample(null) });
  return items;
}
