import type { Body, Local } from '@polysem/numerics/wasm';
import { f32, f32x4, i32, v128, type I32 } from '@polysem/numerics/wasm';
import type { KernelContext } from './context.ts';
import { sumOfLanes } from './lane-sums.ts';
import { STRIP, type PanelArray } from './panel.ts';

/** Two panel arrays to be multiplied and summed over rows. */
interface GradientPair {
  readonly left: PanelArray;
  readonly right: PanelArray;
}

/** Product that adds sum_row left[i][row] right[d][row], for each pair of arrays, to target[i][d], stored i-major. */
export interface GradientProduct {
  /** Bytes of rows, a multiple of a strip. */
  readonly rowBytes: I32;
  readonly lefts: number;
  readonly rights: number;
  readonly pairs: readonly GradientPair[];
  /** Address of the first of the lefts x rights numbers. */
  readonly target: number;
}

/** Size and position of a tile: number of lefts and rights, first right, pointers to its first left and target. */
interface Tile {
  readonly lefts: number;
  readonly rights: number;
  readonly firstRight: number;
  readonly left: I32;
  readonly target: I32;
}

/** Even and odd vectors of rows, which have separate sums that are added at the end. */
const PARITIES = [0, 1];

/** Emits a gradient product. */
export function emitGradientProduct(
  body: Body,
  context: KernelContext,
  product: GradientProduct,
): void {
  const { lefts, rights, pairs } = product;
  const { isWide } = context.structure;
  const shape = tileShape(rights, isWide);
  const stride = pairs[0].left.stride;
  const left = body.hold(i32.const(0));
  const target = body.hold(i32.const(0));
  const tilesOf = (count: number): void => {
    for (let firstRight = 0; firstRight < rights; firstRight += shape.rights) {
      const width = Math.min(shape.rights, rights - firstRight);
      const tile = { lefts: count, rights: width, firstRight, left, target };
      body.scope(() => {
        // With wide vectors both parities fit in registers at once, otherwise only one does.
        if (isWide) emitSums(body, context, product, tile, PARITIES);
        else for (const one of PARITIES) emitSums(body, context, product, tile, [one]);
        emitFold(body, context, product, tile);
      });
    }
  };
  const full = Math.floor(lefts / shape.lefts);
  if (full > 0) {
    body.doWhile(() => {
      tilesOf(shape.lefts);
      body.set(left, i32.add(left, i32.const(shape.lefts * stride)));
      body.set(target, i32.add(target, i32.const(4 * shape.lefts * rights)));
      return i32.ltU(left, i32.const(full * shape.lefts * stride));
    });
  }
  if (lefts > full * shape.lefts) tilesOf(lefts - full * shape.lefts);
}

/** Size of a tile: number of lefts and rights, at most ten products. */
function tileShape(rights: number, isWide: boolean): { lefts: number; rights: number } {
  if (rights === 1) return { lefts: 8, rights: 1 };
  if (rights === 2) return { lefts: 5, rights: 2 };
  if (rights === 3 || (isWide && rights === 6)) return { lefts: 3, rights: 3 };
  if (isWide) return { lefts: 5, rights: 2 };
  return rights === 5 ? { lefts: 2, rights: 5 } : { lefts: 2, rights: 4 };
}

/** Emits the sums of a tile over the rows of the given parities, and stores them in the scratch memory. */
function emitSums(
  body: Body,
  context: KernelContext,
  { pairs, rowBytes }: GradientProduct,
  tile: Tile,
  parities: readonly number[],
): void {
  body.scope(() => {
    const sums = Array.from({ length: tile.lefts * tile.rights }, () =>
      parities.map(() => body.hold(f32x4.const(0))),
    );
    const left = body.hold(tile.left);
    const right = body.hold(i32.const(0));
    body.doWhile(() => {
      for (let offset = 0; offset < 4 * STRIP; offset += 16 * PARITIES.length) {
        const places = parities.map((parity) => offset + 16 * parity);
        for (const pair of pairs) {
          body.scope(() =>
            emitProducts(body, context, { ...pair, places }, { ...tile, left, right }, sums),
          );
        }
      }
      body.set(left, i32.add(left, i32.const(4 * STRIP)));
      body.set(right, i32.add(right, i32.const(4 * STRIP)));
      return i32.ltU(right, rowBytes);
    });
    // Not `storeVectors`, which makes a step of 400 -> 30 15 % slower here.
    sums.forEach((both, k) =>
      both.forEach((sum, at) => {
        const place = PARITIES.length * k + parities[at];
        body.store(i32.const(0), context.memory.tile + 16 * place, sum);
      }),
    );
  });
}

/** Emits code that adds the products of some vectors of rows to the sums of a tile. */
function emitProducts(
  body: Body,
  { math }: KernelContext,
  pair: GradientPair & { readonly places: readonly number[] },
  tile: Tile & { readonly right: I32 },
  sums: readonly (readonly Local<'v128'>[])[],
): void {
  const { lefts, rights, firstRight } = tile;
  const load = (array: PanelArray, row: I32, index: number): Local<'v128'>[] => {
    const address = array.address + index * array.stride;
    return pair.places.map((place) => body.hold(v128.load(row, address + place)));
  };
  const b = Array.from({ length: rights }, (_, d) => load(pair.right, tile.right, firstRight + d));
  for (let i = 0; i < lefts; i++) {
    body.scope(() => {
      const a = load(pair.left, tile.left, i);
      for (let d = 0; d < rights; d++) {
        sums[i * rights + d].forEach((sum, v) =>
          body.set(sum, math.multiplyAdd(a[v], b[d][v], sum)),
        );
      }
    });
  }
}

/** Emits code that adds the sums in the scratch memory to the target. */
function emitFold(
  body: Body,
  { memory }: KernelContext,
  { rights, target }: GradientProduct,
  tile: Tile,
): void {
  const here = i32.const(0);
  for (let k = 0; k < tile.lefts * tile.rights; k++) {
    const [i, d] = [Math.floor(k / tile.rights), k % tile.rights];
    const [even, odd] = PARITIES.map((parity) =>
      v128.load(here, memory.tile + 16 * (PARITIES.length * k + parity)),
    );
    const at = target + 4 * (i * rights + tile.firstRight + d);
    const sum = sumOfLanes(body, f32x4.add(even, odd));
    body.store(tile.target, at, f32.add(f32.load(tile.target, at), sum));
  }
}
