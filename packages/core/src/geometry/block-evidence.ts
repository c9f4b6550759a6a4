import type { BlockEvidence, BlockLevel } from './block-structure.ts';
import type { Cut } from './cuts.ts';
import { crossCosine, isotropicCosine, type CutProblem, type Division } from './division.ts';
import { groupsOf } from './cross-sums.ts';

/** A cut that passes the tests, with its division after joining blocks. */
export interface TestedCut {
  readonly cut: Cut;
  readonly division: Division;
  readonly logIsotropy: number;
}

function levelAt({ tree }: CutProblem, links: number): Omit<BlockLevel, 'largest'> {
  const { height } = tree;
  return {
    from: links > 0 ? Math.SQRT2 * height[links - 1] : 0,
    to: links < height.length ? Math.SQRT2 * height[links] : null,
    groups: links + 1,
  };
}

function levelOf(problem: CutProblem, links: number): BlockLevel {
  const sizes = new Int32Array(links + 1);
  for (const group of groupsOf(problem.tree, problem.features, links)) sizes[group]++;
  return { ...levelAt(problem, links), largest: sizes.reduce((a, b) => Math.max(a, b)) };
}

/** The evidence for a cut; where no cut was tested, for no division at all. */
export function evidenceOf(problem: CutProblem, shown: TestedCut | undefined): BlockEvidence {
  const { leastSigma } = problem;
  const pilots = problem.tree.pilots.length;
  const level = levelOf(problem, shown?.cut.links ?? 0);
  const low = Math.max(level.from, Math.SQRT2 * leastSigma);
  return {
    level,
    threshold: level.to === null ? 2 * low : Math.sqrt(low * Math.max(low, level.to)),
    compared: pilots < problem.features ? pilots : null,
    noise: Math.SQRT2 * (shown?.cut.sigma ?? leastSigma),
    chanceOfNoise: Math.exp(Math.min(0, shown?.cut.logNoise ?? 0)),
    chanceOfIsotropy: Math.exp(shown?.logIsotropy ?? 0),
    crossCosine: shown === undefined ? 0 : crossCosine(problem, shown.division),
    isotropicCosine: isotropicCosine(problem),
  };
}

/** Levels to report on either side of the chosen one. */
const NEIGHBOURS = 3;
/** Levels to report with the widest range of thresholds. */
const WIDEST = 5;

/** The levels next to the chosen one, and those with the widest range of thresholds in ratio. */
export function levelsAround(problem: CutProblem, links: number): BlockLevel[] {
  const { height } = problem.tree;
  const ratio = (k: number): number => height[k] / Math.max(height[k - 1], problem.leastSigma);
  const wide = Array.from({ length: height.length - 1 }, (_, k) => k + 1)
    .toSorted((j, k) => ratio(k) - ratio(j))
    .slice(0, WIDEST);
  const near = Array.from({ length: 2 * NEIGHBOURS + 1 }, (_, k) => links - NEIGHBOURS + k);
  return [...new Set([...near, ...wide])]
    .filter((k) => k >= 0 && k <= height.length)
    .toSorted((j, k) => j - k)
    .map((k) => levelOf(problem, k));
}
