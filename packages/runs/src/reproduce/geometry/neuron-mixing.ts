import { alignmentReport, findBlocks } from '@polysem/core/geometry';
import type { Embedding } from '@polysem/core/embedding';
import type { TrainedEmbedding } from './trained-starts.ts';

/** Number of features that neurons mix before and after blocks are aligned with neurons; means over trained matrices. */
export interface NeuronMixing {
  readonly name: string;
  readonly matrices: number;
  readonly features: number;
  readonly dims: number;
  /** Features in the block of a neuron, mean over neurons: the most that it can mix once aligned. */
  readonly blockSize: number;
  /** Participation ratio of the squared weights of a neuron, mean over neurons, as trained. */
  readonly before: number;
  /** The same once aligned. */
  readonly after: number;
  /** Largest number of features in an aligned neuron, over neurons and matrices; counts squared weights above 1 % of the largest. */
  readonly mostAfter: number;
  /** Fraction of aligned neurons in which one feature has at least 99 % of the squared weights. */
  readonly monosemantic: number;
}

/** A neuron is monosemantic if one feature has at least this share of its squared weights. */
const MONOSEMANTIC = 0.99;

/** Measures how many features neurons mix (section 4.6 of arXiv:2210.01892): few with small blocks, many with large ones, in any rotation. */
export function neuronMixing(
  name: string,
  trained: readonly TrainedEmbedding[],
  noise: number,
): NeuronMixing {
  const reports = trained.map(({ embedding: w }) => aligned(w, noise));
  const mean = (value: (report: (typeof reports)[number]) => number): number =>
    reports.reduce((sum, report) => sum + value(report), 0) / reports.length;
  const { features, dims } = trained[0].embedding;
  return {
    name,
    matrices: trained.length,
    features,
    dims,
    blockSize: mean(({ blockSize }) => blockSize),
    before: mean(({ report }) => average(report.before.perNeuron.participation)),
    after: mean(({ report }) => average(report.after.perNeuron.participation)),
    mostAfter: Math.max(...reports.map(({ report }) => Math.max(...report.after.perNeuron.count))),
    monosemantic: mean(({ report }) =>
      average(report.after.perNeuron.largestShare.map((share) => Number(share >= MONOSEMANTIC))),
    ),
  };
}

function aligned(w: Embedding, noise: number) {
  const { components } = findBlocks(w, { noise });
  const sum = (value: (block: (typeof components)[number]) => number): number =>
    components.reduce((total, block) => total + value(block), 0);
  return {
    blockSize: sum(({ features, dims }) => features.length * dims) / sum(({ dims }) => dims),
    report: alignmentReport(w, components),
  };
}

function average(values: Float64Array): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
