import { alignmentReport, findBlocks } from '@polysem/core/geometry';
import type { Embedding } from '@polysem/core/embedding';
import type { TrainedEmbedding } from './trained-starts.ts';

/** What neurons mix in some trained matrices once blocks are turned to the neurons; means over the matrices. */
export interface NeuronMixing {
  readonly name: string;
  readonly matrices: number;
  readonly features: number;
  readonly dims: number;
  /** Features of a neuron's block, mean over neurons: so many it could mix once aligned. */
  readonly blockSize: number;
  /** Features a neuron mixes, as participation ratio, mean over neurons: as trained, and aligned. */
  readonly before: number;
  readonly after: number;
  /** The largest of them over all neurons and matrices, counting squared weights above a hundredth of the largest. */
  readonly mostAfter: number;
  /** Share of the matrices' neurons with a single feature, to 99 % of their squared weights, after alignment. */
  readonly monosemantic: number;
}

/** Share of a neuron's squared weights from which one feature has it for itself. */
const MONOSEMANTIC = 0.99;

/** Section 4.6 of arXiv:2210.01892: small blocks leave neurons few features, large ones many, however turned. */
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
