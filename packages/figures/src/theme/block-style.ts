import { BLOCK_COLOURS } from './theme.ts';

/** The look of a block: a letter, a colour and dashes, because colour alone is not enough for every reader. */
export interface BlockStyle {
  /** 'A' to 'Z', then 'AA', 'AB' and so on. */
  readonly letter: string;
  /** Classes of the style sheet: one fills areas, one draws lines. */
  readonly fill: string;
  readonly line: string;
  /** Dashes of its lines; undefined (solid) for the first eight blocks. */
  readonly dash: string | undefined;
}

const DASHES = [undefined, '5 2.5', '2 2', '8 2 2 2'];

/** The style of block number `block`, counted from 0. */
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

/**
 * The letter of a block, followed by its name.
 *
 * @param block number of the block, from 0
 * @param name such as the shape of the block
 * @returns such as 'A pentagon'; only the letter without a name
 * @example
 * ```js
 * import { blockName } from 'polysem/figures';
 * blockName(1, 'pentagon'); // 'B pentagon'
 * ```
 */
export function blockName(block: number, name?: string): string {
  const { letter } = blockStyle(block);
  return name === undefined || name === '' ? letter : `${letter} ${name}`;
}

/**
 * Checks the block numbers of features or eigenvalues.
 *
 * @throws RangeError if a block is neither null nor an integer from 0.
 */
export function checkBlocks(
  figure: string,
  field: string,
  blocks: readonly (number | null)[],
): void {
  blocks.forEach((block, i) => {
    if (block !== null && !(Number.isSafeInteger(block) && block >= 0)) {
      throw new RangeError(
        `${figure}: ${field}[${i}] must be null or the number of a block, from 0, got ${String(block)}`,
      );
    }
  });
}
