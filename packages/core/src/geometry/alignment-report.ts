import { embedding, type Embedding } from '../embedding/embedding.ts';
import { measureNeurons, type NeuronMeasurement, type NeuronOptions } from '../capacity/neurons.ts';
import { alignNeurons, type Alignment, type AlignOptions } from './align-neurons.ts';
import type { BlockSpan } from './block-frame.ts';

/** Use of neurons by a block. Quantities of neurons are means, weighted by the squared weights of the block on each neuron. */
export interface BlockAmongNeurons {
  /** Participation ratio of the squared weights of the block over neurons: the effective number of neurons that it uses. */
  readonly neurons: number;
  /** Features per neuron, as a participation ratio. */
  readonly featuresPerNeuron: number;
  /** Features per neuron above the threshold (see `measureNeurons`). */
  readonly countPerNeuron: number;
  /** Monosemanticity: share of the largest feature in the squared weights of a neuron. */
  readonly monosemanticity: number;
}

/** A block before and after alignment. */
export interface BlockAlignment {
  readonly features: readonly number[];
  /** D_k, the dimension of its span, which is also its number of neurons after alignment. */
  readonly dims: number;
  /** Its neurons after alignment, ascending. */
  readonly ownNeurons: readonly number[];
  /** Share of the squared weights of the block on its own neurons after alignment; 1 for orthogonal blocks. */
  readonly ownShare: number;
  readonly before: BlockAmongNeurons;
  readonly after: BlockAmongNeurons;
}

/** Neurons and blocks before and after alignment. */
export interface AlignmentReport {
  readonly alignment: Alignment;
  readonly before: NeuronMeasurement;
  readonly after: NeuronMeasurement;
  /** Participation ratio of the squared weights of each neuron over blocks; features in no block count as one block. */
  readonly blocksPerNeuronBefore: Float64Array;
  readonly blocksPerNeuronAfter: Float64Array;
  readonly blocks: readonly BlockAlignment[];
}

/**
 * Aligns blocks with neurons (`alignNeurons`) and measures neurons before and after. Small blocks leave few features
 * per neuron; a large block mixes many features in every neuron under any rotation (arXiv:2210.01892, section 4).
 *
 * @param w the embedding, D x N.
 * @param blocks features and dimensions of each block; blocks are disjoint.
 * @param options see {@link NeuronOptions} and {@link AlignOptions}.
 * @returns the alignment, with measurements of neurons and blocks before and after.
 * @throws RangeError as `alignNeurons` and `measureNeurons` do.
 * @example
 * ```js
 * import { embeddingFromVectors } from 'polysem';
 * import { alignmentReport } from 'polysem/geometry';
 * const w = embeddingFromVectors([[1, 1], [-1, -1]]);
 * const [block] = alignmentReport(w, [{ features: [0, 1], dims: 1 }]).blocks;
 * block.before.neurons; // 2
 * block.after.neurons; // 1.000
 * ```
 */
export function alignmentReport(
  w: Embedding,
  blocks: readonly BlockSpan[],
  options: NeuronOptions & AlignOptions = {},
): AlignmentReport {
  const before = measureNeurons(w, options);
  const alignment = alignNeurons(w, blocks, options);
  const { aligned, blockOfNeuron } = alignment;
  const after = measureNeurons(aligned, options);
  const massBefore = massOfBlocks(w, blocks);
  const massAfter = massOfBlocks(aligned, blocks);
  return {
    alignment,
    before,
    after,
    blocksPerNeuronBefore: blocksPerNeuron(massBefore, w.dims),
    blocksPerNeuronAfter: blocksPerNeuron(massAfter, w.dims),
    blocks: blocks.map(({ features, dims }, k) => {
      const mass = massAfter[k];
      const own = Array.from({ length: w.dims }, (_, a) => a).filter((a) => blockOfNeuron[a] === k);
      let total = 0;
      for (const share of mass) total += share;
      return {
        features: [...features],
        dims,
        ownNeurons: own,
        ownShare: total > 0 ? own.reduce((sum, a) => sum + mass[a], 0) / total : 0,
        before: amongNeurons(massBefore[k], before),
        after: amongNeurons(mass, after),
      };
    }),
  };
}

/** Squared weights of each block on each neuron, in units of the largest weight. The last entry is for features in no block. */
function massOfBlocks(w: Embedding, blocks: readonly BlockSpan[]): Float64Array[] {
  const { dims, features, data } = embedding(w.dims, w.features, w.data);
  const blockOf = new Int32Array(features).fill(blocks.length);
  blocks.forEach((block, k) => {
    for (const i of block.features) blockOf[i] = k;
  });
  let largest = 0;
  for (const value of data) largest = Math.max(largest, Math.abs(value));
  const mass = Array.from({ length: blocks.length + 1 }, () => new Float64Array(dims));
  if (largest === 0) return mass;
  for (let i = 0; i < features; i++) {
    const own = mass[blockOf[i]];
    for (let a = 0; a < dims; a++) own[a] += (data[i * dims + a] / largest) ** 2;
  }
  return mass;
}

function blocksPerNeuron(mass: readonly Float64Array[], dims: number): Float64Array {
  return Float64Array.from({ length: dims }, (_, a) => participation(mass.map((own) => own[a])));
}

function participation(shares: Iterable<number>): number {
  let sum = 0;
  let squares = 0;
  for (const share of shares) {
    sum += share;
    squares += share * share;
  }
  return squares > 0 ? (sum * sum) / squares : 0;
}

function amongNeurons(mass: Float64Array, { perNeuron }: NeuronMeasurement): BlockAmongNeurons {
  let total = 0;
  for (const share of mass) total += share;
  const mean = (figure: ArrayLike<number>): number => {
    let sum = 0;
    for (let a = 0; a < mass.length; a++) sum += mass[a] * figure[a];
    return total > 0 ? sum / total : 0;
  };
  return {
    neurons: participation(mass),
    featuresPerNeuron: mean(perNeuron.participation),
    countPerNeuron: mean(perNeuron.count),
    monosemanticity: mean(perNeuron.largestShare),
  };
}
