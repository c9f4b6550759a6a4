import type { KernelContext } from './context.ts';
import { stripBytes } from './panel.ts';
import type { Body, FunctionHandle, Local } from '@polysem/numerics/wasm';
import { f32, i32 } from '@polysem/numerics/wasm';

/**
 * Defines a function that samples a dense panel of inputs. It returns the number of rows, 0 at the end of the batch.
 * Padding rows of the last strip are set to 0.
 *
 * @param draw emits code that fills the first `bytes` bytes of each feature's rows.
 */
export function defineDrawnPanel(
  { module, structure, memory }: KernelContext,
  draw: (body: Body, bytes: Local<'i32'>) => void,
): FunctionHandle<'i32'> {
  const { address, stride } = memory.inputs;
  return module.define(
    [],
    'i32',
    (body) => {
      const here = i32.const(0);
      const left = body.hold(
        i32.sub(i32.load(here, memory.batch), i32.load(here, memory.processed)),
      );
      body.if(i32.ltS(left, i32.const(1)), () => body.return(i32.const(0)));
      const rows = body.hold(i32.const(memory.rows));
      body.if(i32.ltS(left, rows), () => body.set(rows, left));
      const bytes = body.hold(stripBytes(rows));
      draw(body, bytes);
      body.if(i32.ltU(i32.shl(rows, i32.const(2)), bytes), () => {
        const column = body.hold(i32.const(0));
        body.doWhile(() => {
          const at = body.hold(i32.add(column, i32.shl(rows, i32.const(2))));
          const end = body.hold(i32.add(column, bytes));
          body.doWhile(() => {
            body.store(at, address, f32.const(0));
            body.set(at, i32.add(at, i32.const(4)));
            return i32.ltU(at, end);
          });
          body.set(column, i32.add(column, i32.const(stride)));
          return i32.ltU(column, i32.const(structure.features * stride));
        });
      });
      body.return(rows);
    },
    'samplePanel',
  );
}

/** Emits a loop over the rows of a panel, `vectors` vectors of four rows at a time. `visit` gets 4 times the first row. */
export function overStrips(
  body: Body,
  bytes: Local<'i32'>,
  vectors: number,
  visit: (row: Local<'i32'>) => void,
): void {
  const row = body.hold(i32.const(0));
  body.doWhile(() => {
    body.scope(() => visit(row));
    body.set(row, i32.add(row, i32.const(16 * vectors)));
    return i32.ltU(row, bytes);
  });
}
