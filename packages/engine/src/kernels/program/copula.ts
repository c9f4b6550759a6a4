import type { KernelContext } from './context.ts';
import type { Activity } from './drawing.ts';
import { overStrips } from './drawn-panel.ts';
import { STRIP, type PanelArray } from './panel.ts';
import { emitRowProduct, storeSums } from './row-product.ts';
import { normalDistribution } from '@polysem/numerics/lanes';
import { fourNormals } from '@polysem/numerics/lanes';
import { randomLanes, toOpenUniform, type RandomLanes } from '@polysem/numerics/lanes';
import type { Body, Local } from '@polysem/numerics/wasm';
import { f32x4, i32, v128, type I32, type V128 } from '@polysem/numerics/wasm';

export type CopulaActivity = Extract<Activity, { readonly kind: 'factor' | 'matrix' }>;

/** Emitters of code that samples which features are active under a copula, for a chunk of rows. */
export interface Copula {
  /** Emits code that samples what the features of a row share: the common factor, or the correlated normals. */
  readonly emitShared: (body: Body, bytes: Local<'i32'>) => void;
  /** Prepares one feature: `each` is 4 times its index, `column` its byte offset in panel arrays. */
  readonly feature: (body: Body, random: RandomLanes, each: I32, column: I32) => FeatureActivity;
}

/** Emits the activity mask of a feature in the four rows that start at byte `row` + `offset`. */
export type FeatureActivity = (row: I32, offset: number) => V128;

/**
 * Activity under a Gaussian copula. With one factor f, feature i is active with probability Phi(limit_i - slope_i f), which
 * is compared with a uniform number. With a correlation matrix, feature i is active if the i-th of N correlated normals is
 * below its limit.
 *
 * @param levels panel array for the correlated normals, N x rows.
 */
export function copula(
  context: KernelContext,
  activity: CopulaActivity,
  levels: PanelArray,
): Copula {
  const { math, memory } = context;
  const place = memory.drawn.copula;
  if (activity.kind === 'matrix') {
    return {
      emitShared: (body, bytes) => {
        emitNormals(body, context, bytes, activity.rank);
        emitLevels(body, context, bytes, activity.rank, levels);
      },
      feature: (body, _random, each, column) => {
        const limit = body.hold(v128.loadSplat(each, place.limit));
        return (row, offset) =>
          f32x4.lt(v128.load(i32.add(column, row), levels.address + offset), limit);
      },
    };
  }
  const given = (body: Body, limit: V128, slope: V128, factor: V128): V128 =>
    normalDistribution(body, math, math.multiplySubtract(slope, factor, limit)).cdf;
  const splat = (body: Body, each: I32) => ({
    limit: body.hold(v128.loadSplat(each, place.limit)),
    slope: body.hold(v128.loadSplat(each, place.slope)),
  });
  return {
    emitShared: (body, bytes) => {
      const random = randomLanes(body, memory.random);
      const first = activity.isAlike ? splat(body, i32.const(0)) : null;
      overStrips(body, bytes, STRIP / 4, (row) => {
        const factors = fourNormals(body, math, random.words);
        const kept =
          first === null
            ? factors
            : factors.map((f) => body.hold(given(body, first.limit, first.slope, f)));
        body.storeVectors(row, place.given, kept);
      });
      random.save();
    },
    feature: (body, random, each) => {
      if (activity.isAlike) {
        return (row, offset) =>
          f32x4.lt(uniform(body, random), v128.load(row, place.given + offset));
      }
      const { limit, slope } = splat(body, each);
      return (row, offset) => {
        const factor = v128.load(row, place.given + offset);
        return f32x4.lt(uniform(body, random), given(body, limit, slope, factor));
      };
    },
  };
}

function uniform(body: Body, random: RandomLanes): V128 {
  return body.hold(toOpenUniform(random.words()));
}

/** Emits code that samples independent normals, rank x rows. */
function emitNormals(
  body: Body,
  { math, memory }: KernelContext,
  bytes: Local<'i32'>,
  rank: number,
): void {
  const { address, stride } = memory.drawn.copula.normals;
  const random = randomLanes(body, memory.random);
  const column = body.hold(i32.const(0));
  body.doWhile(() => {
    overStrips(body, bytes, STRIP / 4, (row) => {
      const at = body.hold(i32.add(column, row));
      body.storeVectors(at, address, fourNormals(body, math, random.words));
    });
    body.set(column, i32.add(column, i32.const(stride)));
    return i32.ltU(column, i32.const(rank * stride));
  });
  random.save();
}

/** Bounds on splitting the triangular factor: each further split skips fewer zeros and adds as much code. */
const MOST_RANGES = 8;
const SMALLEST_RANGE = 20;

/**
 * Emits the product of the triangular factor of the correlation matrix with independent normals. Features are split into
 * consecutive ranges, and each range stops at its last nonzero column.
 */
function emitLevels(
  body: Body,
  context: KernelContext,
  bytes: Local<'i32'>,
  rank: number,
  levels: PanelArray,
): void {
  const { features } = context.structure;
  const { normals, factor } = context.memory.drawn.copula;
  const size = Math.max(SMALLEST_RANGE, 5 * Math.ceil(features / MOST_RANGES / 5));
  for (let first = 0; first < features; first += size) {
    const end = Math.min(features, first + size);
    body.scope(() =>
      emitRowProduct(body, context, bytes, {
        outputs: end - first,
        inputs: Math.min(rank, end),
        input: normals,
        weights: { address: factor + 4 * rank * first, perOutput: 4 * rank, perInput: 4 },
        outputStride: levels.stride,
        start: () => f32x4.const(0),
        finish: storeSums(body, { ...levels, address: levels.address + first * levels.stride }),
      }),
    );
  }
}
