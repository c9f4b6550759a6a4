import { activationLanes } from '../../activations/registry.ts';
import type { Body, FunctionHandle, I32, Local } from '@polysem/numerics/wasm';
import { f32x4, i32, v128 } from '@polysem/numerics/wasm';
import { addToMemory, addVectors } from './add-to-memory.ts';
import { emitBroadcastProduct } from './broadcast-product.ts';
import type { SparseContext } from './context.ts';
import { foldSums } from './loss-sum.ts';
import type { SparsePanel } from './kernel-memory.ts';
import { overColumns } from './output-errors.ts';
import { emitPad, emitUnpad, transposedStride } from './padded-weights.ts';
import { emitClearInputs, overList } from './sparse-rows.ts';
import type { Structure } from './structure.ts';

/*
 * The Gram form of a model with a linear hidden layer. Outputs are b + sum_i x_i G_i with the rows of G = W U^T. The gradient
 * of the loss by G is C = X^T R, where R has the errors of the outputs, so that dW = C U and dU = C^T W. A row of inputs costs
 * active inputs x features instead of features x dimensions; G and the gradients cost 3 features^2 x dimensions per step.
 */

/**
 * Defines a function that processes a panel of a plain compression model from lists of active inputs. It goes through the
 * list of the whole panel, not row by row: the processor cannot predict where the short list of a row ends.
 */
export function defineGramFeaturewise(context: SparseContext): FunctionHandle<null> {
  const { module, structure, memory, panel } = context;
  return module.define(
    ['i32'],
    null,
    (body, rows) => {
      emitStart(body, context, rows);
      emitSums(body, context);
      const { features, isWide } = structure;
      overColumns(body, features, isWide ? 8 : 4, (column, count) =>
        body.scope(() => emitErrors(body, context, rows, { column, count })),
      );
      foldSums(body, structure, memory);
      body.if(i32.load(i32.const(0), memory.wantsGradient), () => emitInputErrors(body, context));
      emitClearInputs(body, panel);
    },
    'computePanel',
  );
}

/** Some vectors of features: the byte offset of the first, and their number. */
interface GramColumns {
  readonly column: I32;
  readonly count: number;
}

/** Emits the outputs of rows without active features: the bias. */
function emitStart(body: Body, { structure, memory, panel }: SparseContext, rows: I32): void {
  const { from, length } = structure.parameters.bias;
  const bias = memory.parameters + 4 * from;
  overWide(body, structure, ({ column, count }) => {
    const start = Array.from({ length: count }, (_, v) =>
      body.hold(length > 0 ? v128.load(column, bias + 16 * v) : f32x4.const(0)),
    );
    overPanelRows(body, panel, rows, column, (at) => body.storeVectors(at, panel.errors, start));
  });
}

/** Emits the outputs before their activation: adds the row of the Gram matrix of every active input, times its value. */
function emitSums(body: Body, { math, structure, panel }: SparseContext): void {
  overWide(body, structure, ({ column, count }) =>
    overEntries(body, panel, column, ({ x, row, place }) =>
      addToMemory(body, count, row, panel.errors, (v, sum) =>
        math.multiplyAdd(x, v128.load(place, panel.gram + 16 * v), sum),
      ),
    ),
  );
}

/** Emits the products of the inputs with the errors of the outputs. */
function emitInputErrors(body: Body, { math, structure, panel }: SparseContext): void {
  overWide(body, structure, ({ column, count }) =>
    overEntries(body, panel, column, ({ x, row, place }) =>
      addToMemory(body, count, place, panel.inputErrors, (v, sum) =>
        math.multiplyAdd(x, v128.load(row, panel.errors + 16 * v), sum),
      ),
    ),
  );
}

/** Emits a loop over the columns, in parts that fit in the registers. */
function overWide(
  body: Body,
  { features, isWide }: Structure,
  visit: (columns: GramColumns) => void,
): void {
  const vectors = Math.ceil(features / 4);
  const parts = Math.ceil(vectors / (isWide ? 24 : 12));
  const width = 2 * Math.ceil(vectors / parts / 2);
  overColumns(body, features, width, (column, count) => body.scope(() => visit({ column, count })));
}

/** An active input: its value, and the byte offsets of its row of outputs and of the row of its feature in the Gram matrix. */
interface GramEntry {
  readonly x: Local<'v128'>;
  readonly row: Local<'i32'>;
  readonly place: Local<'i32'>;
}

/** Emits a loop over the active inputs of a panel; the offsets are those of a column. */
function overEntries(
  body: Body,
  panel: SparsePanel,
  column: I32,
  visit: (entry: GramEntry) => void,
): void {
  const end = body.hold(i32.load(i32.const(0), panel.entries));
  overList(body, i32.const(0), end, (at) =>
    visit({
      x: body.hold(v128.loadSplat(at, panel.values)),
      row: body.hold(i32.add(i32.load(at, panel.rowPlaces), column)),
      place: body.hold(i32.add(i32.load(at, panel.places), column)),
    }),
  );
}

/** Emits a loop over the rows of a panel, with the byte offset of a column of each. */
function overPanelRows(
  body: Body,
  panel: SparsePanel,
  rows: I32,
  column: I32,
  visit: (at: Local<'i32'>) => void,
): void {
  const at = body.hold(column);
  const end = body.hold(i32.add(i32.mul(rows, i32.const(panel.inputStride)), column));
  body.doWhile(() => {
    body.scope(() => visit(at));
    body.set(at, i32.add(at, i32.const(panel.inputStride)));
    return i32.ltU(at, end);
  });
}

/** Emits the errors of the outputs of some columns, and adds losses and bias gradients. */
function emitErrors(
  body: Body,
  { math, structure, memory, panel }: SparseContext,
  rows: I32,
  { column, count }: GramColumns,
): void {
  const activation = activationLanes(structure.activation);
  const vectors = Array.from({ length: count }, (_, v) => 16 * v);
  const biasSums = vectors.map(() => body.hold(f32x4.const(0)));
  const squares = vectors.map(() => body.hold(f32x4.const(0)));
  overPanelRows(body, panel, rows, column, (at) => {
    const loaded = vectors.map((offset) => ({
      sum: body.hold(v128.load(at, panel.errors + offset)),
      x: body.hold(v128.load(at, panel.inputs + offset)),
    }));
    const sent = loaded.map(({ sum, x }, v) => {
      const { value, backward } = activation.withSlope(body, math, sum);
      const error = body.hold(f32x4.sub(value, x));
      body.set(squares[v], math.multiplyAdd(error, error, squares[v]));
      const pull = v128.load(column, memory.pull + vectors[v]);
      return body.hold(backward(body.hold(f32x4.mul(error, pull))));
    });
    sent.forEach((error, v) => body.set(biasSums[v], f32x4.add(biasSums[v], error)));
    body.storeVectors(at, panel.errors, sent);
  });
  addVectors(body, column, memory.lossSums, squares);
  if (structure.parameters.bias.length > 0) addVectors(body, column, memory.biasSums, biasSums);
}

/** Emits the beginning of a batch: the Gram matrix of the weights, and no gradient yet. */
export function beginGram(body: Body, context: SparseContext): void {
  const { structure, memory, panel } = context;
  const { features, dims, isTied, parameters } = structure;
  const { weights, placeBytes, transposed } = panel;
  body.clear(i32.const(panel.inputErrors), i32.const(features * placeBytes));
  const own = { padded: panel.embedding };
  emitPad(body, weights, memory.parameters, isTied ? { ...own, transposed } : own);
  if (!isTied) {
    const from = memory.parameters + 4 * parameters.readOut.from;
    emitPad(body, weights, from, { padded: panel.readOut, transposed });
  }
  emitBroadcastProduct(body, context, {
    outputs: i32.const(features),
    knownOutputs: features,
    inputs: i32.const(dims),
    vectors: placeBytes / 16,
    weights: { address: memory.parameters, perOutput: 4 * dims, perInput: 4 },
    matrix: { address: transposed, perInput: transposedStride(features) },
    output: { address: panel.gram, perOutput: placeBytes, isAdded: false },
    zero: f32x4.const(0),
  });
}

/** Emits the end of a batch: the gradients of the weights from that of the Gram matrix. */
export function endGram(body: Body, context: SparseContext): void {
  const { structure, memory, panel } = context;
  const { features, isTied, parameters } = structure;
  const { weights, placeBytes } = panel;
  const { rowBytes } = weights;
  const shared = {
    outputs: i32.const(features),
    knownOutputs: features,
    inputs: i32.const(features),
    vectors: rowBytes / 16,
    zero: f32x4.const(0),
  };
  body.if(i32.load(i32.const(0), memory.wantsGradient), () => {
    emitBroadcastProduct(body, context, {
      ...shared,
      weights: { address: panel.inputErrors, perOutput: placeBytes, perInput: 4 },
      matrix: { address: panel.readOut, perInput: rowBytes },
      output: { address: panel.embeddingGradient, perOutput: rowBytes, isAdded: false },
    });
    emitBroadcastProduct(body, context, {
      ...shared,
      weights: { address: panel.inputErrors, perOutput: 4, perInput: placeBytes },
      matrix: { address: panel.embedding, perInput: rowBytes },
      output: { address: panel.readOutGradient, perOutput: rowBytes, isAdded: isTied },
    });
    emitUnpad(body, weights, panel.embeddingGradient, memory.gradient);
    if (!isTied) {
      const to = memory.gradient + 4 * parameters.readOut.from;
      emitUnpad(body, weights, panel.readOutGradient, to);
    }
  });
}
