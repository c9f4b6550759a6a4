import { defineDenseFeaturewise } from './dense-featurewise.ts';
import { defineDenseComputation } from './dense-computation.ts';
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
import { defineSparseFeaturewise } from './sparse-featurewise.ts';
import { defineSparseComputation } from './sparse-computation.ts';
import type { Structure } from './structure.ts';
import { arithmetic, type Arithmetic } from '@polysem/numerics/lanes';
import { webAssembly } from '@polysem/numerics/wasm';
import {
  called,
  moduleBuilder,
  type Body,
  type FunctionHandle,
  type ModuleBuilder,
} from '@polysem/numerics/wasm';
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
  const here = i32.const(0);
  const seed = defineSeeding(module, memory.random);
  const { drawing, method } = structure;
  const active =
    drawing === null || method === 'dense'
      ? null
      : defineActiveSampling(module, math, structure, drawing, memory);
  const { samplePanel, computePanel, strip } =
    active === null || memory.sparse === null
      ? densePanels(module, math, structure, memory, active)
      : sparsePanels(module, math, structure, memory, active, memory.sparse);
  const finish = defineEmptyInputs(module, math, structure, memory);
  const norm = defineGradientNorm(module, structure, memory);
  const update = defineUpdate(module, math, structure, memory);

  const begin = module.define(
    ['i32'],
    null,
    (body, step) => {
      body.clear(i32.const(memory.gradient), i32.const(floats(structure.parameters.size)));
      body.store(here, memory.loss, f64.const(0));
      body.store(here, memory.processed, i32.const(0));
      body.call(seed, i32.const(memory.stream), step);
      if (active !== null) body.call(active.begin);
      if (memory.sparse !== null) beginSparse(body, structure, memory, memory.sparse);
    },
    'begin',
  );
  const skipPanel = module.define(
    ['i32'],
    null,
    (body, rows) => {
      const strips = i32.divU(i32.add(rows, i32.const(strip - 1)), i32.const(strip));
      const whole = i32.mul(strips, i32.const(strip));
      body.store(here, memory.processed, i32.add(i32.load(here, memory.processed), whole));
    },
    'skipPanel',
  );
  const batch = module.define(
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
      if (memory.sparse !== null) endSparse(body, structure, memory, memory.sparse);
      body.call(finish);
    },
    'batch',
  );
  module.define(
    ['i32', 'i32'],
    'i32',
    (body, first, count) => {
      const done = body.hold(i32.const(0));
      body.while(
        () => i32.ltU(done, count),
        () => {
          body.call(batch, i32.add(first, done));
          const loss = body.hold(f64.load(here, memory.loss));
          const squaredNorm = body.hold(called(norm));
          // If either value is not finite the difference is NaN, and NaN < 1 is false.
          const finite = f64.lt(
            f64.sub(f64.add(loss, squaredNorm), f64.add(loss, squaredNorm)),
            f64.const(1),
          );
          body.if(i32.eqz(finite), () => body.return(done));
          body.store(i32.shl(done, i32.const(3)), memory.losses, loss);
          body.call(update, squaredNorm, i32.mul(done, i32.const(12)));
          body.set(done, i32.add(done, i32.const(1)));
        },
      );
      body.return(done);
    },
    'advance',
  );
  return module.bytes(memory.pages);
}

type Definition = [ModuleBuilder, Arithmetic, Structure, KernelMemory];

/** Functions that sample and process panels; the rows of a panel are padded to a multiple of `strip`. */
interface Panels {
  readonly samplePanel: FunctionHandle<'i32'>;
  readonly computePanel: FunctionHandle<null>;
  readonly strip: number;
}

function densePanels(
  ...[module, math, structure, memory, active]: [...Definition, ActiveSampling | null]
): Panels {
  const { drawing } = structure;
  return {
    samplePanel:
      drawing === null
        ? defineGivenPanels(module, structure, memory)
        : active === null
          ? definePanelSampling(module, math, structure, drawing, memory)
          : defineCompactSampling(module, active, structure, memory),
    computePanel:
      structure.task === 'featurewise'
        ? defineDenseFeaturewise(module, math, structure, memory)
        : defineDenseComputation(module, math, structure, memory),
    strip: STRIP,
  };
}

function sparsePanels(
  ...[module, math, structure, memory, active, panel]: [...Definition, ActiveSampling, SparsePanel]
): Panels {
  const isFeaturewise = structure.task === 'featurewise';
  return {
    samplePanel: defineRowSampling(module, active, structure, memory, panel),
    computePanel: isFeaturewise
      ? defineSparseFeaturewise(module, math, structure, memory, panel)
      : defineSparseComputation(module, math, structure, memory, panel),
    strip: isFeaturewise ? SPARSE_STRIP : 1,
  };
}

/** Emits code that copies the weights to the padded layout of the sparse method. */
function beginSparse(
  body: Body,
  { task, isTied, parameters }: Structure,
  memory: KernelMemory,
  panel: SparsePanel,
): void {
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
function endSparse(
  body: Body,
  { task, isTied, parameters }: Structure,
  memory: KernelMemory,
  panel: SparsePanel,
): void {
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
    Array.from({ length: features }, (_, i) => i * rowBytes),
  );
  new Float32Array(buffer, panel.fixedOutputs, dims).fill(1);
  for (let mask = 0; mask < 16; mask++) {
    const lanes = [0, 1, 2, 3].filter((lane) => (mask >> lane) % 2 === 1);
    const order = new Uint8Array(buffer, panel.compaction + 16 * mask, 16).fill(255);
    order.set(lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)));
    new Int32Array(buffer, panel.compactionSizes, 16)[mask] = 4 * lanes.length;
  }
}
