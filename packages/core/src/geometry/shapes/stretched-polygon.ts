import { embedding } from '../../embedding/embedding.ts';
import type { BlockVectors } from './block.ts';
import {
  logLabellings,
  noiseBound,
  outsideBound,
  testProposal,
  type Candidate,
} from './candidate.ts';
import { logFactorial } from './evidence.ts';
import { polygonOrders, type PolygonOrder } from './polygon-order.ts';
import { polygonName, polytope } from './polytope.ts';
import { planeCoordinates } from './regular-shapes.ts';

/**
 * Finds the stretched polygons that fit a planar block and do not have the directions of a regular polygon: images of a
 * regular polygon under a linear map and, for three features, tight frames with obtuse angles.
 */
export function stretchedPolygons(block: BlockVectors): Candidate[] {
  const n = block.numbers.length;
  if (n < 3) return [];
  const x = planeCoordinates(block);
  if (x === null) return [];
  // In principal axes the two moments are the squared singular values.
  let first = 0;
  let second = 0;
  for (let i = 0; i < n; i++) {
    first += x[2 * i] ** 2;
    second += x[2 * i + 1] ** 2;
  }
  // If noise explains the second axis, the block is a line.
  if (second <= noiseBound(block, n, n)) return [];
  const found = [ellipse(block, x, [first, second])];
  if (n === 3) found.push(tightTriangle(block, x, [first, second]));
  return found.filter((candidate) => candidate !== null);
}

/** W = A P with P a regular polygon: whitened, W is a rotated P, so its angles give the order; A is fitted by least squares. */
function ellipse(
  block: BlockVectors,
  x: Float64Array,
  moments: readonly [number, number],
): Candidate | null {
  const n = block.numbers.length;
  const white = x.map((value, at) => value / Math.sqrt(moments[at % 2]));
  const p = polytope(polygonName(n)).data;
  let best: Candidate | null = null;
  for (const { order, flipped } of polygonOrders(white, n, block.freeSigns)) {
    const sign = (i: number): number => (flipped.has(i) ? -1 : 1);
    const a = [0, 0, 0, 0];
    order.forEach((i, k) => {
      for (let r = 0; r < 2; r++) {
        for (let c = 0; c < 2; c++) a[2 * r + c] += (2 / n) * sign(i) * x[2 * i + r] * p[2 * k + c];
      }
    });
    const shape = new Float64Array(2 * n);
    let left = 0;
    order.forEach((i, k) => {
      for (let r = 0; r < 2; r++) {
        shape[2 * k + r] = a[2 * r] * p[2 * k] + a[2 * r + 1] * p[2 * k + 1];
        left += (sign(i) * x[2 * i + r] - shape[2 * k + r]) ** 2;
      }
    });
    const bound = noiseBound(block, n, 2 * n - 4);
    if (left > bound || (best !== null && left >= best.left)) continue;
    const candidate = stretched(block, { order, flipped }, shape, { left, bound });
    if (candidate === null) continue;
    const size = a.reduce((sum, value) => sum + value * value, 0);
    const spread = Math.sqrt(Math.max(0, size * size - 4 * (a[0] * a[3] - a[1] * a[2]) ** 2));
    best = {
      ...candidate,
      stretchKind: 'ellipse',
      stretchRatio: Math.sqrt((size + spread) / (size - spread)),
      logEvidence: ellipseEvidence(block, order, left, size),
    };
  }
  return best;
}

/**
 * ln of the Bayes factor of a linear image of a regular polygon against random directions and lengths, where lengths are
 * uniform up to twice the mean, which is 1. The prior of the four entries of A is normal, with the variance that gives vectors
 * this mean square. P P^T = n / 2.
 */
function ellipseEvidence(
  block: BlockVectors,
  order: readonly number[],
  left: number,
  size: number,
): number {
  const n = order.length;
  const noise = block.sigma ** 2;
  const at = { order, logSymmetries: Math.log(2 * n), antipodes: n % 2 === 0 ? n / 2 : 0 };
  let sum = -left / (2 * noise) - (n - 2) * Math.log(2 * Math.PI * noise);
  for (const length of block.lengths) sum += Math.log(2 * Math.PI * length * 2);
  return sum - 2 * Math.log(n / 2) - 2 * Math.log(Math.PI) - size - logLabellings(block, at);
}

/**
 * Tight triangle: three vectors in a plane with S = gamma I and obtuse angles. Their lengths determine them up to rotation. In
 * the nearest tight frame both singular values equal their mean. It has two constraints: the difference of the singular
 * values and the direction of the axes.
 */
function tightTriangle(
  block: BlockVectors,
  x: Float64Array,
  moments: readonly [number, number],
): Candidate | null {
  const mean = (Math.sqrt(moments[0]) + Math.sqrt(moments[1])) / 2;
  const tight = x.map((value, at) => (value * mean) / Math.sqrt(moments[at % 2]));
  const left = (Math.sqrt(moments[0]) - Math.sqrt(moments[1])) ** 2 / 2;
  const bound = noiseBound(block, 3, 2);
  if (left > bound) return null;
  const [{ order, flipped }] = polygonOrders(tight, 3, block.freeSigns);
  const shape = new Float64Array(6);
  order.forEach((i, k) => {
    const sign = flipped.has(i) ? -1 : 1;
    for (let r = 0; r < 2; r++) shape[2 * k + r] = sign * tight[2 * i + r];
  });
  const dot = (i: number, j: number): number =>
    shape[2 * i] * shape[2 * j] + shape[2 * i + 1] * shape[2 * j + 1];
  // In a tight triangle no angle is acute, or two are: those of one vector with the others.
  if (!(dot(0, 1) < 0 && dot(0, 2) < 0)) return null;
  const candidate = stretched(block, { order, flipped }, shape, { left, bound });
  if (candidate === null) return null;
  const lengths = [0, 1, 2].map((k) => Math.hypot(shape[2 * k], shape[2 * k + 1]));
  // Lengths are free under both hypotheses, so only directions count.
  const { fit } = candidate;
  const noise = 2 * Math.PI * block.sigma ** 2;
  let logEvidence = -left / (2 * block.sigma ** 2) - Math.log(4 * Math.PI);
  for (const s of fit.lengths) logEvidence += Math.log(2 * Math.PI * s) - Math.log(noise) / 2;
  logEvidence -= Math.log((fit.inertia[0] + fit.inertia[1]) / noise) / 2;
  const at = { order, logSymmetries: logFactorial(3), antipodes: 0 };
  return {
    ...candidate,
    stretchKind: 'tight',
    stretchRatio: Math.max(...lengths) / Math.min(...lengths),
    logEvidence: logEvidence - logLabellings(block, at),
  };
}

/**
 * A candidate with the vectors of `shape`, n x 2 in the order of the vertices, including their lengths. Its evidence is to be
 * replaced.
 */
function stretched(
  block: BlockVectors,
  { order, flipped }: PolygonOrder,
  shape: Float64Array,
  { left, bound }: Pick<Candidate, 'left' | 'bound'>,
): Candidate | null {
  const n = order.length;
  const directions = shape.map((value, at) => {
    const k = 2 * Math.floor(at / 2);
    return value / Math.hypot(shape[k], shape[k + 1]);
  });
  const candidate = testProposal(block, {
    name: `stretched ${polygonName(n)}`,
    order,
    flipped,
    directions: embedding(2, n, directions),
    logSymmetries: 0,
    antipodes: 0,
    insideBound: bound,
  });
  return candidate === null
    ? null
    : {
        ...candidate,
        left: left + candidate.fit.outside,
        bound: bound + outsideBound(block, n, 2),
      };
}
