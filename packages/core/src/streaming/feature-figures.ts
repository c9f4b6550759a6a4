import type { Block } from '@polysem/numerics/dense';
import { projector, type Projected, type Projector } from '@polysem/numerics/dense';
import type { Precision } from '../embedding/feature-source.ts';
import { bringNearOne } from './near-one.ts';

/** The eigenvectors of S, and what is to be summed along them. */
export interface EigenBasis {
  readonly dims: number;
  readonly rank: number;
  /** rank x dims, orthonormal rows. */
  readonly vectors: Float64Array;
  /** The eigenvalues of S for vectors times `scale`, all above 0, largest first. */
  readonly eigenvalues: Float64Array;
  /** A power of two. */
  readonly scale: number;
  /** Signs, one a direction, 1 or -1: see {@link BlockFigures.probes}. */
  readonly probes: readonly Float64Array[];
}

/**
 * How exact coordinates in float32 are, as measured on some features. With e the error of a coordinate beside the length of
 * its vector and n = |w|^2, sum_k t_k^2 / lambda_k is wrong by about 2 e sqrt(n sum_k t_k^2 / lambda_k^2), its errors being
 * independent, and by e^2 n sum_k 1 / lambda_k, its errors squared; so is sum_k lambda_k t_k^2, by at most
 * 2 e sqrt(n lambda_1 sum_k lambda_k t_k^2) and e^2 n sum_k lambda_k.
 */
export interface Calibration {
  /** 2 e for capacities: the largest found. */
  readonly capacity: number;
  /** 2 e for leverages. */
  readonly leverage: number;
}

/** Where float64 takes the place of float32: half of the error that is promised, the other half is for S. */
const FLOAT32_UP_TO = 5e-6;

/** What float64 is finer by. */
const FINER = 2 ** -29;

/** Sums of squares, and the largest, of figures that are wanted of many features. */
export interface Spread {
  squares: number;
  largest: number;
}

/** The figures of the features of a block, in the units of the source. */
export interface BlockFigures {
  readonly squaredNorm: Float64Array;
  readonly capacity: Float64Array;
  readonly leverage: Float64Array;
  readonly interference: Float64Array;
  readonly participation: Float64Array;
  /** How many vectors lie mostly outside the span. */
  readonly unresolved: number;
  /** How many have figures, being neither zero nor unresolved. */
  readonly measured: number;
  /** How many were computed in float64. */
  readonly inFloat64: number;
  /**
   * For each list of signs, sum_i sum_k sign_k t_ik^2 / lambda_k over the features of the block. Over all features it would
   * be the sum of the signs, were the eigenvalues exact.
   */
  readonly probes: Float64Array;
  /** Relative errors of the figures that come of their coordinates' errors. */
  readonly projectionError: { readonly capacity: Spread; readonly leverage: Spread };
  /** Relative errors of the figures per error of an entry of S. */
  readonly frameError: { readonly capacity: Spread; readonly leverage: Spread };
}

/** Measures features in a basis of eigenvectors. */
export interface FeatureFigures {
  /** Measures some features in both precisions. */
  readonly calibrate: (block: Block, count: number) => Calibration;
  /** Measures features; overwrites the block. `auto` measures again in float64 what float32 is too coarse for. */
  readonly measure: (
    block: Block,
    count: number,
    mode: Precision | 'auto',
    calibration: Calibration,
  ) => BlockFigures;
}

const LAMBDA = 0;
const INVERSE = 1;
const INVERSE_SQUARE = 2;
const FIRST_PROBE = 3;

/** Makes ready to measure; projectors are made when they are first needed. */
export function featureFigures(basis: EigenBasis): FeatureFigures {
  const { dims, rank, vectors, eigenvalues, scale, probes } = basis;
  const inverse = eigenvalues.map((lambda) => 1 / lambda);
  const trace = eigenvalues.reduce((sum, lambda) => sum + lambda, 0);
  const inverseTrace = inverse.reduce((sum, value) => sum + value, 0);
  const weights = [
    eigenvalues,
    inverse,
    inverse.map((value) => value * value),
    ...probes.map((signs) => inverse.map((value, k) => value * signs[k])),
  ];
  const made = new Map<Precision, Projector>();
  const inPrecision = (precision: Precision): Projector => {
    let own = made.get(precision);
    if (own === undefined) {
      own = projector({ dims, rank, basis: vectors, precision, weights });
      made.set(precision, own);
    }
    return own;
  };

  /** Errors of feature f that the errors of its coordinates make. */
  function projectionErrors(p: Projected, f: number, { capacity, leverage }: Calibration) {
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

  /** Measures in float64 again what is too coarse. */
  function refine(block: Block, count: number, coarse: Projected, calibration: Calibration) {
    const again: number[] = [];
    for (let f = 0; f < count; f++) {
      if (!isMeasured(coarse, f) && !(coarse.norm[f] > 0)) continue;
      const { capacity, leverage } = projectionErrors(coarse, f, calibration);
      if (!(capacity <= FLOAT32_UP_TO && leverage <= FLOAT32_UP_TO)) again.push(f);
    }
    if (again.length === 0) return again;
    again.forEach((f, to) => block.copyWithin(to * dims, f * dims, (f + 1) * dims));
    const fine = inPrecision('float64').measure(block, again.length);
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

  return {
    calibrate: (block, count) => {
      bringNearOne(block, count, dims, scale);
      const coarse = inPrecision('float32').measure(block, count);
      const exact = inPrecision('float64').measure(block, count);
      let capacity = 0;
      let leverage = 0;
      for (let f = 0; f < count; f++) {
        if (!isMeasured(exact, f)) continue;
        const of = (p: Projected) => ({
          capacity: (p.resolved[f] / p.weighted[LAMBDA][f]) * p.resolved[f],
          leverage: p.weighted[INVERSE][f],
        });
        const unit = projectionErrors(exact, f, { capacity: 1, leverage: 1 });
        const a = of(coarse);
        const b = of(exact);
        capacity = Math.max(capacity, Math.abs(a.capacity / b.capacity - 1) / unit.capacity);
        leverage = Math.max(leverage, Math.abs(a.leverage / b.leverage - 1) / unit.leverage);
      }
      return { capacity, leverage };
    },

    measure: (block, count, mode, calibration) => {
      const scales = bringNearOne(block, count, dims, scale);
      const first = mode === 'float64' ? 'float64' : 'float32';
      const p = inPrecision(first).measure(block, count);
      const again = mode === 'auto' ? refine(block, count, p, calibration) : [];
      const inFloat64 = new Set(again);
      const fine = {
        capacity: calibration.capacity * FINER,
        leverage: calibration.leverage * FINER,
      };
      const figure = (): Float64Array => new Float64Array(count);
      const result = {
        squaredNorm: figure(),
        capacity: figure(),
        leverage: figure(),
        interference: figure(),
        participation: figure(),
        probes: new Float64Array(probes.length),
        projectionError: { capacity: noSpread(), leverage: noSpread() },
        frameError: { capacity: noSpread(), leverage: noSpread() },
      };
      let unresolved = 0;
      let measured = 0;
      for (let f = 0; f < count; f++) {
        const a = scales[f];
        // What the vector was multiplied by beside what S knows of.
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
        const isFine = first === 'float64' || inFloat64.has(f);
        const errors = projectionErrors(p, f, isFine ? fine : calibration);
        widen(result.projectionError.capacity, errors.capacity);
        widen(result.projectionError.leverage, errors.leverage);
        widen(result.frameError.capacity, n / frame);
        widen(result.frameError.leverage, p.weighted[INVERSE_SQUARE][f] / lever);
      }
      const counted = first === 'float64' ? count : again.length;
      return { ...result, unresolved, measured, inFloat64: counted };
    },
  };
}

/** Whether a feature is not zero and lies mostly in the span. */
function isMeasured(p: Projected, f: number): boolean {
  return p.norm[f] > 0 && p.resolved[f] >= p.norm[f] / 2;
}

function noSpread(): Spread {
  return { squares: 0, largest: 0 };
}

function widen(spread: Spread, value: number): void {
  spread.squares += value * value;
  spread.largest = Math.max(spread.largest, value);
}
