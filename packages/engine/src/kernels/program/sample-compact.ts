import type { KernelContext } from './context.ts';
import { emitPanelWalk, type ActiveSampling } from './active-sampling.ts';
import type { FunctionHandle } from '@polysem/numerics/wasm';
import { i32 } from '@polysem/numerics/wasm';

/**
 * Defines a function that samples the next inputs with an active feature and writes them as a dense panel. It returns the
 * number of rows, 0 at the end of the batch. Padding rows of the last strip are 0.
 */
export function defineCompactSampling(
  { module, structure, memory }: KernelContext,
  active: ActiveSampling,
): FunctionHandle<'i32'> {
  const { address, stride } = memory.inputs;
  return module.define(
    [],
    'i32',
    (body) => {
      body.clear(i32.const(address), i32.const(structure.features * stride));
      const filled = emitPanelWalk(body, {
        active,
        capacity: memory.rows,
        onCell: (rows, feature, value) => {
          const place = i32.add(i32.mul(feature, i32.const(stride)), i32.shl(rows, i32.const(2)));
          body.store(place, address - 4, value);
        },
      });
      body.return(filled);
    },
    'samplePanel',
  );
}
