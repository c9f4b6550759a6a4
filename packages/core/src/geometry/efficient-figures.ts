import { embedding } from '../embedding/embedding.ts';
import type { CapacityMeasurement } from '../capacity/measure.ts';
import type { Precision } from '../embedding/feature-source.ts';
import { arranged, settle, type Part } from './arrangement.ts';
import type { BlockStructure } from './block-structure.ts';
import {
  distanceBetween,
  figuresOf,
  partsOf,
  type EfficientFigures,
  type NearEfficient,
} from './efficient-form.ts';

/** U and Sigma of the singular value decomposition W_k = U Sigma V^T of a component. */
export interface ComponentSingular {
  /** Singular values, largest first. */
  readonly values: Float64Array;
  /** Left singular vectors as rows, one per singular value. */
  readonly vectors: Float64Array;
}

/**
 * Finds the efficient matrix nearest to W on the components of a structure, as `efficientForm` does, but from singular values
 * and left singular vectors alone. |W - Q B P| is invariant under multiplication of each W_k by orthonormal columns, so the
 * min(N_k, D) vectors sigma_j u_j can replace the N_k features. The frames R_k, which are as large as W, are not computed.
 *
 * @param structure the block structure of W.
 * @param components singular values and vectors of each component of the structure.
 * @param measured capacities, leverages and squared norms of W.
 * @param precision precision of the numbers of W.
 * @returns the efficient form without frames.
 * @throws RangeError if there is not one entry per component of the structure.
 */
export function efficientFigures(
  structure: Pick<BlockStructure, 'dims' | 'rank' | 'components'>,
  components: readonly ComponentSingular[],
  measured: Pick<CapacityMeasurement, 'capacity' | 'leverage' | 'squaredNorm'>,
  precision: Precision,
): EfficientFigures {
  const { dims } = structure;
  if (components.length !== structure.components.length) {
    throw new RangeError(
      `components: must have one entry for each of the ${structure.components.length} components of the structure, got ${components.length}`,
    );
  }
  const parts = partsOf(structure.components, structure.rank, measured.leverage);
  const outside = Float64Array.from(measured.squaredNorm);
  for (const { features } of parts) for (const i of features) outside[i] = 0;
  // Features outside all parts become zero vectors.
  const lost = outside.reduce((sum, n) => sum + n, 0);
  const near =
    parts.length === 1
      ? nearestOfOne(dims, parts[0], components[0], lost)
      : nearestOfMany(dims, parts, components, lost);
  return figuresOf(near, measured, precision);
}

/** For a single part the leading directions are the best; see `settle`. */
function nearestOfOne(
  dims: number,
  part: Part,
  { values, vectors }: ComponentSingular,
  lost: number,
): NearEfficient {
  const own = values.subarray(0, part.dims);
  const scale = own.reduce((sum, sigma) => sum + sigma, 0) / part.dims;
  let square = lost;
  let norm2 = lost;
  values.forEach((sigma, k) => {
    square += (k < part.dims ? sigma - scale : sigma) ** 2;
    norm2 += sigma * sigma;
  });
  return {
    dims,
    parts: [part],
    gammas: [scale * scale],
    basis: vectors.slice(0, part.dims * dims),
    distance: Math.sqrt(square),
    relative: norm2 > 0 ? Math.sqrt(square / norm2) : 0,
  };
}

function nearestOfMany(
  dims: number,
  parts: readonly Part[],
  components: readonly ComponentSingular[],
  lost: number,
): NearEfficient {
  const sizes = parts.map((part, k) => Math.max(part.dims, components[k].values.length));
  const standing = sizes.reduce((sum, size) => sum + size, 0);
  const w = embedding(dims, standing + 1);
  const stand: Part[] = [];
  let first = 0;
  parts.forEach((part, k) => {
    const { values, vectors } = components[k];
    values.forEach((sigma, j) => {
      for (let d = 0; d < dims; d++) {
        w.data[(first + j) * dims + d] = sigma * vectors[j * dims + d];
      }
    });
    stand.push({
      features: Array.from({ length: sizes[k] }, (_, j) => first + j),
      dims: part.dims,
    });
    first += sizes[k];
  });
  w.data[standing * dims] = Math.sqrt(lost);
  const at = settle(w, stand);
  const { distance, relative } = distanceBetween(w, arranged(at, w));
  return { ...at, dims, parts, distance, relative };
}
