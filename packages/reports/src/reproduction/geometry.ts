import { version } from '@polysem/core/version';
import { formatNumber } from '@polysem/figures';
import {
  geometry,
  geometryClaims,
  type Geometry,
  type ArchitectureRow,
  type GeometrySize,
} from '@polysem/runs/reproduce';
import {
  architectureTables,
  arrangementTable,
  eigenspaceTable,
  eventTable,
  neuronTable,
} from './geometry-tables.ts';
import {
  dynamicsPictures,
  figure5Pictures,
  figure6Picture,
  spectrumPicture,
  trainedShapesPicture,
} from './geometry-pictures.ts';
import type { LedParagraph } from '../page/page.ts';
import type { ReportPart } from './section.ts';

/**
 * Reproduces section 4: the paper's examples, its theorems, and the blocks of trained networks.
 *
 * @param size how many restarts and random matrices.
 * @param seed decides all random numbers.
 * @param progress called with a label and the fraction done, 0 to 1.
 * @returns section, claims and results.
 *
 * @remarks No example: it trains for seconds at the smallest size.
 */
export function geometryPart(
  size: GeometrySize,
  seed: number,
  progress: (label: string, done: number) => void,
): ReportPart {
  const result = geometry(size, seed, progress);
  const provenance = { polysem: version, seed, configuration: { part: 'geometry', ...size } };
  const row = (id: string): ArchitectureRow | undefined =>
    result.architectures.find((one) => one.id === id);
  return {
    found: findings(result),
    sections: [
      {
        id: 'efficient',
        heading: 'Figures 5 and 6: efficient matrices are blocks',
        short: 'Figures 5 and 6: blocks',
        paragraphs: [
          'A matrix is efficient if its capacities sum to its number of dimensions, so that none is lost to interference within it. Theorem 2 says that its features then fall into orthogonal blocks, each a tight frame of its own dimensions: W = Q B P. Figure 5 shows such a matrix with two blocks. Here we construct one, hide its blocks by a random rotation, permutation and signs, and find them again. Figure 6 gives the capacities of four arrangements, three of them efficient.',
        ],
        figures: [
          ...figure5Pictures(result.figure5, provenance),
          figure6Picture(result.figure6, provenance),
          ...result.oneEigenspace.slice(-1).map((one) => spectrumPicture(one, provenance)),
        ],
      },
      {
        id: 'blocks',
        heading: 'Blocks of trained networks, and how they form',
        short: 'Blocks of trained networks',
        paragraphs: [
          `Twelve architectures with equally important features of density ${formatNumber(row('relu-compression-6-in-3')?.experiment.inputs.density ?? NaN)} are trained to convergence from ${size.seeds} random starts each, the quadratic model on its exact loss, the others on a stratified expectation. The paper reports large unordered blocks in the quadratic model and small regular ones in ReLU autoencoders; the tables at the end count how often each occurs.`,
          'During training blocks form, split and merge, and a feature whose capacity reaches 1 leaves its block.',
        ],
        figures: [
          trainedShapesPicture(result.architectures, provenance),
          ...dynamicsPictures(result.trainingDynamics, seed),
        ],
      },
    ],
    tables: [
      arrangementTable(result.figure6),
      ...architectureTables(result.architectures),
      eigenspaceTable(result.oneEigenspace),
      neuronTable(result.neuronMixing),
      eventTable(result.trainingDynamics),
    ],
    claims: geometryClaims(result),
    results: numbers(result),
  };
}

function findings({ theoremTwo, architectures, splittingOff }: Geometry): LedParagraph {
  const ending = (id: string, shape: string, count: number): string => {
    const census = architectures.find((one) => one.id === id)?.census;
    const found = census?.structures
      .filter(({ blocks }) => blocks.length === 1 && blocks[0].shape === shape)
      .filter(({ blocks }) => blocks[0].count === count)
      .reduce((sum, one) => sum + one.count, 0);
    return `${found ?? 0} of ${census?.starts ?? 0}`;
  };
  const { draws, recovered } = theoremTwo;
  return {
    lead: 'Good weights have a simple form.',
    text: `Efficient matrices are made of orthogonal blocks: in ${recovered} of ${draws} random ones we find exactly the blocks that were hidden in them. Trained networks have this form too. With six equally important features in three dimensions, the quadratic model ends in one large block without a regular shape in ${ending('quadratic-computation-6-in-3', 'unordered', 1)} runs, and the ReLU autoencoder in three antipodal pairs in ${ending('relu-compression-6-in-3', 'antipodal pair', 3)}; with five features in two dimensions it forms a pentagon in ${ending('relu-compression-5-in-2', 'pentagon', 1)}. A feature whose importance rises leaves its block at V = ${(splittingOff.splitAt[0] ?? NaN).toFixed(2)}, in steps of ${((splittingOff.importance[1] - 1) * 100).toFixed(1)} %; the theory says ${splittingOff.fullFrom.toFixed(2)}.`,
  };
}

/** Results for results.json, without the trained matrices. */
function numbers(result: Geometry): unknown {
  return {
    ...result,
    architectures: result.architectures.map(({ trained, ...row }) => ({
      ...row,
      losses: trained.map(({ loss }) => loss),
    })),
    splittingOff: { ...result.splittingOff, embeddings: undefined },
  };
}
