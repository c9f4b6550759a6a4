import { gram } from '../../embedding/gram.ts';
import { antiprism, antiprismHeight, type AntiprismKind } from './antiprism.ts';
import { assignVertices, type Assignment } from './assign-vertices.ts';
import { subBlock, type BlockVectors } from './block.ts';
import { testProposal, type Candidate } from './candidate.ts';
import { fitDirections } from './fit-directions.ts';
import { chiSquareBound } from './noise.ts';

/** Range of heights that count as a square antiprism: from flatter than with equal edges, z = 0.511, to tall. */
const LOWEST = 0.4;
const HIGHEST = 0.75;
/** Heights at which vertices are assigned. Cosines at neighbouring heights differ by less than `SLACK`. */
const TRIED = [0.44, 0.5, 0.56, 0.62, 0.68, 0.74];
const SLACK = 0.1;
/** A height gets its name if it is 95 % probable against the other: twice ln 19. */
const DECISIVE = 2 * Math.log(19);
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Fits a square antiprism to eight features, including its height. Raising the vertices by an angle x moves each by s_i x, so
 * the standard error of the angle asin z is sigma / sqrt(sum s_i^2). The angles of the tight and of the Thomson antiprism
 * differ by 0.0209. That is 2.43 standard errors, the least for telling them apart, at a noise of 3.9 % in three dimensions.
 * With more noise, and wherever neither fits clearly better, the name is `square antiprism`.
 */
export function nameAntiprism(block: BlockVectors): Candidate | null {
  if (block.w.dims < 3) return null;
  let best: Assignment | null = null;
  for (const z of TRIED) {
    const assignment = assignVertices(block, gram(antiprism(z)), SLACK);
    if (assignment !== null && assignment.cost < (best?.cost ?? Infinity)) best = assignment;
  }
  if (best === null) return null;
  const { order, flipped } = best;
  const { w } = subBlock(block, order, flipped);
  const left = (z: number): number => {
    const fit = fitDirections(w, antiprism(z));
    return fit === null ? Infinity : fit.inside + fit.outside;
  };
  const z = least(left);
  const value = { order, flipped, logSymmetries: Math.log(16), antipodes: 0 };
  const general = testProposal(block, {
    ...value,
    name: 'square antiprism',
    directions: antiprism(z),
    parameters: 1,
  });
  if (general === null) return null;
  const angleError = block.sigma / Math.hypot(...general.fit.lengths);
  const height = { value: z, standardError: angleError * Math.sqrt(1 - z * z) };
  const range = Math.asin(HIGHEST) - Math.asin(LOWEST);
  const occam = Math.log((Math.sqrt(2 * Math.PI) * angleError) / range);

  const worse = (kind: AntiprismKind): number =>
    (left(antiprismHeight(kind)) - general.left) / block.sigma ** 2;
  const byFit = [
    { kind: 'tight' as const, excess: worse('tight') },
    { kind: 'thomson' as const, excess: worse('thomson') },
  ].toSorted((a, b) => a.excess - b.excess);
  const isClear =
    byFit[0].excess <= chiSquareBound(1) && byFit[1].excess - byFit[0].excess >= DECISIVE;
  const exact = isClear
    ? testProposal(block, {
        ...value,
        name: `${byFit[0].kind} square antiprism`,
        directions: antiprism(antiprismHeight(byFit[0].kind)),
      })
    : null;
  return {
    ...(exact ?? general),
    height,
    logEvidence: general.logEvidence + Math.min(0, occam),
  };
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
