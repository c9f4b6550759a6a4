import { version } from '@polysem/core';
import { formatNumber } from '@polysem/figures';
import { geometry, geometryClaims, type Geometry, type GeometrySize } from '@polysem/runs';
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

/** Section 4: the paper's examples, its theorems, and the blocks of trained networks. */
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
        'A matrix is efficient, its capacities sum to its dimensions, if and only if features fall into orthogonal blocks and are a tight frame in each: W = Q B P (Theorem 2). Figure 5 is such a matrix of two blocks, built, hidden by a random rotation, permutation and signs, and found again. Figure 6 gives the capacities of four arrangements; three of them are efficient.',
        `Blocks of trained networks: each architecture at equal importances, inputs active with probability ${formatNumber(result.architectures[0].experiment.inputs.density)}, is trained from ${size.seeds} random starts to convergence, the quadratic model on its exact loss, the others on a stratified expectation. All starts are counted, and those near the least loss beside them. Frequencies have 95 % intervals (Wilson), means their standard errors. The paper has large unordered blocks in the quadratic model, and small regular ones in compression with ReLU; the tables say how often.`,
        'Through training blocks form, split and merge, and a feature whose capacity reaches 1 leaves its block. Lines have the colour of the block that a feature ends in; a block is shown at the bottom while the capacities of its features sum to an integer.',
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

/** What goes into results.json: all but the thousand trained matrices. */
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
