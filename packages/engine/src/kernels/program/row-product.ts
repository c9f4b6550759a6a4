import type { Body, Local } from '@polysem/numerics/wasm';
import { i32, v128, type I32, type V128 } from '@polysem/numerics/wasm';
import type { KernelContext } from './context.ts';
import type { PanelArray } from './panel.ts';

/*
 * Matrix products over a panel of inputs, in register tiles. V8 provides 15 vector registers: 5 x 2 accumulators, two
 * operands and one broadcast weight use 13. With wide vectors twice as many 128-bit accumulators fit, and the
 * multipliers need them to stay busy. The size of a tile does not change the order of any sum.
 */

/** One output of a tile, for a few vectors of rows. Each address is the sum of a local and a constant. */
export interface TileOutput {
  /** Address in arrays of one number per output: `load(each, array + eachOffset)`. */
  readonly each: I32;
  readonly eachOffset: number;
  /** Address of this output's rows in a panel array: `load(rows, array.address + rowsOffset)`. */
  readonly rows: I32;
  readonly rowsOffset: number;
  /** Byte offset of these rows in arrays of one number per row. */
  readonly row: I32;
  /** Sums, one vector per four consecutive rows. */
  readonly sums: readonly Local<'v128'>[];
}

/** Product out[o][row] = start(o) + sum_k in[k][row] weight[o][k], for all outputs o and all rows of a panel. */
export interface RowProduct {
  readonly outputs: number;
  readonly inputs: number;
  readonly input: PanelArray;
  /** Address of weight[0][0], and the strides in bytes between outputs and between inputs. */
  readonly weights: {
    readonly address: number;
    readonly perOutput: number;
    readonly perInput: number;
  };
  /** Stride of the panel arrays that are indexed by output. */
  readonly outputStride: number;
  /** Emits the initial value of the sums of an output. */
  readonly start: (each: I32, eachOffset: number) => V128;
  /** Emits code that uses the sums of a finished tile. */
  readonly finish: (outputs: readonly TileOutput[]) => void;
}

const UNROLLED = 96;

/** Size of a tile: number of outputs, and of vectors of four rows. */
function tileShape(outputs: number, isWide: boolean): { outputs: number; vectors: number } {
  if (outputs <= 2) return { outputs, vectors: 4 };
  const vectors = isWide ? 4 : 2;
  if (outputs <= 5) return { outputs, vectors };
  for (const size of [5, 4, 3]) if (outputs % size === 0) return { outputs: size, vectors };
  return { outputs: outputs === 7 ? 4 : 5, vectors };
}

/** Pointers of a tile: 4 times its first output, its rows in arrays by output, and the weights of its first output. */
interface Pointers {
  readonly each: I32;
  readonly rows: I32;
  readonly weight: I32;
}

/** Tile of `count` outputs and `vectors` vectors of rows. It starts `first` outputs after the pointers. */
interface Tile {
  readonly count: number;
  readonly first: number;
  readonly vectors: number;
  readonly row: I32;
  readonly pointers: Pointers;
}

/** Emits a row product over `rowBytes` bytes of rows, a multiple of a strip. */
export function emitRowProduct(
  body: Body,
  context: KernelContext,
  rowBytes: I32,
  product: RowProduct,
): void {
  const { outputs, inputs, weights, outputStride } = product;
  const shape = tileShape(outputs, context.structure.isWide);
  const { vectors } = shape;
  const full = Math.floor(outputs / shape.outputs);
  const rest = outputs - full * shape.outputs;
  const row = body.hold(i32.const(0));
  const tile = (count: number, first: number, pointers: Pointers): void =>
    body.scope(() => emitTile(body, context, product, { count, first, vectors, row, pointers }));
  body.doWhile(() => {
    if (full * inputs * shape.outputs <= UNROLLED) {
      const still = { each: i32.const(0), rows: row, weight: i32.const(0) };
      for (let t = 0; t < full; t++) tile(shape.outputs, t * shape.outputs, still);
      if (rest > 0) tile(rest, full * shape.outputs, still);
    } else {
      const each = body.hold(i32.const(0));
      const rows = body.hold(row);
      const weight = body.hold(i32.const(0));
      const moving = { each, rows, weight };
      body.doWhile(() => {
        tile(shape.outputs, 0, moving);
        body.set(each, i32.add(each, i32.const(4 * shape.outputs)));
        body.set(rows, i32.add(rows, i32.const(shape.outputs * outputStride)));
        body.set(weight, i32.add(weight, i32.const(shape.outputs * weights.perOutput)));
        return i32.ltU(each, i32.const(4 * shape.outputs * full));
      });
      if (rest > 0) tile(rest, 0, moving);
    }
    body.set(row, i32.add(row, i32.const(16 * vectors)));
    return i32.ltU(row, rowBytes);
  });
}

/** Emits one tile: initial sums, the products of all inputs, and the use of the sums. */
function emitTile(body: Body, context: KernelContext, product: RowProduct, tile: Tile): void {
  const { inputs, input, weights } = product;
  const { count, first, vectors, row, pointers } = tile;
  const outputs = Array.from({ length: count }, (_output, o): TileOutput => {
    const eachOffset = 4 * (first + o);
    return {
      each: pointers.each,
      eachOffset,
      rows: pointers.rows,
      rowsOffset: (first + o) * product.outputStride,
      row,
      sums: Array.from({ length: vectors }, () =>
        body.hold(product.start(pointers.each, eachOffset)),
      ),
    };
  });
  const weightOffset = weights.address + first * weights.perOutput;
  const accumulate = (k: number, inputPointer: I32, weightPointer: I32): void =>
    body.scope(() => {
      const x = Array.from({ length: vectors }, (_, v) =>
        body.hold(v128.load(inputPointer, input.address + k * input.stride + 16 * v)),
      );
      outputs.forEach(({ sums }, o) => {
        const offset = weightOffset + o * weights.perOutput + k * weights.perInput;
        const w = body.hold(v128.loadSplat(weightPointer, offset));
        sums.forEach((sum, v) => body.set(sum, context.math.multiplyAdd(x[v], w, sum)));
      });
    });
  if (inputs * count <= UNROLLED) {
    for (let k = 0; k < inputs; k++) accumulate(k, row, pointers.weight);
  } else {
    const unroll = 4;
    const looped = Math.floor(inputs / unroll) * unroll;
    const inputPointer = body.hold(row);
    const weightPointer = body.hold(pointers.weight);
    const left = body.hold(i32.const(looped / unroll));
    body.doWhile(() => {
      for (let k = 0; k < unroll; k++) accumulate(k, inputPointer, weightPointer);
      body.set(inputPointer, i32.add(inputPointer, i32.const(unroll * input.stride)));
      body.set(weightPointer, i32.add(weightPointer, i32.const(unroll * weights.perInput)));
      body.set(left, i32.sub(left, i32.const(1)));
      return left;
    });
    for (let k = 0; k < inputs - looped; k++) accumulate(k, inputPointer, weightPointer);
  }
  product.finish(outputs);
}

/** Stores the sums of a tile in a panel array; for `finish` of a row product. */
export function storeSums(body: Body, { address }: PanelArray): RowProduct['finish'] {
  return (outputs) => {
    for (const { rows, rowsOffset, sums } of outputs)
      body.storeVectors(rows, address + rowsOffset, sums);
  };
}

/** Visits the sums of a tile, each with its address in panel arrays: `load(at, array.address + offset)`. */
export function overSums(
  body: Body,
  visit: (sum: Local<'v128'>, at: I32, offset: number) => void,
): RowProduct['finish'] {
  return (outputs) => {
    for (const { rows, rowsOffset, sums } of outputs)
      for (const [v, sum] of sums.entries())
        body.scope(() => visit(sum, rows, rowsOffset + 16 * v));
  };
}
