import type { Body } from '@polysem/numerics/wasm';
import { f32, i32, type I32 } from '@polysem/numerics/wasm';

/*
 * Conversion of weights for the sparse method, which pads the row of each feature with zeros to whole vectors. Parameters
 * and gradient are stored without padding. Each conversion runs once per step.
 */

/** A matrix with one row per feature, each padded with zeros to whole vectors. */
export interface PaddedRows {
  readonly features: number;
  readonly dims: number;
  readonly rowBytes: number;
}

/** Emits a loop over N x D numbers, with their addresses in unpadded, padded and transposed (dimension-major) layout. */
function overEntries(
  body: Body,
  { features, dims, rowBytes }: PaddedRows,
  visit: (plain: I32, padded: I32, transposed: I32) => void,
): void {
  const plain = body.hold(i32.const(0));
  const padded = body.hold(i32.const(0));
  const transposed = body.hold(i32.const(0));
  const feature = body.hold(i32.const(0));
  const columnBytes = transposedStride(features);
  body.doWhile(() => {
    body.set(transposed, feature);
    const end = body.hold(i32.add(plain, i32.const(4 * dims)));
    body.doWhile(() => {
      visit(plain, padded, transposed);
      body.set(plain, i32.add(plain, i32.const(4)));
      body.set(padded, i32.add(padded, i32.const(4)));
      body.set(transposed, i32.add(transposed, i32.const(columnBytes)));
      return i32.ltU(plain, end);
    });
    body.set(padded, i32.add(padded, i32.const(rowBytes - 4 * dims)));
    body.set(feature, i32.add(feature, i32.const(4)));
    return i32.ltU(feature, i32.const(4 * features));
  });
}

/** Stride in bytes between dimensions of transposed weights. */
export function transposedStride(features: number): number {
  return 16 * Math.ceil(features / 4) + 16;
}

/** Emits code that copies N x D weights at `from` to padded rows and, if wanted, to transposed weights. */
export function emitPad(
  body: Body,
  rows: PaddedRows,
  from: number,
  to: { readonly padded?: number; readonly transposed?: number },
): void {
  overEntries(body, rows, (plain, padded, transposed) => {
    const value = body.hold(f32.load(plain, from));
    if (to.padded !== undefined) body.store(padded, to.padded, value);
    if (to.transposed !== undefined) body.store(transposed, to.transposed, value);
  });
}

/** Emits code that copies padded rows at `from` to N x D numbers at `to`. */
export function emitUnpad(body: Body, rows: PaddedRows, from: number, to: number): void {
  overEntries(body, rows, (plain, padded) => body.store(plain, to, f32.load(padded, from)));
}
