import type { Activity } from './drawing.ts';
import { overStrips } from './drawn-panel.ts';
import type { KernelMemory } from './kernel-memory.ts';
import { STRIP, type PanelArray } from './panel.ts';
import { emitRowProduct, storeSums } from './row-product.ts';
import type { Structure } from './structure.ts';
import type { Arithmetic } from '@polysem/numerics/lanes';
import { normalDistribution } from '@polysem/numerics/lanes';
import { fourNormals } from '@polysem/numerics/lanes';
import { randomLanes, toOpenUniform, type RandomLanes } from '@polysem/numerics/lanes';
import type { Body, Local } from '@polysem/numerics/wasm';
import { f32x4, i32, v128, type I32, type V128 } from '@polysem/numerics/wasm';

export type CopulaActivity = Extract<Activity, { readonly kind: 'factor' | 'matrix' }>;

/** How the activity of features under a copula is drawn, in a block of rows. */
export interface Copula {
  /** Emits what all features share: the common factor of each row, or its jointly normal numbers. */
  readonly emitShared: (body: Body, bytes: Local<'i32'>) => void;
  /** Prepares the activity of a feature, whose number times 4 and whose place in panel arrays are given. */
  readonly feature: (body: Body, random: RandomLanes, each: I32, column: I32) => FeatureActivity;
}

/** Emits the mask of a feature's activity in four rows, those from byte `row` + `offset` on. */
export type FeatureActivity = (row: I32, offset: number) => V128;

/**
 * A copula's activity: given the one factor f, feature i is active with probability Phi(limit_i - slope_i f), which is
 * compared with a uniform; of a matrix, where the i-th of N jointly normal numbers is below its limit.
 *
 * @param levels where the jointly normal numbers stand, N x rows.
 */
export function copula(
  math: Arithmetic,
  structure: Structure,
  activity: CopulaActivity,
  memory: KernelMemory,
  levels: PanelArray,
): Copula {
  const place = memory.drawn.copula;
  if (activity.kind === 'matrix') {
    return {
      emitShared: (body, bytes) => {
        emitNormals(body, math, memory, bytes, activity.rank);
        emitLevels(body, math, structure, memory, bytes, activity.rank, levels);
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
        kept.forEach((numbers, v) => body.store(row, place.given + 16 * v, numbers));
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

/** Draws independent normals, rank x rows. */
function emitNormals(
  body: Body,
  math: Arithmetic,
  { random: state, drawn }: KernelMemory,
  bytes: Local<'i32'>,
  rank: number,
): void {
  const { address, stride } = drawn.copula.normals;
  const random = randomLanes(body, state);
  const column = body.hold(i32.const(0));
  body.doWhile(() => {
    overStrips(body, bytes, STRIP / 4, (row) => {
      const at = body.hold(i32.add(column, row));
      fourNormals(body, math, random.words).forEach((normal, v) =>
        body.store(at, address + 16 * v, normal),
      );
    });
    body.set(column, i32.add(column, i32.const(stride)));
    return i32.ltU(column, i32.const(rank * stride));
  });
  random.save();
}

/** More blocks would save fewer and fewer multiplications by the triangle's zeros, for ever more code. */
const MOST_BLOCKS = 8;
const LEAST_BLOCK = 20;

/** Multiplies normals by the factor of the correlation matrix, block by block of features, each as far as its rows go. */
function emitLevels(
  body: Body,
  math: Arithmetic,
  { features, isWide }: Structure,
  { drawn }: KernelMemory,
  bytes: Local<'i32'>,
  rank: number,
  levels: PanelArray,
): void {
  const { normals, factor } = drawn.copula;
  const size = Math.max(LEAST_BLOCK, 5 * Math.ceil(features / MOST_BLOCKS / 5));
  for (let first = 0; first < features; first += size) {
    const end = Math.min(features, first + size);
    body.scope(() =>
      emitRowProduct(body, math, bytes, {
        isWide,
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
