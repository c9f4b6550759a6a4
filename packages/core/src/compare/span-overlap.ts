import { symmetricEigenvalues } from '@polysem/numerics/linalg';
import { rowProducts } from '@polysem/numerics/dense';
import { embedding } from '../embedding/embedding.ts';
import { leftSingular } from '../embedding/singular.ts';
import type { SpanOverlap } from './comparison.ts';
import type { MeasuredSide } from './measured-side.ts';

/** Largest number of principal angles that are computed. */
const MOST_ANGLES = 512;
/** Largest matrix, in numbers, that is read as a whole for an orthonormal basis: some seconds. */
const WHOLE_UP_TO = 2 ** 24;

/** Overlap of two spans; null if one is zero, or a basis would take long. O(D rank_a rank_b). */
export async function spanOverlap(a: MeasuredSide, b: MeasuredSide): Promise<SpanOverlap | null> {
  const { dims } = a.source;
  const [rankA, rankB] = [a.measured.rank, b.measured.rank];
  const least = Math.min(rankA, rankB);
  const most = Math.max(rankA, rankB);
  if (least === 0) return null;
  const chance = most / dims;
  const isCounted = least <= MOST_ANGLES;
  if (most === dims)
    return {
      overlap: 1,
      chance,
      cosines: isCounted ? new Float64Array(least).fill(1) : null,
    };
  const bases = [await basisOf(a), await basisOf(b)];
  const [short, long] = bases.toSorted((x, y) => (x?.length ?? 0) - (y?.length ?? 0));
  if (short === null || long === null) return null;
  const kernel = rowProducts({
    dims,
    count: most,
    rows: long,
    precision: 'float64',
  });
  const products = kernel.multiply(short, least);
  const sum = products.reduce((total, x) => total + x * x, 0);
  return {
    overlap: Math.min(1, sum / least),
    chance,
    cosines: isCounted ? principalCosines(products, least, most) : null,
  };
}

/** Singular values of the products of two orthonormal bases, largest first. */
function principalCosines(products: Float64Array, rows: number, columns: number): Float64Array {
  // The lower triangle.
  const gram = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < columns; k++)
        sum += products[i * columns + k] * products[j * columns + k];
      gram[i * rows + j] = sum;
    }
  }
  return symmetricEigenvalues(gram, rows).map((x) => Math.min(1, Math.sqrt(Math.max(0, x))));
}

/** Orthonormal rows that span a dictionary; null if they would take long. */
async function basisOf({ source, spectrum }: MeasuredSide): Promise<Float64Array | null> {
  if (spectrum !== null) return spectrum.vectors;
  const { dims, features } = source;
  if (dims * features > WHOLE_UP_TO) return null;
  return leftSingular(embedding(dims, features, await source.read(0, features))).vectors;
}
