import type { Vectors } from '@polysem/numerics/dense';
import { projector, type Projected, type Projector } from '@polysem/numerics/dense';
import type { Precision } from '../embedding/feature-source.ts';
import { scaleNearOne } from './scaling.ts';

/** Eigenvectors of S, and the weights of the sums along them. */
export interface EigenBasis {
  readonly dims: number;
  readonly rank: number;
  /** rank x dims, orthonormal rows. */
  readonly vectors: Float64Array;
  /** Eigenvalues of S for vectors times `scale`, all above 0, largest first. */
  readonly eigenvalues: Float64Array;
  /** A power of two. */
  readonly scale: number;
  /** Lists of `rank` signs, 1 or -1; see {@link ChunkFigures.probes}. */
  readonly probes: readonly Float64Array[];
}

/**
 * Accuracy of float32 coordinates, measured on a sample. Let e be the error of a coordinate relative to the length of its
 * vector, and n = |w|^2. Then sum_k t_k^2 / lambda_k has an error of about 2 e sqrt(n sum_k t_k^2 / lambda_k^2) from
 * independent errors plus e^2 n sum_k 1 / lambda_k from their squares, and sum_k lambda_k t_k^2 has an error of at most
 * 2 e sqrt(n lambda_1 sum_k lambda_k t_k^2) plus e^2 n sum_k lambda_k.
 */
export interface Calibration {
  /** 2 e for capacities, the largest found. */
  readonly capacity: number;
  /** 2 e for leverages, the largest found. */
  readonly leverage: number;
}

/** Error above which float64 replaces float32: half of the promised error; the other half is for S. */
const FLOAT32_UP_TO = 5e-6;

/** Error of float64 relative to float32. */
const FINER = 2 ** -29;

/** Sum of squares, and the largest, of errors over many features. */
export interface ErrorSums {
  squares: number;
  largest: number;
}

/** Figures of the features of a chunk, in the units of the source. */
export interface ChunkFigures {
  readonly squaredNorm: Float64Array;
  readonly capacity: Float64Array;
  readonly leverage: Float64Array;
  readonly interference: Float64Array;
  readonly participation: Float64Array;
  /** Number of vectors that lie mostly outside the span. */
  readonly unresolved: number;
  /** Number of features with figures: neither zero nor unresolved. */
  readonly measured: number;
  /** Number of features computed in float64. */
  readonly inFloat64: number;
  /**
   * For each list of signs, sum_i sum_k sign_k t_ik^2 / lambda_k over the features of the chunk. Over all features it would
   * equal the sum of the signs if the eigenvalues were exact.
   */
  readonly probes: Float64Array;
  /** Relative errors of the figures that errors of coordinates cause. */
  readonly projectionError: { readonly capacity: ErrorSums; readonly leverage: ErrorSums };
  /** Relative errors of the figures per error of an entry of S. */
  readonly frameError: { readonly capacity: ErrorSums; readonly leverage: ErrorSums };
}

/** Measures features in a basis of eigenvectors. */
export interface FeatureFigures {
  /** Measures a sample in both precisions. */
  readonly calibrate: (chunk: Vectors, count: number) => Calibration;
  /** Measures features and overwrites the chunk. `auto` repeats in float64 what float32 computes too coarsely. */
  readonly measure: (
    chunk: Vectors,
    count: number,
    mode: Precision | 'auto',
    calibration: Calibration,
  ) => ChunkFigures;
  /** Offers the memory to the next kernel of this thread; nothing can be measured afterwards. */
  readonly close: () => void;
}

/** Places in the lists of weights. */
const LAMBDA = 0;
const INVERSE = 1;
const INVERSE_SQUARE = 2;
const FIRST_PROBE = 3;

/** Makes the kernel that measures features. Each projector is made when it is first needed. */
export function featureFigures(
  basis: EigenBasis,
  makeProjector: typeof projector = projector,
): FeatureFigures {
  const { dims, rank, vectors, eigenvalues, probes } = basis;
  const inverse = eigenvalues.map((lambda) => 1 / lambda);
  const weights = [
    eigenvalues,
    inverse,
    inverse.map((value) => value * value),
    ...probes.map((signs) => inverse.map((value, k) => value * signs[k])),
  ];
  const projectors = new Map<Precision, Projector>();
  const space: ProjectionSpace = {
    ...basis,
    trace: eigenvalues.reduce((sum, lambda) => sum + lambda, 0),
    inverseTrace: inverse.reduce((sum, value) => sum + value, 0),
    inPrecision: (precision) => {
      let made = projectors.get(precision);
      if (made === undefined) {
        made = makeProjector({ dims, rank, basis: vectors, precision, weights });
        projectors.set(precision, made);
      }
      return made;
    },
  };
  return {
    close: () => {
      for (const made of projectors.values()) made.close();
    },
    calibrate: (chunk, count) => calibrate(space, chunk, count),
    measure: (chunk, count, mode, calibration) => {
      const scales = scaleNearOne(chunk, count, dims, basis.scale);
      const first = mode === 'float64' ? 'float64' : 'float32';
      const projected = space.inPrecision(first).measure(chunk, count);
      const again = mode === 'auto' ? refine(space, chunk, projected, calibration) : [];
      const isAllFine = first === 'float64';
      const inFloat64 = new Set(again);
      const fine = finer(calibration);
      const calibrationOf = (f: number): Calibration =>
        isAllFine || inFloat64.has(f) ? fine : calibration;
      const figures = figuresOf(space, projected, scales, calibrationOf);
      return { ...figures, inFloat64: isAllFine ? count : again.length };
    },
  };
}

/** A basis with its traces and projectors. */
interface ProjectionSpace extends EigenBasis {
  /** Sum of the eigenvalues, and of their inverses. */
  readonly trace: number;
  readonly inverseTrace: number;
  readonly inPrecision: (precision: Precision) => Projector;
}

function finer({ capacity, leverage }: Calibration): Calibration {
  return { capacity: capacity * FINER, leverage: leverage * FINER };
}

/** Errors of the figures of feature f that errors of its coordinates cause; see {@link Calibration}. */
function projectionErrors(
  { eigenvalues, trace, inverseTrace }: ProjectionSpace,
  p: Projected,
  f: number,
  { capacity, leverage }: Calibration,
): Calibration {
  const n = p.resolved[f];
  const frame = p.weighted[LAMBDA][f];
  const lever = p.weighted[INVERSE][f];
  const square = p.weighted[INVERSE_SQUARE][f];
  return {
    capacity:
      capacity * (1 + Math.sqrt((n * eigenvalues[0]) / frame)) +
      ((capacity * capacity) / 4) * ((n * trace) / frame),
    leverage:
      (leverage * Math.sqrt(n * square)) / lever +
      ((leverage * leverage) / 4) * ((n * inverseTrace) / lever),
  };
}

function capacityAndLeverage(p: Projected, f: number): Calibration {
  return {
    capacity: (p.resolved[f] / p.weighted[LAMBDA][f]) * p.resolved[f],
    leverage: p.weighted[INVERSE][f],
  };
}

/** Compares features in float32 with float64. */
function calibrate(space: ProjectionSpace, chunk: Vectors, count: number): Calibration {
  scaleNearOne(chunk, count, space.dims, space.scale);
  const coarse = space.inPrecision('float32').measure(chunk, count);
  const exact = space.inPrecision('float64').measure(chunk, count);
  let capacity = 0;
  let leverage = 0;
  for (let f = 0; f < count; f++) {
    if (!isMeasured(exact, f)) continue;
    const unit = projectionErrors(space, exact, f, { capacity: 1, leverage: 1 });
    const a = capacityAndLeverage(coarse, f);
    const b = capacityAndLeverage(exact, f);
    capacity = Math.max(capacity, Math.abs(a.capacity / b.capacity - 1) / unit.capacity);
    leverage = Math.max(leverage, Math.abs(a.leverage / b.leverage - 1) / unit.leverage);
  }
  return { capacity, leverage };
}

/** Repeats in float64 the features that float32 computes too coarsely, in place. Returns their indices. */
function refine(
  space: ProjectionSpace,
  chunk: Vectors,
  coarse: Projected,
  calibration: Calibration,
): number[] {
  const { dims } = space;
  const again: number[] = [];
  for (let f = 0; f < coarse.norm.length; f++) {
    if (!isMeasured(coarse, f) && !(coarse.norm[f] > 0)) continue;
    const { capacity, leverage } = projectionErrors(space, coarse, f, calibration);
    if (!(capacity <= FLOAT32_UP_TO && leverage <= FLOAT32_UP_TO)) again.push(f);
  }
  if (again.length === 0) return again;
  again.forEach((f, to) => chunk.copyWithin(to * dims, f * dims, (f + 1) * dims));
  const fine = space.inPrecision('float64').measure(chunk, again.length);
  again.forEach((f, from) => {
    coarse.norm[f] = fine.norm[from];
    coarse.resolved[f] = fine.resolved[from];
    coarse.fourth[f] = fine.fourth[from];
    coarse.weighted.forEach((list, k) => {
      list[f] = fine.weighted[k][from];
    });
  });
  return again;
}

/** Figures in the units of the source. `scales` are the factors that vectors were multiplied by. */
function figuresOf(
  space: ProjectionSpace,
  p: Projected,
  scales: Float64Array,
  calibrationOf: (f: number) => Calibration,
): Omit<ChunkFigures, 'inFloat64'> {
  const { scale, probes } = space;
  const count = scales.length;
  const figure = (): Float64Array => new Float64Array(count);
  const result = {
    squaredNorm: figure(),
    capacity: figure(),
    leverage: figure(),
    interference: figure(),
    participation: figure(),
    probes: new Float64Array(probes.length),
    projectionError: { capacity: noErrors(), leverage: noErrors() },
    frameError: { capacity: noErrors(), leverage: noErrors() },
  };
  let unresolved = 0;
  let measured = 0;
  for (let f = 0; f < count; f++) {
    const a = scales[f];
    // The vector's factor relative to that of S.
    const b = a / scale;
    const n = p.resolved[f];
    const frame = p.weighted[LAMBDA][f];
    const lever = p.weighted[INVERSE][f];
    result.squaredNorm[f] = p.norm[f] / a / a;
    if (p.norm[f] > 0 && n < p.norm[f] / 2) unresolved++;
    if (frame === 0) continue;
    result.capacity[f] = Math.min(1, ((n / frame) * n) / b / b);
    result.leverage[f] = Math.min(1, lever / b / b);
    result.interference[f] = Math.max(0, frame / n / scale / scale - n / a / a);
    result.participation[f] = (n / p.fourth[f]) * n;
    for (let k = 0; k < probes.length; k++) {
      result.probes[k] += p.weighted[FIRST_PROBE + k][f] / b / b;
    }
    if (!isMeasured(p, f)) continue;
    measured++;
    const errors = projectionErrors(space, p, f, calibrationOf(f));
    addError(result.projectionError.capacity, errors.capacity);
    addError(result.projectionError.leverage, errors.leverage);
    addError(result.frameError.capacity, n / frame);
    addError(result.frameError.leverage, p.weighted[INVERSE_SQUARE][f] / lever);
  }
  return { ...result, unresolved, measured };
}

/** True if a feature is not zero and lies mostly in the span. */
function isMeasured(p: Projected, f: number): boolean {
  return p.norm[f] > 0 && p.resolved[f] >= p.norm[f] / 2;
}

/** Sums over no errors. */
export function noErrors(): ErrorSums {
  return { squares: 0, largest: 0 };
}

/** Adds an error to the sums. */
export function addError(sums: ErrorSums, value: number): void {
  sums.squares += value * value;
  sums.largest = Math.max(sums.largest, value);
}
