import { arithmetic } from '@polysem/numerics/lanes';
import { i32, moduleBuilder, type FunctionHandle } from '@polysem/numerics/wasm';
import { defineGradientNorm, defineUpdate } from '../program/optimise.ts';
import type { LargeContext } from './large-context.ts';
import type { LargeMemory } from './large-memory.ts';
import type { LargeShape } from './large-shape.ts';
import { emitBiasSums, emitClearRows, emitGradientSums, emitRowSums } from './list-products.ts';
import { emitPanelOutputs } from './panel-outputs.ts';
import { defineSamplePanel } from './sample-panel.ts';

/** The functions of a module for a large model, which one thread calls. Addresses and offsets are in bytes. */
export interface LargeFunctions {
  /** Samples a panel: its number in the stream, its address, and its number of rows. */
  readonly sample: (number: number, panel: number, rows: number) => void;
  /** Computes loss and lists of a sampled panel, and the gradients of its hidden vectors if wanted. */
  readonly forward: (panel: number, rows: number, wantsGradient: number) => void;
  /**
   * Adds the sums over the panels before `end` to the gradient of some features, a range of 4 bytes each; sets it to 0 first
   * if `isFirst`.
   */
  readonly gather: (from: number, to: number, end: number, isFirst: number) => void;
  /** Squared norm of a part of the gradient. */
  readonly norm: (from: number, to: number) => number;
  /** Updates a part of the parameters. */
  readonly update: (squaredNorm: number, table: number, from: number, to: number) => void;
}

/** Generates the module of one of several threads; they share its memory if there are several. */
export function largeProgram(
  shape: LargeShape,
  memory: LargeMemory,
  thread: number,
): Uint8Array<ArrayBuffer> {
  const module = moduleBuilder();
  const math = arithmetic(shape.isFused);
  const context = { module, math, shape, memory, scratch: memory.scratch[thread] };
  defineSamplePanel(context);
  defineForward(context);
  defineGather(context);
  defineGradientNorm(context);
  defineUpdate(context);
  return module.bytes(memory.pages, memory.scratch.length > 1);
}

function defineForward(context: LargeContext): FunctionHandle<null> {
  const { module, shape, memory } = context;
  const { active, errors, hidden, hiddenErrors } = memory.panel;
  const sendBack = module.define(['i32', 'i32', 'i32'], null, (body, panel, from, to) =>
    emitRowSums(body, context, {
      panel,
      lists: errors,
      features: [from, to],
      target: hiddenErrors,
    }),
  );
  return module.define(
    ['i32', 'i32', 'i32'],
    null,
    (body, address, rows, wantsGradient) => {
      const features = [i32.const(0), i32.const(4 * shape.features)] as const;
      emitClearRows(body, context, address, hidden);
      emitRowSums(body, context, { panel: address, lists: active, features, target: hidden });
      emitClearRows(body, context, address, hiddenErrors);
      const rowBytes = body.hold(i32.shl(rows, i32.const(2)));
      emitPanelOutputs(body, context, { address, rowBytes }, (from, to) =>
        body.if(wantsGradient, () => body.call(sendBack, address, from, to)),
      );
    },
    'forward',
  );
}

function defineGather(context: LargeContext): FunctionHandle<null> {
  const { module, shape, memory } = context;
  const { dims, hasBias, parameters } = shape;
  return module.define(
    ['i32', 'i32', 'i32', 'i32'],
    null,
    (body, from, to, end, isFirst) => {
      const bytes = body.hold(i32.sub(to, from));
      const bias = memory.gradient + 4 * parameters.bias.from;
      body.if(isFirst, () => {
        const rows = i32.add(i32.const(memory.gradient), i32.mul(from, i32.const(dims)));
        body.clear(rows, i32.mul(bytes, i32.const(dims)));
        if (hasBias) body.clear(i32.add(i32.const(bias), from), bytes);
      });
      const task = { features: [from, to], end } as const;
      emitGradientSums(body, context, task);
      if (hasBias) emitBiasSums(body, context, task);
    },
    'gather',
  );
}
