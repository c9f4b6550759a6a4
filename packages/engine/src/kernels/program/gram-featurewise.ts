import { activationLanes } from '../../activations/registry.ts';
import type { Body, FunctionHandle, I32, Local } from '@polysem/numerics/wasm';
import { f32x4, i32, v128 } from '@polysem/numerics/wasm';
import { emitBroadcastProduct } from './broadcast-product.ts';
import type { SparseContext } from './context.ts';
import { foldSums } from './loss-sum.ts';
import { addVectors, overColumns } from './output-errors.ts';
import { emitPad, emitUnpad, transposedStride } from './padded-weights.ts';
import { emitClearInputs, overList } from './sparse-rows.ts';

/*
 * The Gram form of a model with a linear hidden layer. Outputs are b + sum_i x_i G_i with the rows of G = W U^T. The gradient
 * of the loss by G is C = X^T R, where R has the errors of the outputs, so that dW = C U and dU = C^T W. A row of inputs costs
 * active inputs x features instead of features x dimensions; G and the gradients cost 3 features^2 x dimensions per step.
 */

/**
 * Defines a function that processes a panel of a plain compression model from lists of active inputs: outputs, errors and
 * their products with the inputs, a few vectors of outputs at a time, so that nothing of a row is stored.
 */
export function defineGramFeaturewise(context: SparseContext): FunctionHandle<null> {
  const { module, structure, memory, panel } = context;
  return module.define(
    ['i32'],
    null,
    (body, rows) => {
      const wantsGradient = body.hold(i32.load(i32.const(0), memory.wantsGradient));
      overColumns(body, structure.features, structure.isWide ? 8 : 4, (column, count) =>
        body.scope(() => emitColumns(body, context, { rows, column, count, wantsGradient })),
      );
      foldSums(body, structure, memory);
      emitClearInputs(body, panel);
    },
    'computePanel',
  );
}

/** Some vectors of outputs of all rows: the byte offset of the first, and their number. */
interface GramColumns {
  readonly rows: I32;
  readonly column: I32;
  readonly count: number;
  readonly wantsGradient: I32;
}

function emitColumns(body: Body, context: SparseContext, columns: GramColumns): void {
  const { structure, memory, panel } = context;
  const { rows, column, count } = columns;
  const zeros = (): Local<'v128'>[] =>
    Array.from({ length: count }, () => body.hold(f32x4.const(0)));
  const biasSums = zeros();
  const squares = zeros();
  const row = body.hold(i32.const(0));
  const inputAt = body.hold(column);
  const end = body.hold(i32.shl(rows, i32.const(2)));
  body.doWhile(() => {
    body.scope(() => emitRow(body, context, columns, { row, inputAt, biasSums, squares }));
    body.set(row, i32.add(row, i32.const(4)));
    body.set(inputAt, i32.add(inputAt, i32.const(panel.inputStride)));
    return i32.ltU(row, end);
  });
  addVectors(body, column, memory.lossSums, squares);
  if (structure.parameters.bias.length > 0) addVectors(body, column, memory.biasSums, biasSums);
}

/** A row: 4 times its number, the byte offset of its dense inputs, and the sums over rows. */
interface GramRow {
  readonly row: I32;
  readonly inputAt: I32;
  readonly biasSums: readonly Local<'v128'>[];
  readonly squares: readonly Local<'v128'>[];
}

function emitRow(
  body: Body,
  { math, structure, memory, panel }: SparseContext,
  { column, count, wantsGradient }: GramColumns,
  { row, inputAt, biasSums, squares }: GramRow,
): void {
  const activation = activationLanes(structure.activation);
  const { from, length } = structure.parameters.bias;
  const bias = memory.parameters + 4 * from;
  const first = body.hold(i32.load(row, panel.starts));
  const last = body.hold(i32.load(row, panel.starts + 4));
  const overActive = (visit: (x: Local<'v128'>, place: Local<'i32'>) => void): void =>
    overList(body, first, last, (at) =>
      visit(
        body.hold(v128.loadSplat(at, panel.values)),
        body.hold(i32.add(i32.load(at, panel.places), column)),
      ),
    );
  const sums = biasSums.map((_, v) =>
    body.hold(length > 0 ? v128.load(column, bias + 16 * v) : f32x4.const(0)),
  );
  overActive((x, place) =>
    sums.forEach((sum, v) =>
      body.set(sum, math.multiplyAdd(x, v128.load(place, panel.gram + 16 * v), sum)),
    ),
  );
  const sent = Array.from({ length: count }, (_, v) => {
    const { value, backward } = activation.withSlope(body, math, sums[v]);
    const error = body.hold(f32x4.sub(value, v128.load(inputAt, panel.inputs + 16 * v)));
    body.set(squares[v], math.multiplyAdd(error, error, squares[v]));
    const pull = v128.load(column, memory.pull + 16 * v);
    const pulled = body.hold(backward(body.hold(f32x4.mul(error, pull))));
    body.set(biasSums[v], f32x4.add(biasSums[v], pulled));
    return pulled;
  });
  body.if(wantsGradient, () =>
    overActive((x, place) =>
      sent.forEach((error, v) => {
        const offset = panel.inputErrors + 16 * v;
        body.store(place, offset, math.multiplyAdd(x, error, v128.load(place, offset)));
      }),
    ),
  );
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
