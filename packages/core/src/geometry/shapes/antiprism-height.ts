import { gram } from '../../embedding/gram.ts';
import { antiprism, antiprismHeight, type AntiprismKind } from './antiprism.ts';
import { assignVertices, type Assignment } from './assign-vertices.ts';
import { subBlock, type BlockVectors } from './block.ts';
import { weigh, type Candidate } from './candidate.ts';
import { fitDirections } from './fit-directions.ts';
import { chiSquareBound } from './noise.ts';

/** Heights that count as a square antiprism: from one flatter than that of equal edges, z = 0.511, to a tall one. */
const LOWEST = 0.4;
const HIGHEST = 0.75;
/** Heights at which vertices are assigned; the cosines between two of them differ by less than the slack. */
const TRIED = [0.44, 0.5, 0.56, 0.62, 0.68, 0.74];
const SLACK = 0.1;
/** Twice ln 19: one height is called by its name where it is 95 % probable beside the other. */
const DECISIVE = 2 * Math.log(19);
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The square antiprism of eight features, its height fitted. Turning the vertices up by an angle x moves each by
 * s_i x, so that the angle asin z is known to sigma / sqrt(sum s_i^2). The tight and the Thomson one lie 0.0209 apart,
 * which is 2.43 standard errors, the least for a name, at a noise of 3.9 % in three dimensions; from there on, and
 * wherever neither is clearly the better, the name is `square antiprism`.
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
  const general = weigh(block, {
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
    ? weigh(block, {
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

/** Golden-section search: what is left has one minimum, being nearly a parabola in the angle. */
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
