import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import { fillNormal, generator } from '@polysem/numerics/random';
import { orthonormaliseRows } from '../../numerics/src/linalg/orthonormal-rows.ts';

/** A uniformly random orthogonal matrix: D x D, row-major. */
export function randomRotation(dims: number, seed: number): Float64Array {
  const q = new Float64Array(dims * dims);
  fillNormal(generator(seed), q);
  orthonormaliseRows(q, dims);
  return q;
}

/** Q W. */
export function rotated(w: Embedding, q: Float64Array): Embedding {
  const { dims, features } = w;
  const out = embedding(dims, features);
  for (let i = 0; i < features; i++) {
    for (let r = 0; r < dims; r++) {
      for (let c = 0; c < dims; c++)
        out.data[i * dims + r] += q[r * dims + c] * w.data[i * dims + c];
    }
  }
  return out;
}

/** A random tight frame W W^T = gamma I. */
export function tightFrame(dims: number, features: number, gamma: number, seed: number): Embedding {
  const rows = new Float64Array(dims * features);
  fillNormal(generator(seed), rows);
  orthonormaliseRows(rows, features);
  const w = embedding(dims, features);
  for (let d = 0; d < dims; d++) {
    for (let i = 0; i < features; i++)
      w.data[i * dims + d] = Math.sqrt(gamma) * rows[d * features + i];
  }
  return w;
}

/** Embedding with the given blocks, each on axes of its own, features block after block. */
export function blockDiagonal(parts: readonly Embedding[]): {
  w: Embedding;
  blocks: { features: number[]; dims: number }[];
} {
  const dims = parts.reduce((sum, part) => sum + part.dims, 0);
  const features = parts.reduce((sum, part) => sum + part.features, 0);
  const w = embedding(dims, features);
  let axis = 0;
  let feature = 0;
  const blocks = parts.map((part) => {
    for (let i = 0; i < part.features; i++) {
      const vector = part.data.subarray(i * part.dims, (i + 1) * part.dims);
      w.data.set(vector, (feature + i) * dims + axis);
    }
    const members = Array.from({ length: part.features }, (_, i) => feature + i);
    axis += part.dims;
    feature += part.features;
    return { features: members, dims: part.dims };
  });
  return { w, blocks };
}

/** A regular polygon of unit vectors. */
export function polygon(corners: number, turn = 0): Embedding {
  return embedding(
    2,
    corners,
    Float64Array.from({ length: 2 * corners }, (_, at) => {
      const angle = turn + (2 * Math.PI * Math.floor(at / 2)) / corners;
      return at % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
    }),
  );
}

/** Two opposite unit vectors in one dimension. */
export const antipodalPair: Embedding = embedding(1, 2, Float64Array.of(1, -1));
