import { symmetricEigen } from '../linalg/symmetric-eigen.ts';
import { frameAccumulator } from './frame-accumulator.ts';
import { nearestNeighbours } from './nearest-neighbours.ts';
import { projector } from './projector.ts';
import { rotator } from './rotator.ts';
import { rowProducts } from './row-products.ts';

/** The kernels for matrices that come in chunks, and the eigendecomposition. All versions promise the same accuracy. */
export interface DenseKernels {
  readonly frameAccumulator: typeof frameAccumulator;
  readonly projector: typeof projector;
  readonly rotator: typeof rotator;
  readonly rowProducts: typeof rowProducts;
  readonly nearestNeighbours: typeof nearestNeighbours;
  readonly symmetricEigen: typeof symmetricEigen;
}

/** The kernels of this package, whose results have the same bytes on every machine with the same instructions. */
export const ownKernels: DenseKernels = {
  frameAccumulator,
  projector,
  rotator,
  rowProducts,
  nearestNeighbours,
  symmetricEigen,
};
