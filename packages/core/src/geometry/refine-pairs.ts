import type { Embedding } from '../embedding/embedding.ts';
import { arrange, type Arrangement } from './arrangement.ts';
import { LEAST_GAIN } from './move-features.ts';
import { bestPairOfAxes } from './plane-optimum.ts';

/** Most blocks that are joined or divided. */
const MAX_CHANGES = 30;

/**
 * Joins two blocks into one, or divides a block of two dimensions, where that brings X nearer to W. Blocks that span a plane
 * together get the best division into two axes (`bestPairOfAxes`), or one block.
 */
export function withRefinedPairs(w: Embedding, start: Arrangement): Arrangement {
  let at = start;
  for (let changes = 0; changes < MAX_CHANGES; changes++) {
    const next = refined(w, at);
    if (next === null) break;
    at = next;
  }
  return at;
}

/** The first better arrangement found that differs in one or two blocks. */
function refined(w: Embedding, at: Arrangement): Arrangement | null {
  const blocks = blocksOf(w, at);
  for (let a = 0; a < blocks.length; a++) {
    for (let b = a; b < blocks.length; b++) {
      const chosen = a === b ? [blocks[a]] : [blocks[a], blocks[b]];
      const better = betterFor(w, chosen, LEAST_GAIN * at.gain);
      if (better === null) continue;
      const rest = blocks.filter((block) => !chosen.includes(block));
      return joined(w, [...rest, ...blocksOf(w, better)]);
    }
  }
  return null;
}

interface BlockAt {
  readonly features: readonly number[];
  readonly dims: number;
  /** Orthonormal rows, dims x D. */
  readonly rows: Float64Array;
  readonly gain: number;
}

function blocksOf(w: Embedding, { parts, basis, gammas }: Arrangement): BlockAt[] {
  let row = 0;
  return parts.map(({ features, dims }, k) => {
    const rows = basis.subarray(row * w.dims, (row + dims) * w.dims);
    row += dims;
    return { features, dims, rows, gain: gammas[k] * dims };
  });
}

/** The best single block or pair of axes in the span of these blocks, if it gains more than they do. */
function betterFor(
  w: Embedding,
  blocks: readonly BlockAt[],
  leastGain: number,
): Arrangement | null {
  const features = blocks.flatMap((block) => block.features).toSorted((i, j) => i - j);
  const dims = blocks.reduce((sum, block) => sum + block.dims, 0);
  const rows = rowsOf(w, blocks);
  const candidates: Arrangement[] = [];
  if (blocks.length > 1) candidates.push(arrange(w, [{ features, dims }], rows));
  const axes = dims === 2 ? bestPairOfAxes(w, features, rows) : null;
  if (axes !== null) candidates.push(axes);
  let most = blocks.reduce((sum, block) => sum + block.gain, leastGain);
  let best: Arrangement | null = null;
  for (const candidate of candidates) {
    if (candidate.gain <= most) continue;
    best = candidate;
    most = candidate.gain;
  }
  return best;
}

function joined(w: Embedding, blocks: readonly BlockAt[]): Arrangement {
  const ordered = blocks.toSorted((a, b) => a.features[0] - b.features[0]);
  const parts = ordered.map(({ features, dims }) => ({ features, dims }));
  return arrange(w, parts, rowsOf(w, ordered));
}

function rowsOf(w: Embedding, blocks: readonly BlockAt[]): Float64Array {
  const rows = new Float64Array(blocks.reduce((sum, { dims }) => sum + dims * w.dims, 0));
  let row = 0;
  for (const block of blocks) {
    rows.set(block.rows, row * w.dims);
    row += block.dims;
  }
  return rows;
}
