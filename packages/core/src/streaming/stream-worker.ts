import { largestWeights, neuronSums } from '../capacity/neuron-sums.ts';
import {
  ownKernels,
  type DenseKernels,
  type FrameAccumulator,
  type NearestNeighbours,
  type Rotator,
  type RowProducts,
} from '@polysem/numerics/dense';
import { extraDims, neighbourPair } from './chunk-pair.ts';
import { compareFrames } from './compare-frames.ts';
import { featureFigures, type FeatureFigures } from './feature-figures.ts';
import { spectralKernel, type SpectralKernel } from './geometry/spectral-kernel.ts';
import { measureWhole } from './measure-whole.ts';
import { multiply } from './scaling.ts';
import { refineSpectrum } from './refine-spectrum.ts';
import type { StreamTasks } from './tasks.ts';

/**
 * Performs one task.
 *
 * @throws RangeError if its input is wrong.
 */
export type StreamWorker = <K extends keyof StreamTasks>(
  task: K,
  input: StreamTasks[K]['input'],
) => StreamTasks[K]['answer'];

type TaskTable = {
  readonly [K in keyof StreamTasks]: (input: StreamTasks[K]['input']) => StreamTasks[K]['answer'];
};

/**
 * The worker side of a measurement, on any thread. It keeps the state that tasks named `open..`
 * create.
 *
 * @param kernels the kernels for large products; default: those of polysem.
 * @returns a function that performs one task at a time.
 *
 * @example
 * ```js
 * import { streamWorker } from 'polysem/streaming';
 * const work = streamWorker();
 * work('openRows', { dims: 2, from: 0, to: 2, precision: 'float64', scale: 1 });
 * work('addToRows', { chunk: Float64Array.of(3, 4), count: 1 });
 * // Lower triangle of the frame operator of one feature with vector (3, 4).
 * Array.from(work('closeRows', null)); // [9, 0, 12, 16]
 * ```
 */
export function streamWorker(kernels: DenseKernels = ownKernels): StreamWorker {
  let rows: { readonly sums: FrameAccumulator; readonly scale: number } | null = null;
  let figures: FeatureFigures | null = null;
  let pairs: { dims: number; most: number; kernel: NearestNeighbours } | null = null;
  let rotation: { readonly rotate: Rotator; readonly scale: number } | null = null;
  let products: RowProducts | null = null;
  let spectral: SpectralKernel | null = null;
  let neurons: StreamTasks['openNeurons']['input'] | null = null;

  const tasks: TaskTable = {
    openRows: ({ scale, ...options }) => {
      rows = { sums: kernels.frameAccumulator(options), scale };
    },
    addToRows: ({ chunk, count }) => {
      const { sums, scale } = begun(rows);
      // Not in place, because other workers may read the same memory.
      sums.add(scale === 1 ? chunk : chunk.map((value) => value * scale), count);
    },
    keepRows: () => begun(rows).sums.sums(),
    closeRows: () => {
      const { sums } = begun(rows);
      rows = null;
      return sums.result();
    },
    eigen: ({ matrix, dims }) => kernels.symmetricEigen(matrix, dims),
    compareFrames: ({ coarse, exact, dims, goal }) => compareFrames(coarse, exact, dims, goal),
    openFigures: (basis) => {
      figures?.close();
      figures = featureFigures(basis, kernels.projector);
    },
    calibrate: ({ chunk, count }) => begun(figures).calibrate(chunk, count),
    figures: ({ chunk, count, mode, calibration }) =>
      begun(figures).measure(chunk, count, mode, calibration),
    rest: () => {
      rows = null;
      figures?.close();
      figures = null;
      rotation = null;
      pairs = null;
      products = null;
      spectral = null;
      neurons = null;
    },
    openRotation: ({ dims, vectors, scale }) => {
      rotation = { rotate: kernels.rotator({ dims, basis: vectors }), scale };
    },
    rotate: ({ chunk, count }) => {
      const { rotate, scale } = begun(rotation);
      multiply(chunk, scale);
      return rotate(chunk, count);
    },
    refineSpectrum,
    whole: measureWhole,
    neighbours: (input) => {
      const { most } = input;
      const dims = input.dims + extraDims(input.signs);
      if (pairs === null || pairs.dims !== dims || pairs.most !== most) {
        pairs = { dims, most, kernel: kernels.nearestNeighbours({ dims, most }) };
      }
      return neighbourPair(pairs.kernel, input);
    },
    openProducts: (input) => {
      products = kernels.rowProducts(input);
    },
    products: ({ chunk, count }) => begun(products).multiply(chunk, count),
    openSpectral: (input) => {
      spectral = spectralKernel(input, kernels.rowProducts);
    },
    spectral: ({ chunk, count }) => begun(spectral)(chunk, count),
    largestWeights: ({ chunk, count, dims }) => largestWeights(chunk, count, dims),
    openNeurons: (input) => {
      neurons = input;
    },
    neurons: ({ chunk, count }) => {
      const { largest, threshold } = begun(neurons);
      return neuronSums(chunk, count, largest, threshold);
    },
  };
  return (task, input) => tasks[task](input);
}

/** The state that an `open..` task must have created. */
function begun<T>(state: T | null): T {
  if (state === null)
    throw new Error('streaming: this task was not begun; ask for the one that opens it first');
  return state;
}
