import type { Embedding } from '../../embedding/embedding.ts';
import { gram } from '../../embedding/gram.ts';
import { antiprism, antiprismHeight, triangularPrism, type AntiprismKind } from './antiprism.ts';
import { assignVertices, type Assignment } from './assign-vertices.ts';
import { subBlock, type BlockVectors } from './block.ts';
import { testProposal, type Candidate, type Proposal } from './candidate.ts';
import { fitDirections } from './fit-directions.ts';
import { chiSquareBound } from './noise.ts';

/** Range of heights that count: from flatter than with equal edges (0.511 for the antiprism, 0.655 for the prism) to tall. */
const LOWEST = 0.4;
const HIGHEST = 0.75;
/** Heights at which vertices are assigned. Cosines at neighbouring heights differ by less than `SLACK`. */
const TRIED = [0.44, 0.5, 0.56, 0.62, 0.68, 0.74];
const SLACK = 0.1;
/** A height gets its name if it is 95 % probable against the other: twice ln 19. */
const DECISIVE = 2 * Math.log(19);
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Shapes of unit vectors at heights z and -z, of any z. */
interface HeightFamily {
  readonly name: string;
  readonly directions: (z: number) => Embedding;
  /** Permutations of the vertices that are rotations or reflections. */
  readonly symmetries: number;
}

const ANTIPRISMS: HeightFamily = {
  name: 'square antiprism',
  directions: antiprism,
  symmetries: 16,
};
const PRISMS: HeightFamily = {
  name: 'triangular prism',
  directions: triangularPrism,
  symmetries: 12,
};

/** Fits a triangular prism to six features, including its height. */
export function nameTriangularPrism(block: BlockVectors): Candidate | null {
  return fitHeight(block, PRISMS)?.candidate ?? null;
}

/**
 * Fits a square antiprism to eight features, including its height. The angles of the tight and of the Thomson antiprism
 * differ by 0.0209. That is 2.43 standard errors, the least for telling them apart, at a noise of 3.9 % in three dimensions.
 * With more noise, and wherever neither fits clearly better, the name is `square antiprism`.
 */
export function nameAntiprism(block: BlockVectors): Candidate | null {
  const fitted = fitHeight(block, ANTIPRISMS);
  if (fitted === null) return null;
  const { candidate, proposal, left } = fitted;
  const worse = (kind: AntiprismKind): number =>
    (left(antiprismHeight(kind)) - candidate.left) / block.sigma ** 2;
  const byFit = [
    { kind: 'tight' as const, excess: worse('tight') },
    { kind: 'thomson' as const, excess: worse('thomson') },
  ].toSorted((a, b) => a.excess - b.excess);
  const isClear =
    byFit[0].excess <= chiSquareBound(1) && byFit[1].excess - byFit[0].excess >= DECISIVE;
  const exact = isClear
    ? testProposal(block, {
        ...proposal,
        name: `${byFit[0].kind} square antiprism`,
        directions: antiprism(antiprismHeight(byFit[0].kind)),
      })
    : null;
  const { height, logEvidence } = candidate;
  return { ...(exact ?? candidate), height, logEvidence };
}

/** A shape of the best height, and the residual as a function of the height. */
interface FittedHeight {
  readonly candidate: Candidate;
  readonly proposal: Pick<Proposal, 'order' | 'flipped' | 'logSymmetries' | 'antipodes'>;
  readonly left: (z: number) => number;
}

/**
 * Fits a shape and its height. Raising the vertices by an angle x moves each by s_i x, so the standard error of the angle asin z
 * is sigma / sqrt(sum s_i^2).
 */
function fitHeight(
  block: BlockVectors,
  { name, directions, symmetries }: HeightFamily,
): FittedHeight | null {
  if (block.w.dims < 3) return null;
  let best: Assignment | null = null;
  for (const z of TRIED) {
    const assignment = assignVertices(block, gram(directions(z)), SLACK);
    if (assignment !== null && assignment.cost < (best?.cost ?? Infinity)) best = assignment;
  }
  if (best === null) return null;
  const { order, flipped } = best;
  const { w } = subBlock(block, order, flipped);
  const left = (z: number): number => {
    const fit = fitDirections(w, directions(z));
    return fit === null ? Infinity : fit.inside + fit.outside;
  };
  const z = least(left);
  const proposal = { order, flipped, logSymmetries: Math.log(symmetries), antipodes: 0 };
  const general = testProposal(block, {
    ...proposal,
    name,
    directions: directions(z),
    parameters: 1,
  });
  if (general === null) return null;
  const angleError = block.sigma / Math.hypot(...general.fit.lengths);
  const height = { value: z, standardError: angleError * Math.sqrt(1 - z * z) };
  const range = Math.asin(HIGHEST) - Math.asin(LOWEST);
  const occam = Math.log((Math.sqrt(2 * Math.PI) * angleError) / range);
  const logEvidence = general.logEvidence + Math.min(0, occam);
  return { candidate: { ...general, height, logEvidence }, proposal, left };
}

/** Golden-section search for the height with the least residual, which is nearly a parabola in the angle. */
function least(left: (z: number) => number): number {
  let low = LOWEST;
  let high = HIGHEST;
  let a = high - GOLDEN * (high - low);
  let b = low + GOLDEN * (high - low);
  let [atA, atB] = [left(a), left(b)];
  while (high - low > 1e-7) {
    if (atA < atB) {
      [high, b, atB] = [b, a, atA];
      a = high - GOLDEN * (high - low);
      atA = left(a);
    } else {
      [low, a, atA] = [a, b, atB];
      b = low + GOLDEN * (high - low);
      atB = left(b);
    }
  }
  return (low + high) / 2;
}
