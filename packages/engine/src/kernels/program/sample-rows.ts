import type { SparseContext } from './context.ts';
import { emitPanelWalk, type ActiveSampling } from './active-sampling.ts';
import type { FunctionHandle } from '@polysem/numerics/wasm';
import { f32, i32 } from '@polysem/numerics/wasm';

/**
 * Defines a function that samples the next inputs with an active feature and writes them as lists of active features. It
 * returns the number of rows, 0 at the end of the batch. Padding rows of the last strip have empty lists.
 */
export function defineRowSampling(
  { module, structure, memory, panel }: SparseContext,
  active: ActiveSampling,
): FunctionHandle<'i32'> {
  return module.define(
    [],
    'i32',
    (body) => {
      const here = i32.const(0);
      const entry = body.hold(i32.const(0));
      body.store(here, panel.starts, i32.const(0));
      const filled = emitPanelWalk(body, {
        active,
        capacity: panel.rows,
        onCell: (rows, feature, value) => {
          const x = body.hold(value);
          body.store(entry, panel.places, i32.mul(feature, i32.const(panel.placeBytes)));
          body.store(entry, panel.values, x);
          const column = body.hold(i32.shl(feature, i32.const(2)));
          if (structure.task === 'featurewise') {
            const rowPlace = body.hold(
              i32.mul(i32.sub(rows, i32.const(1)), i32.const(panel.inputStride)),
            );
            const place = body.hold(i32.add(rowPlace, column));
            if (structure.method === 'gram') body.store(entry, panel.rowPlaces, rowPlace);
            body.store(place, panel.inputs, x);
            body.store(entry, panel.inputPlaces, place);
          } else {
            body.store(entry, panel.entryImportance, f32.load(column, memory.importance));
          }
          body.set(entry, i32.add(entry, i32.const(4)));
          // The end of the list of this row so far, which is where that of the next one starts.
          body.store(i32.shl(rows, i32.const(2)), panel.starts, entry);
        },
      });
      const at = body.hold(i32.add(i32.shl(filled, i32.const(2)), i32.const(4)));
      body.while(
        () => i32.ltU(at, i32.const(4 * panel.rows + 4)),
        () => {
          body.store(at, panel.starts, entry);
          body.set(at, i32.add(at, i32.const(4)));
        },
      );
      body.store(here, panel.entries, entry);
      body.return(filled);
    },
    'samplePanel',
  );
}
