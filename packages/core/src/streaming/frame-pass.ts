/* oxlint-disable no-await-in-loop -- what comes next depends on what was found */
import type { FeatureSource, Precision } from '../feature-source.ts';
import { blockFeatures, blocksOf, forEachBlock } from './blocks.ts';
import { eachHand, freeHands, given, type StreamCrew } from './crew.ts';
import { largestEntry, scaleOf } from './near-one.ts';
import type { StreamHooks, StreamProgress } from './stream-measurement.ts';

/** Blocks that a crew has at once: one at work and one that waits for it. */
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
}

/** All blocks of a source. */
export function allBlocks(source: FeatureSource): { first: number; count: number }[] {
  return blocksOf(source.features, blockFeatures(source));
}

/**
 * The frame operator S of a source: every hand sees every block and sums some rows. Vectors are brought near 1 by a power
 * of two, for which the first block stands; where a later one shows that it was none, all is read once more.
 */
export async function sumFrame(
  pass: FramePass,
  crew: StreamCrew,
  hooks: StreamHooks,
): Promise<SummedFrame> {
  const { dims, name } = pass.source;
  let scale: number | null = null;
  for (;;) {
    const seen = { largest: 0, scale };
    const rows = await sumRows(pass, 0, crew, hooks, (block, first) => {
      seen.largest = Math.max(seen.largest, largestEntry(block, dims, first, name));
      seen.scale ??= scaleOf(seen.largest);
      // A sum that must be begun anew is not gone on with, but the largest entry is looked for.
      return seen.largest * seen.scale <= MOST ? seen.scale : null;
    });
    const used: number = seen.scale ?? 1;
    const scaled = seen.largest * used;
    if ((scaled >= LEAST && scaled <= MOST) || seen.largest === 0) return { rows, scale: used };
    if (scale !== null) return { rows, scale: used };
    scale = scaleOf(seen.largest);
  }
}

/** Rows `from` .. dims - 1 of the sum of products of the coordinates of vectors in a basis, in float64. */
export async function sumRotatedRows(
  pass: FramePass,
  from: number,
  vectors: Float64Array,
  scale: number,
  crew: StreamCrew,
  hooks: StreamHooks,
): Promise<Float64Array> {
  const { dims } = pass.source;
  await crew.ask(0, 'openRotation', { dims, vectors, scale });
  const rotated: FramePass = {
    ...pass,
    source: {
      ...pass.source,
      read: async (first, count) => {
        const block = await pass.source.read(first, count);
        return crew.ask(0, 'rotate', { block, count }, given(block));
      },
    },
  };
  return sumRows(rotated, from, crew, hooks, () => 1);
}

/** @param scaleFor the factor of a block; null if the sum has become useless. */
async function sumRows(
  { source, blocks, precision, stage }: FramePass,
  from: number,
  crew: StreamCrew,
  hooks: StreamHooks,
  scaleFor: (block: Float32Array | Float64Array, first: number) => number | null,
): Promise<Float64Array> {
  const { dims } = source;
  const cuts = equalAreas(from, dims, crew.threads);
  let opening: Promise<void> | null = null;
  await forEachBlock(source, blocks, AHEAD, stage, hooks, async (block, first, count) => {
    const scale = scaleFor(block, first);
    if (scale === null) return;
    opening ??= eachHand(crew, (hand) =>
      crew.ask(hand, 'openRows', { dims, from: cuts[hand], to: cuts[hand + 1], precision, scale }),
    );
    const last = crew.threads - 1;
    const added = eachHand(crew, (hand) =>
      crew.ask(hand, 'addToRows', { block, count }, hand === last ? given(block) : []),
    );
    await Promise.all([opening, added]);
  });
  const rows = new Float64Array((dims - from) * dims);
  if (opening === null) return rows;
  for (let hand = 0; hand < crew.threads; hand++) {
    rows.set(await crew.ask(hand, 'closeRows', null), (cuts[hand] - from) * dims);
  }
  await freeHands(crew, dims);
  return rows;
}

/** Cuts rows `from` .. dims of a triangle into parts of about the same area: `parts + 1` numbers. */
export function equalAreas(from: number, dims: number, parts: number): number[] {
  const whole = dims * dims - from * from;
  return Array.from({ length: parts + 1 }, (_, k) =>
    k === parts ? dims : Math.round(Math.sqrt(from * from + (whole * k) / parts)),
  );
}
