import type { SparseContext } from './context.ts';
import { activationLanes } from '../../activations/registry.ts';
import { SPARSE_STRIP } from './kernel-memory.ts';
import { foldSums } from './loss-sum.ts';
import { emitClippedInputs, emitCount, emitListGradient } from './unclipped-lists.ts';
import type { OutputForm } from './output-errors.ts';
import { emitSparseOutputs } from './sparse-outputs.ts';
import { emitBroadcastProduct } from './broadcast-product.ts';
import {
  HELD_VECTORS,
  emitClearInputs,
  emitEmbeddingGradient,
  emitHidden,
  holdVectors,
  overParts,
  overRows,
} from './sparse-rows.ts';
import type { Body, FunctionHandle } from '@polysem/numerics/wasm';
import { f32x4, i32, type I32 } from '@polysem/numerics/wasm';

/**
 * Defines a function that processes a panel of a plain compression model with sparse inputs. The forward pass goes from
 * lists of active inputs to hidden vectors and densely to all outputs. The backward pass visits only the outputs that ReLU
 * does not clip, as long as they are few.
 */
export function defineSparseFeaturewise(context: SparseContext): FunctionHandle<null> {
  const { module, structure, memory, panel } = context;
  const { isRectified } = activationLanes(structure.activation);
  return module.define(
    ['i32'],
    null,
    (body, drawn) => {
      const here = i32.const(0);
      const rows = body.hold(
        i32.mul(
          i32.divU(i32.add(drawn, i32.const(SPARSE_STRIP - 1)), i32.const(SPARSE_STRIP)),
          i32.const(SPARSE_STRIP),
        ),
      );
      emitHidden(body, context, rows);
      overRows(body, panel, rows, (row) =>
        body.store(row, panel.outputEnds, i32.mul(row, i32.const(panel.outputCapacity))),
      );
      const isDense = isRectified
        ? body.hold(i32.load(here, panel.denseOutputs))
        : body.hold(i32.const(1));
      const forward = (form: OutputForm): void => emitSparseOutputs(body, context, rows, form);
      if (isRectified) {
        body.if(
          isDense,
          () => forward('dense'),
          () => {
            forward('lists');
            emitCount(body, context, rows);
            emitClippedInputs(body, context, rows);
          },
        );
      } else {
        forward('dense');
      }
      foldSums(body, structure, memory);
      body.if(i32.load(here, memory.wantsGradient), () => {
        const dense = (): void => emitDenseGradient(body, context, rows);
        if (!isRectified) dense();
        else body.if(isDense, dense, () => emitListGradient(body, context, rows));
      });
      emitClearInputs(body, panel);
    },
    'computePanel',
  );
}

/** Emits the backward pass from all outputs. */
function emitDenseGradient(body: Body, context: SparseContext, rows: I32): void {
  const { structure, panel } = context;
  const { features } = structure;
  const { rowBytes } = panel.weights;
  const vectors = rowBytes / 16;
  const shared = { vectors, zero: f32x4.const(0) };
  emitBroadcastProduct(body, context, {
    ...shared,
    outputs: rows,
    knownOutputs: null,
    inputs: i32.const(features),
    weights: { address: panel.errors, perOutput: panel.inputStride, perInput: 4 },
    matrix: { address: panel.readOut, perInput: rowBytes },
    output: { address: panel.hiddenErrors, perOutput: rowBytes, isAdded: false },
  });
  emitBroadcastProduct(body, context, {
    ...shared,
    outputs: i32.const(features),
    knownOutputs: features,
    inputs: rows,
    weights: { address: panel.errors, perOutput: 4, perInput: panel.inputStride },
    matrix: { address: panel.hidden, perInput: rowBytes },
    output: { address: panel.readOutGradient, perOutput: rowBytes, isAdded: true },
  });
  overRows(body, panel, rows, (row, hiddenAt) => {
    overParts(vectors, HELD_VECTORS, (first, count) => {
      body.scope(() => {
        const errors = holdVectors(body, hiddenAt, panel.hiddenErrors + 16 * first, count);
        emitEmbeddingGradient(body, context, row, errors, first);
      });
    });
  });
}
