import type { SparseBatch } from '@polysem/core/features';
import type { Generator } from '@polysem/numerics/random';
import { compile, type CompiledKernel } from './program/compile.ts';
import { float64Sampling } from './float64-sampling.ts';
import { checkFloat32 } from './check-float32.ts';
import { rangeOf, type Instance, type InstanceState, type Kernel } from './kernel.ts';
import { largeKernel, type LargeInstance } from './large/large-kernel.ts';
import { largeShape } from './large/large-shape.ts';
import { STEPS_AT_ONCE } from './program/kernel-memory.ts';
import { writeOptimiser } from './program/optimise.ts';
import type { Method } from './program/method.ts';
import { MOST_CELLS } from './program/sample-gaps.ts';
import { drawnInputs, type DrawnInputs } from './program/drawing.ts';
import { structureOf, type Structure } from './program/structure.ts';
import { givenLoss } from './given-loss.ts';
import { writeSamplingTables } from './write-sampling-tables.ts';
import { writeModel } from './write-model.ts';
import { writeRates } from './write-rates.ts';

/** Number of compiled structures in the cache; the least recently used is evicted first. */
const KEPT = 64;

/**
 * WebAssembly SIMD kernel in float32, with code generated for the exact structure of a model.
 *
 * @param isFused use fused multiply-adds, which round once (`wasm-fma`); otherwise they round twice (`wasm-simd`).
 * @param method the method to use for every instance, for tests and benchmarks; chosen per instance if absent.
 */
export function wasmKernel(isFused: boolean, method?: Method): Kernel {
  const cache = new Map<string, CompiledKernel>();
  const compiled = (structure: Structure): CompiledKernel => {
    const key = JSON.stringify(structure);
    const found = cache.get(key) ?? compile(structure);
    cache.delete(key);
    cache.set(key, found);
    if (cache.size > KEPT) cache.delete(cache.keys().next().value as string);
    return found;
  };

  /** Compiles the structure of an instance and writes to memory everything that stays constant during its steps. */
  const load = (
    instance: Instance,
    inputs: DrawnInputs,
    parameters: ArrayLike<number>,
    stream: Generator,
    wantsGradient: boolean,
  ): { kernel: CompiledKernel; size: number } => {
    const structure = structureOf(instance, inputs, isFused, method);
    checkBatch(instance);
    checkFloat32(instance.model);
    const kernel = compiled(structure);
    const { memory, buffer } = kernel;
    const view = new DataView(buffer);
    view.setInt32(memory.batch, instance.batch, true);
    view.setInt32(memory.wantsGradient, wantsGradient ? 1 : 0, true);
    const name = new Uint32Array(buffer, memory.stream, 4);
    name.set([stream.key[0], stream.key[1], stream.counter[2], stream.counter[3]]);
    writeModel(kernel, instance.model, instance.batch);
    writeSamplingTables(kernel, inputs);
    writeOptimiser(view, memory.optimiser, instance.optimiser, instance.clip);
    new Float32Array(buffer, memory.parameters, parameters.length).set(parameters);
    return { kernel, size: structure.parameters.size };
  };

  /** The instance as one for large models; null if it is not, or a method was given. */
  const largeOf = (instance: Instance, drawn: DrawnInputs): LargeInstance | null => {
    const shape = method === undefined ? largeShape(instance, drawn, isFused) : null;
    if (shape === null) return null;
    checkBatch(instance);
    checkFloat32(instance.model);
    return { instance, drawn, shape };
  };

  const advance: Kernel['advance'] = (instance, state, losses) => {
    const drawn = drawnInputs(instance);
    if (drawn === null) return outside.advance(instance, state, losses);
    const large = largeOf(instance, drawn);
    if (large !== null) return forLarge.advance(large, state, losses);
    const { kernel, size } = load(instance, drawn, state.parameters, instance.stream, true);
    const { memory, buffer } = kernel;
    const parts = (['parameters', 'first', 'second'] as const).map((part) => ({
      mine: state[part],
      there: new Float32Array(buffer, memory[part], size),
    }));
    for (const { mine, there } of parts) there.set(mine);
    let taken = 0;
    while (taken < losses.length) {
      const count = Math.min(STEPS_AT_ONCE, losses.length - taken);
      writeRates(kernel.buffer, memory.table, instance, { first: state.step, count });
      const done = kernel.advance(state.step, count);
      losses.set(new Float64Array(buffer, memory.losses, done), taken);
      state.step += done;
      taken += done;
      if (done < count) break;
    }
    for (const { mine, there } of parts) mine.set(there);
    return taken;
  };

  const given: Kernel['given'] = (model, batch) => givenLoss(compiled, model, batch, isFused);
  const outside = float64Sampling(given);
  const forLarge = largeKernel();
  return {
    name: isFused ? 'wasm-fma' : 'wasm-simd',
    begin,
    advance,
    evaluate: (instance, parameters, stream, batches, each) => {
      const drawn = drawnInputs(instance);
      if (drawn === null) return outside.evaluate(instance, parameters, stream, batches, each);
      const { first, count } = rangeOf(batches);
      const large = largeOf(instance, drawn);
      if (large !== null) {
        const losses = new Float64Array(count);
        forLarge.evaluate(large, parameters, stream, { first, losses });
        each?.set(losses);
        return losses.reduce((sum, loss) => sum + loss, 0) / count;
      }
      const { kernel } = load(instance, drawn, parameters, stream, false);
      const loss = new Float64Array(kernel.buffer, kernel.memory.loss, 1);
      let sum = 0;
      for (let k = 0; k < count; k++) {
        kernel.batch(first + k);
        if (each !== undefined) each[k] = loss[0];
        sum += loss[0];
      }
      return sum / count;
    },
    gradient: (instance, parameters, step, gradient) => {
      const drawn = drawnInputs(instance);
      if (drawn === null) return outside.gradient(instance, parameters, step, gradient);
      const large = largeOf(instance, drawn);
      if (large !== null) return forLarge.gradient(large, parameters, step, gradient);
      const { kernel, size } = load(instance, drawn, parameters, instance.stream, true);
      kernel.batch(step);
      gradient.set(new Float32Array(kernel.buffer, kernel.memory.gradient, size));
      return new Float64Array(kernel.buffer, kernel.memory.loss, 1)[0];
    },
    given,
    inputs: (instance, step) => {
      const drawn = drawnInputs(instance);
      if (drawn === null) return outside.inputs(instance, step);
      const large = largeOf(instance, drawn);
      if (large !== null) return forLarge.inputs(large, step);
      const { kernel } = load(instance, drawn, [], instance.stream, false);
      return readInputs(kernel, instance, step);
    },
  };
}

function checkBatch({ batch, model: { features } }: Instance): void {
  if (batch * features <= MOST_CELLS) return;
  throw new RangeError(
    `batch: ${batch} inputs of ${features} features are more than ${MOST_CELLS} numbers; take fewer`,
  );
}

function begin(start: ArrayLike<number>): InstanceState {
  return {
    parameters: Float32Array.from(start),
    first: new Float32Array(start.length),
    second: new Float32Array(start.length),
    step: 0,
  };
}

/** Reads the inputs of a batch panel by panel. Rows without active features come last. */
function readInputs(kernel: CompiledKernel, instance: Instance, step: number): SparseBatch {
  const { features } = instance.model;
  const rows = instance.batch;
  const rowStarts = new Uint32Array(rows + 1);
  const indices: number[] = [];
  const values: number[] = [];
  kernel.begin(step);
  let row = 0;
  for (let drawn = kernel.samplePanel(); drawn > 0; drawn = kernel.samplePanel()) {
    for (let r = 0; r < drawn; r++) {
      for (const { feature, value } of readRow(kernel, features, r)) {
        indices.push(feature);
        values.push(value);
      }
      row++;
      rowStarts[row] = indices.length;
    }
    kernel.skipPanel(drawn);
  }
  rowStarts.fill(indices.length, row);
  return {
    rows,
    features,
    rowStarts,
    indices: Uint32Array.from(indices),
    values: Float64Array.from(values),
  };
}

/** Active features of a row of the current panel, in ascending order. */
function readRow(
  { memory: { inputs, sparse }, buffer }: CompiledKernel,
  features: number,
  row: number,
): { feature: number; value: number }[] {
  if (sparse === null) {
    const panel = new Float32Array(buffer, inputs.address, (features * inputs.stride) / 4);
    return Array.from({ length: features }, (_, feature) => ({
      feature,
      value: panel[(feature * inputs.stride) / 4 + row],
    })).filter(({ value }) => value !== 0);
  }
  const [from, to] = new Int32Array(buffer, sparse.starts + 4 * row, 2);
  const places = new Int32Array(buffer, sparse.places + from, (to - from) / 4);
  const values = new Float32Array(buffer, sparse.values + from, (to - from) / 4);
  // The next panel expects dense inputs of 0. Computing a panel would clear them, but this one is only read.
  if (sparse.inputs > 0) {
    new Float32Array(buffer, sparse.inputs + row * sparse.inputStride, features).fill(0);
  }
  const entries = Array.from(places, (place, at) => ({
    feature: place / sparse.placeBytes,
    value: values[at],
  }));
  // Sort: the sampling code emits features group by group.
  return entries.toSorted((a, b) => a.feature - b.feature);
}
