import { realPower } from '@polysem/numerics/elementary';
import {
  constructEfficient,
  type BlockDescription,
  type EfficientConstruction,
} from '../src/geometry/construct-efficient.ts';
import {
  generator,
  integerBelow,
  childGenerator,
  uniform,
  uniformBetween,
  type Generator,
} from '@polysem/numerics/random';
import {
  logChiSquareAbove,
  logChiSquareBelow,
  logPartitions,
  logStudentTail,
} from '../src/geometry/tail-bounds.ts';

/** A planted structure, with and without noise from the same random numbers. */
export interface Planted {
  readonly noisy: EfficientConstruction;
  readonly exact: EfficientConstruction;
  readonly blocks: readonly BlockDescription[];
  readonly noise: number;
}

/** 1 to 8 blocks, D up to 64, N up to 256: single features, random tight frames, and frames with random capacities. */
export function plantedBlocks(seed: number, noise: number): Planted {
  const g = generator(seed);
  const count = 1 + integerBelow(g, 8);
  const blocks = Array.from({ length: count }, () => randomBlock(g, count));
  const spare = uniform(g) < 0.25 ? integerBelow(g, 4) : 0;
  const description = {
    blocks,
    dims: blocks.reduce((total, { dims }) => total + dims, spare),
    noise,
  };
  return {
    noisy: constructEfficient(childGenerator(g, 0), description),
    exact: constructEfficient(childGenerator(g, 0), { ...description, noise: 0 }),
    blocks,
    noise,
  };
}

function randomBlock(g: Generator, count: number): BlockDescription {
  const gamma = uniform(g) < 0.3 ? 1 : uniformBetween(g, 0.5, 2);
  const kind = uniform(g);
  if (kind < 0.15) return { dims: 1, features: 1, gamma };
  // 8 blocks of 8 dims make 64, 8 of 32 features 256.
  const dims = 1 + integerBelow(g, Math.floor(64 / count));
  const features = Math.min(dims + 1 + integerBelow(g, 2 + 2 * dims), Math.floor(256 / count));
  if (kind < 0.6 || features <= dims) return { dims, features: Math.max(dims, features), gamma };
  return { dims, capacities: randomCapacities(g, features, dims), gamma };
}

/** Capacities in (0, 1) with a given sum: powers x^t of uniform numbers. */
export function randomCapacities(g: Generator, features: number, dims: number): number[] {
  const raw = Array.from({ length: features }, () => uniformBetween(g, 0.1, 0.95));
  let low = 0;
  let high = 1e3;
  for (let round = 0; round < 100; round++) {
    const t = (low + high) / 2;
    if (raw.reduce((total, x) => total + realPower(x, t), 0) > dims) low = t;
    else high = t;
  }
  return raw.map((x) => realPower(x, high));
}

/** Reason why a planted partition is not identifiable, from the construction alone; undefined if it is. */
export type Unidentifiable = 'weak link' | 'too small' | undefined;

/**
 * Decides from the construction whether its blocks can be recovered. Two conditions must hold, each
 * with a margin of three standard deviations for the noise in the observed numbers:
 * - Blocks hold together more strongly than noise of the planted size would. For each link of a
 *   block's maximum spanning tree, either the link itself is significant (0.001) among all pairs,
 *   given the estimated noise, or a chi-square test over all pairs between the two parts that it
 *   joins is.
 * - Random directions would be as orthogonal as the blocks with a probability below 0.001 over the
 *   number of possible partitions. For example, two features in a plane are at right angles within
 *   noise of 1 % once in a hundred.
 */
export function unidentifiable({ exact, noisy, blocks }: Planted): Unidentifiable {
  const { embedding: w, blocks: members } = exact;
  // 1e-12 stands for rounding errors at mean norms of order 1.
  const sigma = Math.max(noisy.sigma, 1e-12);
  const dot = (i: number, j: number): number => {
    let total = 0;
    for (let d = 0; d < w.dims; d++) total += w.data[i * w.dims + d] * w.data[j * w.dims + d];
    return total;
  };
  const n = Array.from({ length: w.features }, (_, i) => dot(i, i));
  const similarity = (i: number, j: number): number => Math.abs(dot(i, j)) / Math.sqrt(n[i] + n[j]);
  const rank = blocks.reduce((total, { dims }) => total + dims, 0);
  let freedom = (-rank * rank) / 2;
  blocks.forEach(({ dims }, k) => {
    freedom += members[k].length * (rank - dims) + (dims * dims) / 2;
  });
  const margin = 1 + 3 / Math.sqrt(2 * Math.max(1, freedom));
  const pairs = Math.max(1, (w.features * (w.features - 1)) / 2);
  const limit = Math.log(1e-3);
  for (const [k, block] of members.entries()) {
    for (const link of maximumSpanningTree(block, similarity)) {
      const above = Math.max(0, link.height - 3 * sigma) / (sigma * margin);
      if (Math.log(pairs) + logStudentTail(above, Math.max(1, freedom)) < limit) continue;
      const [one, other] = link.parts;
      let signal = 0;
      for (const i of one)
        for (const j of other) signal += (similarity(i, j) / sigma / margin) ** 2;
      const { dims } = blocks[k];
      const numbers = Math.min(one.length, dims) * Math.min(other.length, dims);
      const seen = numbers + signal - 3 * Math.sqrt(2 * (numbers + 2 * signal));
      if (logChiSquareAbove(seen / numbers, numbers) > limit - 2 * Math.log(w.features)) {
        return 'weak link';
      }
    }
  }
  if (members.length < 2) return undefined;
  let energy = 0;
  let isotropic = 0;
  const blockOf = new Int32Array(w.features);
  members.forEach((block, k) => block.forEach((i) => (blockOf[i] = k)));
  for (let i = 0; i < w.features; i++) {
    for (let j = 0; j < i; j++) {
      if (blockOf[i] === blockOf[j]) continue;
      energy += sigma * sigma * (n[i] + n[j]);
      isotropic += (n[i] * n[j]) / rank;
    }
  }
  const logProbability =
    logPartitions(w.features, members.length) +
    logChiSquareBelow((energy / isotropic) * margin * margin, freedom);
  return logProbability < limit ? undefined : 'too small';
}

interface TreeLink {
  readonly height: number;
  /** The two parts of the tree without this link and all weaker ones. */
  readonly parts: readonly [readonly number[], readonly number[]];
}

/** Kruskal's algorithm, strongest links first. */
function maximumSpanningTree(
  block: readonly number[],
  height: (i: number, j: number) => number,
): TreeLink[] {
  const all = block.flatMap((i, x) =>
    block.slice(0, x).map((j) => ({ i, j, height: height(i, j) })),
  );
  all.sort((x, y) => y.height - x.height);
  const group = new Map(block.map((i) => [i, [i]]));
  const links: TreeLink[] = [];
  for (const link of all) {
    const one = group.get(link.i)!;
    const other = group.get(link.j)!;
    if (one === other) continue;
    links.push({ height: link.height, parts: [one, other] });
    const both = [...one, ...other];
    for (const i of both) group.set(i, both);
  }
  return links;
}

/** A partition as text, independent of the order of its parts. */
export function partitionText(blocks: readonly (readonly number[])[]): string {
  return blocks
    .map((block) => block.toSorted((i, j) => i - j).join(','))
    .toSorted()
    .join(' | ');
}

/** Connected components of a graph by breadth-first search, in order of first members. */
export function connected(n: number, linked: (i: number, j: number) => boolean): number[][] {
  const isSeen = Array.from({ length: n }, () => false);
  const groups: number[][] = [];
  for (let start = 0; start < n; start++) {
    if (isSeen[start]) continue;
    const group: number[] = [];
    const stack = [start];
    isSeen[start] = true;
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      group.push(i);
      for (let j = 0; j < n; j++) {
        if (isSeen[j] || !linked(i, j)) continue;
        isSeen[j] = true;
        stack.push(j);
      }
    }
    groups.push(group);
  }
  return groups;
}
