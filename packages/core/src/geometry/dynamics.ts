import { inInterval, nonNegativeInteger } from '@polysem/numerics/checks';
import type { Embedding } from '../embedding/embedding.ts';
import { measureCapacity } from '../capacity/measure.ts';
import { efficiency } from '../capacity/summary.ts';
import { PHASE_TOLERANCE } from '../theory/phase-tolerance.ts';
import { settledPartitions, type DynamicsEvent, type Partition } from './partition-events.ts';

/** The weights of one step of training, with their blocks. */
export interface Checkpoint {
  /** Steps taken. */
  readonly step: number;
  readonly loss: number;
  readonly embedding: Embedding;
  /** Disjoint blocks of features, for example from `findBlocks`. Features in no block have no structure. */
  readonly blocks: Partition;
  /** Name of the shape of each block, in the order of the blocks; null where a block has no named shape. */
  readonly shapes?: readonly (string | null)[];
}

/** Options of {@link dynamics}. */
export interface DynamicsOptions {
  /** A feature with a capacity of at least 1 minus this is fully represented; in [0, 0.5). Default 0.01. */
  readonly fullTolerance?: number;
  /** A feature with a capacity below this is ignored; in [0, 0.5). Default 0.01. */
  readonly ignoredBelow?: number;
  /** Number of further checkpoints for which a change must last to count. Default 1; 0 counts every change. */
  readonly persistence?: number;
  /**
   * If given, a block counts for events only if its capacities sum to an integer within this tolerance, as those of an
   * efficient block do; in (0, 0.5]. Rows contain all blocks.
   */
  readonly integerTolerance?: number;
}

/** Measurements of one checkpoint. */
export interface DynamicsRow {
  readonly step: number;
  readonly loss: number;
  /** Sum of capacities. */
  readonly total: number;
  /** Sum of capacities over the rank. */
  readonly efficiency: number;
  readonly capacity: Float64Array;
  /** Fully represented and ignored features, within the tolerances. */
  readonly full: readonly number[];
  readonly ignored: readonly number[];
  /** The blocks of the checkpoint without these features, each ascending, in order of first features. */
  readonly blocks: Partition;
  /** Number of features of each block. */
  readonly sizes: readonly number[];
  /** Sum of capacities of each block: close to its dimension if it is efficient. */
  readonly blockCapacity: readonly number[];
  /** Name of the shape of each block; null where it has none, or where full or ignored features were removed from it. */
  readonly shapes: readonly (string | null)[];
}

/** Capacities and blocks through training. */
export interface Dynamics {
  readonly rows: readonly DynamicsRow[];
  readonly events: readonly DynamicsEvent[];
}

/**
 * Follows capacities and blocks through training: one row per checkpoint, and events when blocks form, grow, shrink, split,
 * merge and dissolve. A feature whose capacity reaches 1 becomes a block of its own, so it splits off from its previous block
 * (arXiv:2210.01892, section 4.5). An ignored feature is in no block.
 *
 * @param checkpoints weights and blocks at ascending steps.
 * @param options see {@link DynamicsOptions}.
 * @returns one row per checkpoint, and the events between them.
 * @throws RangeError if steps do not ascend, checkpoints differ in their number of features, blocks share a feature or
 *   contain one that does not exist, or an option is out of range.
 * @example
 * ```js
 * import { embeddingFromVectors } from 'polysem';
 * import { dynamics } from 'polysem/geometry';
 * const at = (step, vectors, blocks) => ({ step, loss: 1, embedding: embeddingFromVectors(vectors), blocks });
 * const pair = [[1], [-1]];
 * const { events } = dynamics([at(0, [[1], [0]], []), at(1, pair, [[0, 1]]), at(2, pair, [[0, 1]])]);
 * events[0].kind; // 'forms'
 * ```
 */
export function dynamics(
  checkpoints: readonly Checkpoint[],
  options: DynamicsOptions = {},
): Dynamics {
  const {
    fullTolerance = PHASE_TOLERANCE.trained,
    ignoredBelow = PHASE_TOLERANCE.trained,
    persistence = 1,
    integerTolerance = 0.5,
  } = options;
  for (const [field, value] of Object.entries({ fullTolerance, ignoredBelow })) {
    inInterval(field, value, 0, 0.5, '[)');
  }
  inInterval('integerTolerance', integerTolerance, 0, 0.5, '(]');
  nonNegativeInteger('persistence', persistence);
  const rows = checkpoints.map((checkpoint, at) => {
    checkCheckpoint(checkpoint, at, checkpoints);
    return rowOf(checkpoint, 1 - fullTolerance, ignoredBelow);
  });
  const isFormed = (capacity: number): boolean =>
    Math.abs(capacity - Math.round(capacity)) <= integerTolerance;
  const partitions = rows.map(({ full, blocks, blockCapacity }) => [
    ...full.map((i) => [i]),
    ...blocks.filter((_, k) => isFormed(blockCapacity[k])),
  ]);
  const steps = rows.map((row) => row.step);
  return { rows, events: settledPartitions(steps, partitions, persistence).events };
}

function rowOf(checkpoint: Checkpoint, fullFrom: number, ignoredBelow: number): DynamicsRow {
  const { step, loss, embedding, shapes } = checkpoint;
  const measured = measureCapacity(embedding);
  const { capacity } = measured;
  const features = Array.from(capacity.keys());
  const isPartial = (i: number): boolean => capacity[i] < fullFrom && capacity[i] >= ignoredBelow;
  const blocks = checkpoint.blocks
    .map((given, k) => {
      const block = given.filter(isPartial).toSorted((a, b) => a - b);
      return { block, shape: block.length === given.length ? (shapes?.[k] ?? null) : null };
    })
    .filter(({ block }) => block.length > 0)
    .toSorted((a, b) => a.block[0] - b.block[0]);
  const sumOver = (members: readonly number[]): number =>
    members.reduce((sum, i) => sum + capacity[i], 0);
  return {
    step,
    loss,
    total: sumOver(features),
    efficiency: efficiency(measured),
    capacity,
    full: features.filter((i) => capacity[i] >= fullFrom),
    ignored: features.filter((i) => capacity[i] < ignoredBelow),
    blocks: blocks.map(({ block }) => block),
    sizes: blocks.map(({ block }) => block.length),
    blockCapacity: blocks.map(({ block }) => sumOver(block)),
    shapes: blocks.map(({ shape }) => shape),
  };
}

function checkCheckpoint(
  { step, embedding, blocks, shapes }: Checkpoint,
  at: number,
  all: readonly Checkpoint[],
): void {
  const path = `checkpoints[${at}]`;
  if (at > 0 && !(step > all[at - 1].step)) {
    throw new RangeError(
      `${path}.step: must exceed the previous step, ${all[at - 1].step}, got ${step}`,
    );
  }
  const { features } = all[0].embedding;
  if (embedding.features !== features) {
    throw new RangeError(
      `${path}.embedding: must have ${features} features, like the first checkpoint, got ${embedding.features}`,
    );
  }
  const seen = new Set<number>();
  for (const i of blocks.flat()) {
    if (!Number.isInteger(i) || i < 0 || i >= features) {
      throw new RangeError(
        `${path}.blocks: must hold integers from 0 to ${features - 1}, got ${i}`,
      );
    }
    if (seen.has(i)) throw new RangeError(`${path}.blocks: feature ${i} is in two blocks`);
    seen.add(i);
  }
  if (shapes !== undefined && shapes.length !== blocks.length) {
    throw new RangeError(
      `${path}.shapes: must have one entry for each of the ${blocks.length} blocks, got ${shapes.length}`,
    );
  }
}
