/* oxlint-disable no-await-in-loop -- what comes next depends on what was found */
import { triangleSize } from '@polysem/numerics/dense';
import type { FeatureSource, Precision } from '../embedding/feature-source.ts';
import { blockFeatures, blocksOf, forEachBlock } from './blocks.ts';
import { onEveryWorker, freeWorkers, transferable, type StreamWorkers } from './workers.ts';
import { largestEntry, scaleOf } from './near-one.ts';
import type { FrameKeeper, FrameState } from './frame-state.ts';
import type { StreamHooks, StreamProgress } from './stream-measurement.ts';

/** Blocks that all workers have at once: one at work and one that waits for it. */
const AHEAD = 2;

/**
 * Bounds of the largest entry times the scale. Below, squares of float32 numbers vanish; above, their sums overflow: a
 * block of 2^20 features of 2^40 stays far below 2^128.
 */
const LEAST = 2 ** -16;
const MOST = 2 ** 40;

/** S, or some of its rows, of vectors times a power of two. */
export interface SummedFrame {
  /** Rows `from` .. dims - 1 of the lower triangle. */
  readonly rows: Float64Array;
  readonly scale: number;
}

/** Which features are summed, how, and as what the progress is told. */
export interface FramePass {
  readonly source: FeatureSource;
  readonly blocks: readonly { readonly first: number; readonly count: number }[];
  readonly precision: Precision;
  readonly stage: StreamProgress['stage'];
  /** Keeps how far it has come; then blocks are all features of the source. */
  readonly keeper?: FrameKeeper | undefined;
}

/** All blocks of a source, or those from a feature on. */
export function allBlocks(source: FeatureSource, from = 0): { first: number; count: number }[] {
  return blocksOf(source.features, blockFeatures(source), from);
}

/**
 * The frame operator S of a source: every worker sees every block and sums some rows. Vectors are brought near 1 by a power
 * of two, for which the first block stands; where a later one shows that it was none, all is read once more.
 */
export async function sumFrame(
  pass: FramePass,
  workers: StreamWorkers,
  hooks: StreamHooks,
): Promise<SummedFrame> {
  const { dims, name } = pass.source;
  let kept = pass.keeper?.kept ?? null;
  let rescaled = kept?.isRescaled === true ? kept.scale : null;
  for (;;) {
    const seen = { largest: kept?.largest ?? 0, scale: kept?.scale ?? rescaled };
    const isRescaled = rescaled !== null;
    const summing = {
      ...pass,
      blocks: kept === null ? pass.blocks : allBlocks(pass.source, kept.features),
      keeper: pass.keeper && { ...pass.keeper, kept },
    };
    const rows = await sumRows(summing, 0, workers, hooks, (block, first) => {
      seen.largest = Math.max(seen.largest, largestEntry(block, dims, first, name));
      seen.scale ??= scaleOf(seen.largest);
      // A sum that must be begun anew is not gone on with, but the largest entry is looked for.
      return seen.largest * seen.scale <= MOST ? { ...seen, scale: seen.scale, isRescaled } : null;
    });
    const used: number = seen.scale ?? 1;
    const scaled = seen.largest * used;
    if ((scaled >= LEAST && scaled <= MOST) || seen.largest === 0) return { rows, scale: used };
    if (isRescaled) return { rows, scale: used };
    kept = null;
    rescaled = scaleOf(seen.largest);
  }
}

/** Rows `from` .. dims - 1 of the sum of products of the coordinates of vectors in a basis, in float64. */
export async function sumRotatedRows(
  pass: FramePass,
  from: number,
  vectors: Float64Array,
  scale: number,
  workers: StreamWorkers,
  hooks: StreamHooks,
): Promise<Float64Array> {
  const { dims } = pass.source;
  // One after the other, so that there is one copy on its way.
  for (let worker = 0; worker < workers.threads; worker++) {
    await workers.ask(worker, 'openRotation', { dims, vectors, scale });
  }
  const blocks = allBlocks(pass.source, pass.keeper?.kept?.features);
  const rotated: FramePass = {
    ...pass,
    blocks,
    source: rotatedSource(pass.source, blocks, workers),
  };
  return sumRows(rotated, from, workers, hooks, () => ({
    scale: 1,
    largest: 1,
    isRescaled: false,
  }));
}

/** A source in another basis, to be read block by block: as many blocks as there are workers are rotated at once. */
function rotatedSource(
  source: FeatureSource,
  blocks: readonly { readonly first: number; readonly count: number }[],
  workers: StreamWorkers,
): FeatureSource {
  const ready: Promise<Float64Array>[] = [];
  let begun = 0;
  let lastRead: Promise<unknown> = Promise.resolve();
  const begin = (): void => {
    const worker = begun % workers.threads;
    const { first, count } = blocks[begun++];
    const block = lastRead.then(() => source.read(first, count));
    lastRead = block;
    const rotated = block.then((numbers) =>
      workers.ask(worker, 'rotate', { block: numbers, count }, transferable(numbers)),
    );
    // Should one before it fail, nobody waits for it.
    rotated.catch(() => undefined);
    ready.push(rotated);
  };
  return {
    ...source,
    precision: 'float64',
    read: () => {
      while (ready.length < workers.threads && begun < blocks.length) begin();
      return ready.shift() as Promise<Float64Array>;
    },
  };
}

/** What is known of the features so far; only the scale matters to the sums. */
type Seen = Omit<FrameState, 'features' | 'triangle'>;

/** @param look sees a block, and knows the scale that all are multiplied by; null if the sum has become useless. */
async function sumRows(
  { source, blocks, precision, stage, keeper }: FramePass,
  from: number,
  workers: StreamWorkers,
  hooks: StreamHooks,
  look: (block: Float32Array | Float64Array, first: number) => Seen | null,
): Promise<Float64Array> {
  const { dims } = source;
  const kept = keeper?.kept ?? null;
  const cuts = equalAreas(from, dims, workers.threads);
  /** Opens the rows of a worker, with what was summed of them before. */
  const open = (worker: number, scale: number): Promise<void> => {
    const [first, end] = [cuts[worker], cuts[worker + 1]];
    const begun = kept && {
      features: kept.features,
      triangle: kept.triangle.slice(triangleSize(from, first), triangleSize(from, end)),
    };
    const order = { dims, from: first, to: end, precision, scale, ...(begun && { begun }) };
    return workers.ask(worker, 'openRows', order, begun ? transferable(begun.triangle) : []);
  };
  const keep = async ({ ...seen }: Seen, into: FrameKeeper): Promise<void> => {
    const triangle = new Float64Array(triangleSize(from, dims));
    let features = 0;
    await onEveryWorker(workers, async (worker) => {
      const sums = await workers.ask(worker, 'keepRows', null);
      triangle.set(sums.triangle, triangleSize(from, cuts[worker]));
      features = sums.features;
    });
    into.keep({ ...seen, features, triangle });
  };
  let opening: Promise<void> | null =
    kept === null ? null : onEveryWorker(workers, (h) => open(h, kept.scale));
  // Should the first reading fail, nobody waits for it.
  opening?.catch(() => undefined);
  const before = kept?.features ?? 0;
  const use = async (
    block: Float32Array | Float64Array,
    first: number,
    count: number,
  ): Promise<void> => {
    const seen = look(block, first);
    if (seen === null) return;
    opening ??= onEveryWorker(workers, (worker) => open(worker, seen.scale));
    const last = workers.threads - 1;
    const added = onEveryWorker(workers, (worker) =>
      workers.ask(
        worker,
        'addToRows',
        { block, count },
        worker === last ? transferable(block) : [],
      ),
    );
    // Workers do what they are asked in turn: all of them have added the same blocks then.
    const isKept = keeper !== undefined && first + count < source.features && keeper.isDue();
    await Promise.all([opening, added, isKept ? keep(seen, keeper) : null]);
  };
  await forEachBlock(source, blocks, AHEAD, stage, hooks, use, before);
  const rows = new Float64Array((dims - from) * dims);
  if (opening === null) return rows;
  for (let worker = 0; worker < workers.threads; worker++) {
    rows.set(await workers.ask(worker, 'closeRows', null), (cuts[worker] - from) * dims);
  }
  await freeWorkers(workers, dims);
  return rows;
}

/** Cuts rows `from` .. dims of a triangle into parts of about the same area: `parts + 1` numbers. */
export function equalAreas(from: number, dims: number, parts: number): number[] {
  const whole = dims * dims - from * from;
  return Array.from({ length: parts + 1 }, (_, k) =>
    k === parts ? dims : Math.round(Math.sqrt(from * from + (whole * k) / parts)),
  );
}
