import type { KernelMemory } from './kernel-memory.ts';
import type { GapSampling } from './sample-gaps.ts';
import type { Structure } from './structure.ts';
import type { FunctionHandle, ModuleBuilder } from '../wasm/module.ts';
import { i32 } from '../wasm/value.ts';

/**
 * Defines the drawing of a panel of those inputs that have an active feature, as a dense panel: gives the rows drawn, 0
 * once the batch is over. Rows that fill up the last strip are all zero.
 */
export function defineCompactSampling(
  module: ModuleBuilder,
  gaps: GapSampling,
  { features }: Structure,
  memory: KernelMemory,
): FunctionHandle<'i32'> {
  const { address, stride } = memory.inputs;
  return module.define(
    [],
    'i32',
    (body) => {
      body.clear(i32.const(address), i32.const(features * stride));
      const filled = body.hold(i32.const(0));
      const current = body.hold(i32.const(-1));
      const isFull = body.local('i32');
      gaps.walk(body, ({ row, feature, value, stop }) => {
        body.set(isFull, i32.const(0));
        body.if(i32.ne(row, current), () => {
          body.if(
            i32.eq(filled, i32.const(memory.rows)),
            () => {
              stop();
              body.set(isFull, i32.const(1));
            },
            () => {
              body.set(filled, i32.add(filled, i32.const(1)));
              body.set(current, row);
            },
          );
        });
        body.if(i32.eqz(isFull), () => {
          const place = i32.add(i32.mul(feature, i32.const(stride)), i32.shl(filled, i32.const(2)));
          body.store(place, address - 4, value);
        });
      });
      body.return(filled);
    },
    'samplePanel',
  );
}
