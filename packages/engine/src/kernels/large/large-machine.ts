import { moments } from '@polysem/core/features';
import { ln1p } from '@polysem/numerics/elementary';
import { webAssembly, type WebAssemblyEngine } from '@polysem/numerics/wasm';
import { writeCompaction } from '../program/compaction.ts';
import { PAGE } from '../program/kernel-memory.ts';
import type { DrawnInputs } from '../program/drawing.ts';
import { largeMemory, type LargeMemory } from './large-memory.ts';
import { largeProgram, type LargeFunctions } from './large-program.ts';
import { classesOf, PANEL_ROWS, type LargeShape } from './large-shape.ts';
import { doTask, type LargeThread, type Tasks } from './large-tasks.ts';

/** A large model in memory, and all that computes with it. */
export interface LargeMachine extends LargeThread {
  /** Does all of some tasks. */
  readonly run: (tasks: Tasks) => void;
  /** False once the machine can no longer do tasks. */
  readonly isOpen: () => boolean;
}

/** Takes the memory for a large model and compiles its code, for one thread. */
export function buildLarge(shape: LargeShape): LargeMachine {
  const memory = largeMemory(shape, 1);
  const linear = takeMemory(shape, memory.pages, ({ Memory }, initial) => new Memory({ initial }));
  const thread = buildThread(shape, memory, linear, 0);
  writeTables(thread);
  return {
    ...thread,
    run: (tasks) => {
      for (let k = 0; k < tasks.count; k++) doTask(thread, tasks, k);
    },
    isOpen: () => true,
  };
}

/** Compiles the code of a thread for a memory. */
export function buildThread(
  shape: LargeShape,
  memory: LargeMemory,
  linear: { readonly buffer: ArrayBufferLike },
  thread: number,
): LargeThread {
  const { Module, Instance } = theEngine();
  const module = new Module(largeProgram(shape, memory, thread));
  const { exports } = new Instance(module, { env: { memory: linear } });
  return { shape, memory, buffer: linear.buffer, functions: exports as unknown as LargeFunctions };
}

function theEngine(): WebAssemblyEngine {
  const engine = webAssembly();
  if (engine === null) throw new Error('this JavaScript engine has no WebAssembly');
  return engine;
}

/** Writes the tables that do not depend on the model. */
export function writeTables({ memory, buffer }: LargeThread): void {
  writeCompaction(buffer, memory);
  const rowNumbers = new Int32Array(buffer, memory.rowNumbers, PANEL_ROWS);
  rowNumbers.set(rowNumbers.map((_, row) => 4 * row));
}

/** Largest memory of WebAssembly, in pages: 4 GB. */
const MOST_PAGES = 65_536;

/** Takes memory. @throws RangeError if WebAssembly cannot address it, or the machine does not have it. */
export function takeMemory<M>(
  { features, dims }: LargeShape,
  pages: number,
  take: (engine: WebAssemblyEngine, pages: number) => M,
): M {
  const refuse = (reason: string): never => {
    const gigabytes = ((pages * PAGE) / 1e9).toFixed(1);
    throw new RangeError(
      `model: ${features} features x ${dims} dimensions take ${gigabytes} GB to train, ${reason}; take fewer features or dimensions`,
    );
  };
  if (pages > MOST_PAGES) return refuse('more than the 4.3 GB that WebAssembly can address');
  const engine = theEngine();
  try {
    return take(engine, pages);
  } catch {
    return refuse('more than this machine has free');
  }
}

/** Bytes of the state and of the initial weights of a model, per parameter: three float32 in two copies, and a float64. */
const STATE_BYTES = 32;

/**
 * Bytes that the training of a large model takes.
 *
 * @param shape the model, from `teamShape`.
 * @param threads number of threads that train it together.
 * @returns the number of bytes.
 *
 * @example
 * ```js
 * import { largeBytes, teamShape } from 'polysem/kernels';
 * import { planTraining, trainingDefaults } from 'polysem/training';
 * const sizes = { features: 700, dims: 100, importance: Array(700).fill(1) };
 * const model = { task: 'compression', activation: 'relu', ...sizes };
 * const inputs = { shape: 'uniform', density: 0.01, unitVariance: false };
 * const { instance } = planTraining({ model, inputs, ...trainingDefaults(model), seed: 0 }).job(0);
 * largeBytes(teamShape(instance, 'wasm-simd'), 1) > 1e7; // true
 * ```
 */
export function largeBytes(shape: LargeShape, threads: number): number {
  return largeMemory(shape, threads).pages * PAGE + STATE_BYTES * shape.parameters.size;
}

/** Inputs last written to the memory of each machine. */
const written = new WeakMap<ArrayBufferLike, DrawnInputs>();

/** Writes densities and scales. */
export function writeInputs({ memory, buffer }: LargeThread, inputs: DrawnInputs): void {
  if (written.get(buffer) === inputs) return;
  written.set(buffer, inputs);
  const { marginals } = inputs;
  const classes = classesOf(marginals);
  const order = new Int32Array(buffer, memory.order, marginals.length);
  order.set(classes.flatMap(({ members }) => members.map((feature) => 4 * feature)));
  const acceptance = new Float32Array(buffer, memory.acceptance, marginals.length);
  const scale = new Float32Array(buffer, memory.scale, marginals.length);
  const sizes = new Int32Array(buffer, memory.classSizes, classes.length);
  const gapScales = new Float32Array(buffer, memory.gapScales, classes.length);
  classes.forEach(({ largest, members }, k) => {
    sizes[k] = members.length;
    gapScales[k] = Math.LN2 / ln1p(-largest);
    for (const i of members) {
      acceptance[i] = marginals[i].density / largest;
      scale[i] = moments(marginals[i]).scale;
    }
  });
}
