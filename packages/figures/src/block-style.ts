import type { LegendItem } from './legend.ts';
import { element, fragment, polyline, type Markup } from './svg.ts';
import { BLOCK_COLOURS } from './theme.ts';

/** How the k-th block is shown: never by colour alone. */
export interface BlockStyle {
  /** 'A' to 'Z', then 'AA' and so on. */
  readonly letter: string;
  /** The classes that fill areas and draw lines in its colour. */
  readonly fill: string;
  readonly line: string;
  /** Solid for the first eight, which have a colour of their own. */
  readonly dash: string | undefined;
}

const DASHES = [undefined, '5 2.5', '2 2', '8 2 2 2'];

/** The style of a block by its number, from 0. */
export function blockStyle(block: number): BlockStyle {
  const colour = block % BLOCK_COLOURS;
  return {
    letter: letterOf(block),
    fill: `ps-b${colour}`,
    line: `ps-l${colour}`,
    dash: DASHES[Math.floor(block / BLOCK_COLOURS) % DASHES.length],
  };
}

function letterOf(block: number): string {
  const last = String.fromCharCode(65 + (block % 26));
  return block < 26 ? last : letterOf(Math.floor(block / 26) - 1) + last;
}

/** 'A pentagon', or 'A' where the block has no name. */
export function blockName(block: number, name?: string): string {
  const { letter } = blockStyle(block);
  return name === undefined || name === '' ? letter : `${letter} ${name}`;
}

type Corners = readonly (readonly [number, number])[];

// A circle comes first; shapes go round in fives and colours in eights, so that forty differ.
const SHAPES: readonly Corners[] = [
  [],
  [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  [
    [0, -1.3],
    [1.15, 0.75],
    [-1.15, 0.75],
  ],
  [
    [0, -1.3],
    [1.3, 0],
    [0, 1.3],
    [-1.3, 0],
  ],
  [
    [0, 1.3],
    [1.15, -0.75],
    [-1.15, -0.75],
  ],
];

/** The marker of a block, by colour and shape; an open ring for what is in no block. */
export function blockMarker(block: number | null, x: number, y: number, r: number): Markup {
  if (block === null) {
    return element('circle', { class: 'ps-open', cx: x, cy: y, r: r * 0.85, 'stroke-width': 1.2 });
  }
  // Around a small marker a whole edge would hide the colour.
  const edge = 0.7 * Math.min(1, r / 4);
  const look = { class: `${blockStyle(block).fill} ps-edge`, 'stroke-width': edge };
  const corners = SHAPES[block % SHAPES.length];
  return corners.length === 0
    ? element('circle', { ...look, cx: x, cy: y, r })
    : element('path', {
        ...look,
        d: `${polyline(corners.map(([a, b]) => [x + a * r, y + b * r]))}z`,
      });
}

/** What a legend calls features and eigenvalues outside of every block. */
export const NO_BLOCK = 'in no block';

/** Legend entries for as many blocks as a legend can hold; the others are counted in a last one. */
export function blockLegend(
  blocks: readonly (number | null)[],
  names: readonly string[] = [],
  draw: (block: number | null, x: number, y: number) => Markup = (block, x, y) =>
    blockMarker(block, x, y, 4.5),
): LegendItem[] {
  const occurring = [...new Set(blocks)]
    .filter((block) => block !== null)
    .toSorted((a, b) => a - b);
  const shown = occurring.slice(0, MOST_ENTRIES);
  const items = shown.map((block) => ({
    label: blockName(block, names[block]),
    width: 14,
    sample: (x: number, y: number) => draw(block, x, y),
  }));
  if (occurring.length > shown.length) {
    const label = `and ${occurring.length - shown.length} more blocks`;
    items.push({ label, width: 0, sample: () => fragment() });
  }
  if (blocks.includes(null)) {
    items.push({ label: NO_BLOCK, width: 14, sample: (x, y) => draw(null, x, y) });
  }
  return items;
}

const MOST_ENTRIES = 12;

/**
 * @throws RangeError if a block is neither null nor a whole number from 0.
 */
export function checkBlocks(
  figure: string,
  field: string,
  blocks: readonly (number | null)[],
): void {
  blocks.forEach((block, i) => {
    if (block !== null && !(Number.isSafeInteger(block) && block >= 0)) {
      throw new RangeError(
        `${figure}: ${field}[${i}] must be null or a block's number from 0, got ${String(block)}`,
      );
    }
  });
}
