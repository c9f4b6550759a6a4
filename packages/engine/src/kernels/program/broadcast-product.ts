import type { Body, Local } from '@polysem/numerics/wasm';
import { i32, v128, type I32, type V128 } from '@polysem/numerics/wasm';
import type { KernelContext } from './context.ts';
import { overParts } from './sparse-rows.ts';

/** Outputs per tile. */
const TILE = 5;
/** Unrolling factor of the loop over inputs. */
const UNROLL = 4;
/** Largest number of vectors whose parts are unrolled; more are a loop. */
const UNROLLED = 16;

/**
 * Product out[o][vector] = start + sum_k weight(o, k) matrix[k][vector]. `vector` runs over the vectors of a padded row, and
 * each weight is one number copied to all lanes. Addresses are constants; `perOutput` and `perInput` are strides in bytes.
 */
export interface BroadcastProduct {
  readonly outputs: I32;
  /** Number of outputs if known when code is generated; null if it is a run-time multiple of the tile size. */
  readonly knownOutputs: number | null;
  readonly inputs: I32;
  readonly vectors: number;
  readonly weights: {
    readonly address: number;
    readonly perOutput: number;
    readonly perInput: number;
  };
  readonly matrix: { readonly address: number; readonly perInput: number };
  /** Address and stride of the output rows. `isAdded`: add to them instead of overwriting them. */
  readonly output: {
    readonly address: number;
    readonly perOutput: number;
    readonly isAdded: boolean;
  };
  readonly zero: V128;
}

/** Emits a broadcast product over rows of hidden dimensions. There must be at least one output and one input. */
export function emitBroadcastProduct(
  body: Body,
  context: KernelContext,
  product: BroadcastProduct,
): void {
  const { knownOutputs, outputs, weights, output, vectors } = product;
  const weightAt = body.hold(i32.const(0));
  const outputAt = body.hold(i32.const(0));
  const wide = context.structure.isWide ? 4 : 2;
  const looped = vectors > UNROLLED ? vectors - (vectors % wide) : 0;
  const tiles = (count: number): void => {
    const emit = (first: number, width: number, column: I32): void =>
      body.scope(() =>
        emitTile(body, context, product, { count, first, width, column, weightAt, outputAt }),
      );
    if (looped > 0) {
      body.scope(() => {
        const column = body.hold(i32.const(0));
        body.doWhile(() => {
          emit(0, wide, column);
          body.set(column, i32.add(column, i32.const(16 * wide)));
          return i32.ltU(column, i32.const(16 * looped));
        });
      });
    }
    overParts(vectors - looped, wide, (first, width) => emit(looped + first, width, i32.const(0)));
  };
  const rest = knownOutputs === null ? 0 : knownOutputs % TILE;
  if (knownOutputs === null || knownOutputs >= TILE) {
    const end = body.hold(
      i32.mul(
        knownOutputs === null ? outputs : i32.const(knownOutputs - rest),
        i32.const(output.perOutput),
      ),
    );
    body.doWhile(() => {
      tiles(TILE);
      body.set(weightAt, i32.add(weightAt, i32.const(TILE * weights.perOutput)));
      body.set(outputAt, i32.add(outputAt, i32.const(TILE * output.perOutput)));
      return i32.ltU(outputAt, end);
    });
  }
  if (rest > 0) tiles(rest);
}

interface Tile {
  readonly count: number;
  /** First vector, behind the byte offset `column`, and number of vectors. */
  readonly first: number;
  readonly width: number;
  readonly column: I32;
  readonly weightAt: Local<'i32'>;
  readonly outputAt: Local<'i32'>;
}

function emitTile(
  body: Body,
  { math }: KernelContext,
  { inputs, weights, matrix, output, zero }: BroadcastProduct,
  { count, first, width, column, weightAt, outputAt: outputRow }: Tile,
): void {
  const outputAt = body.hold(i32.add(outputRow, column));
  const place = (o: number, v: number): number =>
    output.address + o * output.perOutput + 16 * (first + v);
  const sums = Array.from({ length: count }, (_output, o) =>
    Array.from({ length: width }, (_vector, v) =>
      body.hold(output.isAdded ? v128.load(outputAt, place(o, v)) : zero),
    ),
  );
  const weight = body.hold(weightAt);
  const row = body.hold(column);
  const accumulate = (k: number): void =>
    body.scope(() => {
      const x = Array.from({ length: width }, (_, v) =>
        body.hold(v128.load(row, matrix.address + k * matrix.perInput + 16 * (first + v))),
      );
      sums.forEach((vectors, o) => {
        const w = body.hold(
          v128.loadSplat(weight, weights.address + o * weights.perOutput + k * weights.perInput),
        );
        vectors.forEach((sum, v) => body.set(sum, math.multiplyAdd(x[v], w, sum)));
      });
    });
  const left = body.hold(inputs);
  const step = (k: number): void => {
    body.set(weight, i32.add(weight, i32.const(k * weights.perInput)));
    body.set(row, i32.add(row, i32.const(k * matrix.perInput)));
    body.set(left, i32.sub(left, i32.const(k)));
  };
  body.while(
    () => i32.ltU(i32.const(UNROLL - 1), left),
    () => {
      for (let k = 0; k < UNROLL; k++) accumulate(k);
      step(UNROLL);
    },
  );
  body.while(
    () => left,
    () => {
      accumulate(0);
      step(1);
    },
  );
  sums.forEach((vectors, o) => body.storeVectors(outputAt, place(o, 0), vectors));
}
