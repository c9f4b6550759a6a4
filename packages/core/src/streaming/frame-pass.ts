/* oxlint-disable no-await-in-loop -- each pass depends on the one before */
import { triangleSize } from '@polysem/numerics/dense';
import type { FeatureSource, Precision } from '../embedding/feature-source.ts';
import { chunkFeatures, chunksOf, forEachChunk, type ChunkRange } from './chunks.ts';
import {
  endLargeStage,
  endStage,
  onEveryWorker,
  transferable,
  type StreamWorkers,
} from './workers.ts';
import { largestEntry, scaleOf } from './scaling.ts';
import { sharedChunks } from './shared-chunks.ts';
import type { FrameKeeper, FrameState } from './frame-state.ts';
import type { StreamHooks, StreamProgress } from './stream-measurement.ts';

/** Chunks in progress: one being summed and one waiting. */
const AHEAD = 2;

/**
 * Bounds of the largest entry times the scale. Below, squares of float32 numbers underflow; above, their sums may overflow:
 * sums over 2^20 features with entries of 2^40 stay far below 2^128.
 */
const LEAST = 2 ** -16;
const MOST = 2 ** 40;

/** S, or some of its rows, for vectors times a power of two. */
export interface SummedFrame {
  /** Rows `from` .. dims - 1 of the lower triangle. */
  readonly rows: Float64Array;
  readonly scale: number;
}

/** The features to sum, their precision, and the stage that progress reports. */
export interface FramePass {
  readonly source: FeatureSource;
  readonly chunks: readonly ChunkRange[];
  readonly precision: Precision;
  readonly stage: StreamProgress['stage'];
  /** Keeps the state of the sum. Chunks must then cover all features of the source. */
  readonly keeper?: FrameKeeper | undefined;
}

/** All chunks of a source, or those from a feature on. */
export function allChunks(source: FeatureSource, from = 0): ChunkRange[] {
  return chunksOf(source.features, chunkFeatures(source), from);
}

/**
 * The frame operator S of a source: every worker reads every chunk and sums some rows. A power of two, chosen from the first
 * chunk, scales entries to about 1. If a later chunk shows that the scale does not fit, the source is read again.
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
      chunks: kept === null ? pass.chunks : allChunks(pass.source, kept.features),
      keeper: pass.keeper && { ...pass.keeper, kept },
    };
    const rows = await sumRows(summing, 0, workers, hooks, (chunk, first) => {
      seen.largest = Math.max(seen.largest, largestEntry(chunk, dims, first, name));
      seen.scale ??= scaleOf(seen.largest);
      // Once the scale does not fit, continue only to find the largest entry.
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

/** Rows `from` .. dims - 1 of the sum of outer products of coordinates in a basis, in float64. */
export async function sumRotatedRows(
  pass: FramePass,
  from: number,
  { vectors, scale }: { readonly vectors: Float64Array; readonly scale: number },
  workers: StreamWorkers,
  hooks: StreamHooks,
): Promise<Float64Array> {
  const { dims } = pass.source;
  // One at a time, to limit memory to one copy.
  for (let worker = 0; worker < workers.threads; worker++) {
    await workers.ask(worker, 'openRotation', { dims, vectors, scale });
  }
  const chunks = allChunks(pass.source, pass.keeper?.kept?.features);
  const rotated: FramePass = {
    ...pass,
    chunks,
    source: rotatedSource(pass.source, chunks, workers),
  };
  const rows = await sumRows(rotated, from, workers, hooks, () => ({
    scale: 1,
    largest: 1,
    isRescaled: false,
  }));
  await endLargeStage(workers, dims);
  return rows;
}

/** A source in another basis, to be read chunk by chunk. Workers rotate one chunk each at the same time. */
function rotatedSource(
  source: FeatureSource,
  chunks: readonly ChunkRange[],
  workers: StreamWorkers,
): FeatureSource {
  const ready: Promise<Float64Array>[] = [];
  let begun = 0;
  let lastRead: Promise<unknown> = Promise.resolve();
  const begin = (): void => {
    const worker = begun % workers.threads;
    const { first, count } = chunks[begun++];
    const chunk = lastRead.then(() => source.read(first, count));
    lastRead = chunk;
    const rotated = chunk.then((numbers) =>
      workers.ask(worker, 'rotate', { chunk: numbers, count }, transferable(numbers)),
    );
    // Avoid an unhandled rejection if an earlier chunk fails.
    rotated.catch(() => undefined);
    ready.push(rotated);
  };
  return {
    ...source,
    precision: 'float64',
    read: () => {
      while (ready.length < workers.threads && begun < chunks.length) begin();
      return ready.shift() as Promise<Float64Array>;
    },
  };
}

/** Statistics of the features so far. Only the scale affects the sums. */
type Seen = Omit<FrameState, 'features' | 'triangle'>;

/** @param look inspects a chunk and returns what is known so far, or null if the sum is useless. */
async function sumRows(
  { source, chunks, precision, stage, keeper }: FramePass,
  from: number,
  workers: StreamWorkers,
  hooks: StreamHooks,
  look: (chunk: Float32Array | Float64Array, first: number) => Seen | null,
): Promise<Float64Array> {
  const { dims } = source;
  const kept = keeper?.kept ?? null;
  const cuts = equalAreas(from, dims, workers.threads);
  /** Opens the rows of a worker, with the sums kept earlier. */
  const open = (worker: number, scale: number): Promise<void> => {
    const [first, end] = [cuts[worker], cuts[worker + 1]];
    const begun = kept && {
      vectors: kept.features,
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
      features = sums.vectors;
    });
    into.keep({ ...seen, features, triangle });
  };
  let opening: Promise<void> | null =
    kept === null ? null : onEveryWorker(workers, (h) => open(h, kept.scale));
  // Avoid an unhandled rejection if the first pass fails.
  opening?.catch(() => undefined);
  const before = kept?.features ?? 0;
  const copies = sharedChunks();
  const use = async (
    chunk: Float32Array | Float64Array,
    first: number,
    count: number,
  ): Promise<void> => {
    const seen = look(chunk, first);
    if (seen === null) return;
    opening ??= onEveryWorker(workers, (worker) => open(worker, seen.scale));
    const given = workers.threads === 1 ? chunk : copies.share(chunk);
    const transfer = workers.threads === 1 ? transferable(chunk) : [];
    const added = onEveryWorker(workers, (worker) =>
      workers.ask(worker, 'addToRows', { chunk: given, count }, transfer),
    );
    // Workers process requests in order, so all have added the same chunks at this point.
    const isKept = keeper !== undefined && first + count < source.features && keeper.isDue();
    await Promise.all([opening, added, isKept ? keep(seen, keeper) : null]);
    copies.release(given);
  };
  await forEachChunk(source, chunks, { ahead: AHEAD, stage, hooks, before }, use);
  const rows = new Float64Array((dims - from) * dims);
  if (opening === null) return rows;
  for (let worker = 0; worker < workers.threads; worker++) {
    rows.set(await workers.ask(worker, 'closeRows', null), (cuts[worker] - from) * dims);
  }
  await endStage(workers);
  return rows;
}

/** Divides rows `from` .. dims - 1 of a triangle into parts of about equal area: `parts + 1` boundaries. */
export function equalAreas(from: number, dims: number, parts: number): number[] {
  const whole = dims * dims - from * from;
  return Array.from({ length: parts + 1 }, (_, k) =>
    k === parts ? dims : Math.round(Math.sqrt(from * from + (whole * k) / parts)),
  );
}
