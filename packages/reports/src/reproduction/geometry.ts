import { version } from '@polysem/core/version';
import { formatNumber } from '@polysem/figures';
import {
  geometry,
  geometryClaims,
  type Geometry,
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
  return {
    section: {
      id: 'geometry',
      heading: 'Geometry: blocks, tight frames and polytopes',
      paragraphs: [
        'A matrix is efficient (its capacities sum to its dimensions) if and only if its features form orthogonal blocks, each of them a tight frame: W = Q B P (Theorem 2). Figure 5 shows such a matrix with two blocks. Here we construct one, hide its blocks by a random rotation, permutation and signs, and recover them. Figure 6 gives the capacities of four arrangements, three of them efficient.',
        `Blocks of trained networks: each architecture, with equal importances and density ${formatNumber(result.architectures[0].experiment.inputs.density)}, is trained to convergence with ${size.seeds} restarts, the quadratic model on its exact loss, the others on a stratified expectation. The tables count all restarts, and separately those near the lowest loss, with 95 % intervals (Wilson) for frequencies and standard errors for means. The paper reports large unordered blocks in the quadratic model and small regular blocks in compression models with ReLU; the tables show how often each occurs.`,
        'During training blocks form, split and merge, and a feature whose capacity reaches 1 leaves its block. Each line has the colour of the final block of its feature. The bars at the bottom show blocks while the capacities of their features sum to an integer.',
      ],
      figures: [
        ...figure5Pictures(result.figure5, provenance),
        figure6Picture(result.figure6, provenance),
        trainedShapesPicture(result.architectures, provenance),
        ...result.oneEigenspace.slice(-1).map((one) => spectrumPicture(one, provenance)),
        ...dynamicsPictures(result.trainingDynamics, seed),
      ],
      tables: [
        arrangementTable(result.figure6),
        ...architectureTables(result.architectures),
        eigenspaceTable(result.oneEigenspace),
        neuronTable(result.neuronMixing),
        eventTable(result.trainingDynamics),
      ],
    },
    claims: geometryClaims(result),
    results: numbers(result),
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
