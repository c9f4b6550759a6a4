import type { KernelContext, SparseContext } from './context.ts';
import { defineDenseFeaturewise } from './dense-featurewise.ts';
import { defineDenseComputation } from './dense-computation.ts';
import { writeCompaction } from './compaction.ts';
import { defineFusedFeaturewise, isSmall } from './fused-featurewise.ts';
import { defineEmptyInputs } from './empty-inputs.ts';
import { defineGivenPanels } from './given-panels.ts';
import {
  floats,
  kernelMemory,
  PAGE,
  SPARSE_STRIP,
  type KernelMemory,
  type SparsePanel,
} from './kernel-memory.ts';
import { defineGradientNorm, defineUpdate } from './optimise.ts';
import { emitPad, emitUnpad } from './padded-weights.ts';
import { STRIP } from './panel.ts';
import { defineSeeding } from '@polysem/numerics/lanes';
import { defineCompactSampling } from './sample-compact.ts';
import { defineRowSampling } from './sample-rows.ts';
import { defineActiveSampling, definePanelSampling } from './sampling.ts';
import type { ActiveSampling } from './active-sampling.ts';
import { beginGram, defineGramFeaturewise, endGram } from './gram-featurewise.ts';
import { defineSparseFeaturewise } from './sparse-featurewise.ts';
import { defineSparseComputation } from './sparse-computation.ts';
import type { Structure } from './structure.ts';
import { arithmetic } from '@polysem/numerics/lanes';
import { webAssembly } from '@polysem/numerics/wasm';
import { called, moduleBuilder, type Body, type FunctionHandle } from '@polysem/numerics/wasm';
import { f64, i32 } from '@polysem/numerics/wasm';

/** Functions and memory of a compiled structure. */
export interface CompiledKernel {
  readonly structure: Structure;
  readonly memory: KernelMemory;
  /** The memory's buffer; a different object after the memory has grown. */
  readonly buffer: ArrayBuffer;
  /** Grows the memory so that at least `bytes` bytes follow the fixed layout. */
  readonly reserve: (bytes: number) => void;
  /** Starts the batch of a step: seeds the generators and clears the sums. */
  readonly begin: (step: number) => void;
  /** Samples the next panel of the batch. Returns its number of rows, 0 at the end of the batch. */
  readonly samplePanel: () => number;
  /** Computes the whole batch of a step and leaves loss and gradient in memory. */
  readonly batch: (step: number) => void;
  /** Takes `count` steps starting at step `first`. Returns the steps taken: fewer if loss or gradient is not finite. */
  readonly advance: (first: number, count: number) => number;
  /** Counts the rows of a sampled panel as processed without computing them. */
  readonly skipPanel: (rows: number) => void;
}

/** Generates, compiles and links the code of a structure. */
export function compile(structure: Structure): CompiledKernel {
  const engine = webAssembly();
  if (engine === null) throw new Error('this JavaScript engine has no WebAssembly');
  const memory = kernelMemory(structure);
  const bytes = generate(structure, memory);
  const linear = new engine.Memory({ initial: memory.pages });
  if (memory.sparse !== null) writeTables(linear.buffer, memory.sparse);
  const { exports } = new engine.Instance(new engine.Module(bytes), { env: { memory: linear } });
  return {
    structure,
    memory,
    get buffer() {
      return linear.buffer;
    },
    reserve: (beyond) => {
      const missing = memory.given + beyond - linear.buffer.byteLength;
      if (missing > 0) linear.grow(Math.ceil(missing / PAGE));
    },
    begin: (step) => void exports.begin(step),
    samplePanel: () => exports.samplePanel(),
    batch: (step) => void exports.batch(step),
    advance: (first, count) => exports.advance(first, count),
    skipPanel: (rows) => void exports.skipPanel(rows),
  };
}

/** Generates the code of a structure. */
function generate(structure: Structure, memory: KernelMemory): Uint8Array<ArrayBuffer> {
  const module = moduleBuilder();
  const math = arithmetic(structure.isFused);
  const context: KernelContext = { module, math, structure, memory };
  const seed = defineSeeding(module, memory.random);
  const { drawing, method } = structure;
  const active =
    drawing === null || method === 'dense' ? null : defineActiveSampling({ ...context, drawing });
  const panels =
    active === null || memory.sparse === null
      ? densePanels(context, active)
      : sparsePanels({ ...context, panel: memory.sparse }, active);
  const finish = defineEmptyInputs(context);
  const norm = defineGradientNorm(context);
  const update = defineUpdate(context);
  const begin = defineBegin(context, seed, active);
  const batch = defineBatch(context, { ...panels, begin, finish });
  defineAdvance(context, { batch, norm, update });
  return module.bytes(memory.pages);
}

/** Defines a function that starts the batch of a step: it seeds the generators and clears the sums. */
function defineBegin(
  context: KernelContext,
  seed: ReturnType<typeof defineSeeding>,
  active: ActiveSampling | null,
): FunctionHandle<null> {
  const { module, structure, memory } = context;
  const here = i32.const(0);
  return module.define(
    ['i32'],
    null,
    (body, step) => {
      body.clear(i32.const(memory.gradient), i32.const(floats(structure.parameters.size)));
      body.store(here, memory.loss, f64.const(0));
      body.store(here, memory.processed, i32.const(0));
      body.call(seed, i32.const(memory.stream), step);
      if (active !== null) body.call(active.begin);
      if (memory.sparse !== null) {
        listCode(structure).begin(body, { ...context, panel: memory.sparse });
      }
    },
    'begin',
  );
}

/** Defines a function that counts the rows of a panel as processed, and one that processes a whole batch. */
function defineBatch(
  context: KernelContext,
  parts: Panels & Readonly<Record<'begin' | 'finish', FunctionHandle<null>>>,
): FunctionHandle<null> {
  const { module, structure, memory } = context;
  const { samplePanel, computePanel, strip, begin, finish } = parts;
  const skipPanel = module.define(
    ['i32'],
    null,
    (body, rows) => {
      const here = i32.const(0);
      const strips = i32.divU(i32.add(rows, i32.const(strip - 1)), i32.const(strip));
      const whole = i32.mul(strips, i32.const(strip));
      body.store(here, memory.processed, i32.add(i32.load(here, memory.processed), whole));
    },
    'skipPanel',
  );
  return module.define(
    ['i32'],
    null,
    (body, step) => {
      body.call(begin, step);
      const rows = body.hold(called(samplePanel));
      body.while(
        () => rows,
        () => {
          body.call(computePanel, rows);
          body.call(skipPanel, rows);
          body.set(rows, called(samplePanel));
        },
      );
      if (memory.sparse !== null) {
        listCode(structure).end(body, { ...context, panel: memory.sparse });
      }
      body.call(finish);
    },
    'batch',
  );
}

/** Defines a function that takes a number of steps. It returns the steps taken: fewer if loss or gradient is not finite. */
function defineAdvance(
  { module, structure, memory }: KernelContext,
  {
    batch,
    norm,
    update,
  }: {
    readonly batch: FunctionHandle<null>;
    readonly norm: FunctionHandle<'f64'>;
    readonly update: FunctionHandle<null>;
  },
): void {
  module.define(
    ['i32', 'i32'],
    'i32',
    (body, first, count) => {
      const done = body.hold(i32.const(0));
      const all = [i32.const(0), i32.const(floats(structure.parameters.size))] as const;
      body.while(
        () => i32.ltU(done, count),
        () => {
          body.call(batch, i32.add(first, done));
          const loss = body.hold(f64.load(i32.const(0), memory.loss));
          const squaredNorm = body.hold(called(norm, ...all));
          // If either value is not finite the difference is NaN, and NaN < 1 is false.
          const finite = f64.lt(
            f64.sub(f64.add(loss, squaredNorm), f64.add(loss, squaredNorm)),
            f64.const(1),
          );
          body.if(i32.eqz(finite), () => body.return(done));
          body.store(i32.shl(done, i32.const(3)), memory.losses, loss);
          body.call(update, squaredNorm, i32.mul(done, i32.const(12)), ...all);
          body.set(done, i32.add(done, i32.const(1)));
        },
      );
      body.return(done);
    },
    'advance',
  );
}

/** Functions that sample and process panels; the rows of a panel are padded to a multiple of `strip`. */
interface Panels {
  readonly samplePanel: FunctionHandle<'i32'>;
  readonly computePanel: FunctionHandle<null>;
  readonly strip: number;
}

function densePanels(context: KernelContext, active: ActiveSampling | null): Panels {
  const { drawing, task } = context.structure;
  return {
    samplePanel:
      drawing === null
        ? defineGivenPanels(context)
        : active === null
          ? definePanelSampling({ ...context, drawing })
          : defineCompactSampling(context, active),
    computePanel:
      task === 'computation'
        ? defineDenseComputation(context)
        : isSmall(context.structure)
          ? defineFusedFeaturewise(context)
          : defineDenseFeaturewise(context),
    strip: STRIP,
  };
}

function sparsePanels(context: SparseContext, active: ActiveSampling): Panels {
  const { define, strip } = listCode(context.structure);
  const samplePanel = defineRowSampling(context, active);
  return { samplePanel, computePanel: define(context), strip };
}

/** Code of a method with lists: the beginning and end of a batch, and a panel, whose rows are a multiple of `strip`. */
interface ListCode {
  readonly begin: (body: Body, context: SparseContext) => void;
  readonly end: (body: Body, context: SparseContext) => void;
  readonly define: (context: SparseContext) => FunctionHandle<null>;
  readonly strip: number;
}

function listCode({ task, method }: Structure): ListCode {
  if (method === 'gram')
    return { begin: beginGram, end: endGram, define: defineGramFeaturewise, strip: 1 };
  const shared = { begin: beginSparse, end: endSparse };
  return task === 'featurewise'
    ? { ...shared, define: defineSparseFeaturewise, strip: SPARSE_STRIP }
    : { ...shared, define: defineSparseComputation, strip: 1 };
}

/** Emits code that copies the weights to the padded layout of the sparse method. */
function beginSparse(body: Body, { structure, memory, panel }: SparseContext): void {
  const { task, isTied, parameters } = structure;
  const { weights } = panel;
  const bytes = i32.const(weights.features * weights.rowBytes);
  const isFeaturewise = task === 'featurewise';
  body.store(i32.const(0), panel.denseOutputs, i32.const(0));
  body.clear(i32.const(panel.embeddingGradient), bytes);
  const shared = isFeaturewise && isTied ? { transposed: panel.transposed } : {};
  emitPad(body, weights, memory.parameters, { padded: panel.embedding, ...shared });
  if (isFeaturewise && !isTied) {
    body.clear(i32.const(panel.readOutGradient), bytes);
    emitPad(body, weights, memory.parameters + 4 * parameters.readOut.from, {
      padded: panel.readOut,
      transposed: panel.transposed,
    });
  }
}

/** Emits code that copies the gradient back from the padded layout of the sparse method. */
function endSparse(body: Body, { structure, memory, panel }: SparseContext): void {
  const { task, isTied, parameters } = structure;
  emitUnpad(body, panel.weights, panel.embeddingGradient, memory.gradient);
  if (task === 'featurewise' && !isTied) {
    const to = memory.gradient + 4 * parameters.readOut.from;
    emitUnpad(body, panel.weights, panel.readOutGradient, to);
  }
}

/** Writes the lookup tables of the sparse method. */
function writeTables(buffer: ArrayBuffer, panel: SparsePanel): void {
  const { features, dims, rowBytes } = panel.weights;
  new Int32Array(buffer, panel.featurePlaces, features).set(
    Array.from({ length: features }, (_, i) => rowBytes * i),
  );
  new Float32Array(buffer, panel.fixedOutputs, dims).fill(1);
  writeCompaction(buffer, panel);
}
