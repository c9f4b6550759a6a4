import type { Vectors } from '@polysem/numerics/dense';
import { rowProducts } from '@polysem/numerics/dense';
import {
  noSpectralFigures,
  roomForMeasure,
  takeFigures,
  writeMeasure,
  type SpectralFigures,
} from '../../geometry/spectral-figures.ts';
import { multiply } from '../scaling.ts';
import type { SpectralInput } from '../tasks.ts';

/** Measures the features of a chunk and overwrites it. */
export type SpectralKernel = (chunk: Vectors, count: number) => SpectralFigures;

/** Coordinates computed at once: 4 MB. */
const AT_ONCE = 2 ** 19;

/** Makes a kernel for the spectral measures of features, with coordinates in float64. */
export function spectralKernel(
  order: SpectralInput,
  makeProducts: typeof rowProducts = rowProducts,
): SpectralKernel {
  const { dims, rank, vectors, eigenvalues, scale } = order;
  const kernel = makeProducts({ dims, count: rank, rows: vectors, precision: 'float64' });
  const measure = roomForMeasure(order);
  const most = Math.max(1, Math.floor(AT_ONCE / rank));
  return (chunk, count) => {
    multiply(chunk, scale);
    const out = noSpectralFigures(count);
    for (let first = 0; first < count; first += most) {
      const taken = Math.min(most, count - first);
      const t = kernel.multiply(chunk.subarray(first * dims, (first + taken) * dims), taken);
      for (let f = 0; f < taken; f++) {
        writeMeasure(measure, order, t, f * rank);
        takeFigures(out, first + f, measure, eigenvalues, scale);
      }
    }
    return out;
  };
}
