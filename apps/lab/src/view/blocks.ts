import type { Snapshot } from '../workers/snapshot.ts';

/** Appearance of a feature: its block's letter, colours and mark. */
export interface FeatureLook {
  /** Number of its block; null if it belongs to none. */
  readonly block: number | null;
  readonly fill: string;
  /** Colour of text over `fill`. */
  readonly text: string;
}

const LOOSE: FeatureLook = { block: null, fill: 'var(--muted)', text: 'var(--paper)' };

/** Number of block colours. */
const COLOURS = 8;

/** The look of each feature of a network. */
export function looks(snapshot: Snapshot): FeatureLook[] {
  const found = Array.from({ length: snapshot.features }, () => LOOSE);
  snapshot.blocks.forEach(({ features }, block) => {
    const look = lookOf(block);
    for (const i of features) found[i] = look;
  });
  return found;
}

/** The look of a block. */
export function lookOf(block: number): FeatureLook {
  const colour = block % COLOURS;
  return { block, fill: `var(--b${colour})`, text: `var(--t${colour})` };
}

/** A, B, .. Z, AA, .. */
export function letterOf(block: number): string {
  const last = String.fromCharCode(65 + (block % 26));
  return block < 26 ? last : letterOf(Math.floor(block / 26) - 1) + last;
}

/** Outlines of marks within a circle of radius 1, because colour alone is not enough for every reader. */
const MARKS = [
  'M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0Z',
  'M-.9-.9H.9V.9H-.9Z',
  'M0-1.1L1 .8H-1Z',
  'M0-1.2L1.2 0L0 1.2L-1.2 0Z',
  'M0 1.1L1-.8H-1Z',
  'M-.35-1H.35V-.35H1V.35H.35V1H-.35V.35H-1V-.35H-.35Z',
  'M0-1.1L1.05-.34L.65.9H-.65L-1.05-.34Z',
  'M-.5-.9H.5L1 0L.5.9H-.5L-1 0Z',
];

/** The outline of a block's mark. */
export function markOf(block: number | null): string {
  return block === null ? MARKS[0] : MARKS[block % COLOURS];
}

/**
 * Features in the order in which panels list them: block by block, then those in no block. A held feature comes first, with
 * its block, so that it keeps its place while it is dragged.
 */
export function listed({ blocks, features }: Snapshot, held: number | null = null): number[] {
  const isHeld = (i: number): number => (i === held ? 0 : 1);
  const inBlocks = blocks
    .map((block) => block.features.toSorted((a, b) => isHeld(a) - isHeld(b)))
    .toSorted((a, b) => isHeld(a[0]) - isHeld(b[0]))
    .flat();
  const known = new Set(inBlocks);
  const loose = Array.from({ length: features }, (_, i) => i).filter((i) => !known.has(i));
  return held !== null && !known.has(held)
    ? [held, ...inBlocks, ...loose.filter((i) => i !== held)]
    : [...inBlocks, ...loose];
}
