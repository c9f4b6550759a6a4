import type { Embedding } from '../embedding/embedding.ts';
import { measureCapacity } from '../capacity/measure.ts';
import { efficiency } from '../capacity/summary.ts';
import { settledPartitions, type DynamicsEvent, type Partition } from './partition-events.ts';

/** A recorded moment of training, and what blocks were found in it. */
export interface Checkpoint {
  /** Steps taken. */
  readonly step: number;
  readonly loss: number;
  readonly embedding: Embedding;
  /** Disjoint blocks of features, found by whatever means; features in none belong to no structure. */
  readonly blocks: Partition;
  /** The shape of each block by name, in the order of the blocks; null or absent where it has none. */
  readonly shapes?: readonly (string | null)[];
}

/** What is taken for a whole feature, none, and a change that lasts. */
export interface DynamicsOptions {
  /** A feature with capacity of at least 1 minus this is fully represented; 0.01 if absent. */
  readonly fullTolerance?: number;
  /** A feature with capacity below this is ignored; 0.01 if absent. */
  readonly ignoredBelow?: number;
  /** For how many further checkpoints a change must last to count; 1 if absent, 0 for every change. */
  readonly persistence?: number;
  /**
   * If given, a block counts for events only where its capacities sum to an integer within this, as those of an efficient
   * block do: it forms when it becomes one. Rows show all blocks that were given.
   */
  readonly integerTolerance?: number;
}

/** One checkpoint, in figures. */
export interface DynamicsRow {
  readonly step: number;
  readonly loss: number;
  /** Sum of capacities. */
  readonly total: number;
  /** Sum of capacities over the rank. */
  readonly efficiency: number;
  readonly capacity: Float64Array;
  /** Features with capacity 1, and with capacity 0, each within the tolerance. */
  readonly full: readonly number[];
  readonly ignored: readonly number[];
  /** The checkpoint's blocks without these features, each ascending, the one with the first feature first. */
  readonly blocks: Partition;
  /** How many features each has. */
  readonly sizes: readonly number[];
  /** Sum of capacities of each: near its dimension where it is efficient. */
  readonly blockCapacity: readonly number[];
  /** Their shapes; null where none is given, or where the block was given with other features. */
  readonly shapes: readonly (string | null)[];
}

/** A training run as rows and events. */
export interface Dynamics {
  readonly rows: readonly DynamicsRow[];
  readonly events: readonly DynamicsEvent[];
}

/**
 * Capacity and blocks through training: one row a checkpoint, and when blocks form, grow, shrink, split, merge and
 * dissolve. A feature whose capacity reaches 1 is a block of its own from then on, so that it splits off from the block
 * it was in (arXiv:2210.01892, section 4.5); an ignored feature is in no block.
 *
 * @throws RangeError if steps do not ascend, checkpoints differ in their number of features, blocks share a feature or
 *   name one that does not exist, or an option is out of its range.
 */
export function dynamics(
  checkpoints: readonly Checkpoint[],
  options: DynamicsOptions = {},
): Dynamics {
  const {
    fullTolerance = 0.01,
    ignoredBelow = 0.01,
    persistence = 1,
    integerTolerance = 0.5,
  } = options;
  for (const [field, value] of Object.entries({ fullTolerance, ignoredBelow })) {
    if (!(value >= 0 && value < 0.5)) {
      throw new RangeError(`${field}: must be in [0, 0.5), got ${value}`);
    }
  }
  if (!(integerTolerance > 0 && integerTolerance <= 0.5)) {
    throw new RangeError(`integerTolerance: must be in (0, 0.5], got ${integerTolerance}`);
  }
  if (!Number.isInteger(persistence) || persistence < 0) {
    throw new RangeError(`persistence: must be a non-negative integer, got ${persistence}`);
  }
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
      `${path}.step: must be more than the one before, ${all[at - 1].step}, got ${step}`,
    );
  }
  const { features } = all[0].embedding;
  if (embedding.features !== features) {
    throw new RangeError(
      `${path}.embedding: must have ${features} features, as the first has, got ${embedding.features}`,
    );
  }
  const seen = new Set<number>();
  for (const i of blocks.flat()) {
    if (!Number.isInteger(i) || i < 0 || i >= features) {
      throw new RangeError(
        `${path}.blocks: must hold integers from 0 to ${features - 1}, got ${i}`,
      );
    }
    if (seen.has(i)) throw new RangeError(`${path}.blocks: feature ${i} is in two places`);
    seen.add(i);
  }
  if (shapes !== undefined && shapes.length !== blocks.length) {
    throw new RangeError(
      `${path}.shapes: must name ${blocks.length} blocks' shapes, got ${shapes.length}`,
    );
  }
}
