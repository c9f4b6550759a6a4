import { activations, type Activation } from '../activations/registry.ts';
import type { SparseBatch } from '@polysem/core/features';
import { isWeighted, type WeightedBatch } from '@polysem/core/features';
import type { Loss } from '../models/loss.ts';
import type { ComputationModel, ToyModel } from '../models/toy-model.ts';
import { checkFloat32 } from './check-float32.ts';
import type { CompiledKernel } from './program/compile.ts';
import { givenPanelBytes } from './program/given-panels.ts';
import { structureOnGiven, type Structure } from './program/structure.ts';
import { writeModel } from './write-model.ts';

type Batch = SparseBatch | WeightedBatch;

/** Batch stored in the memory of a compiled structure. */
interface Resident {
  readonly batch: Batch;
  readonly address: number;
  readonly bytes: number;
  /** Model whose targets are stored with the batch; null if none are. */
  model: ToyModel | null;
}

/** Contents of the memory of a compiled structure. */
interface Contents {
  residents: Resident[];
  /** Batch that the next evaluation uses. */
  current: Resident | null;
  model: ToyModel | null;
}

/** Number of batches kept in memory: the screening, training and evaluation batches of two models. */
const RESIDENTS = 6;
/** Bytes of stored batches beyond which all are dropped: a quarter of the largest WebAssembly memory. */
const MOST_BYTES: number = 2 ** 30;

const contents = new WeakMap<CompiledKernel, Contents>();

/**
 * Loss of a model on a given batch, in float32 with sums in float64. The most recent batches stay in the memory of the
 * compiled structure, so evaluating one again does not copy it.
 *
 * @throws RangeError if the model is malformed, it needs float64, or its number of features differs from the batch's.
 */
export function givenLoss(
  compiled: (structure: Structure) => CompiledKernel,
  model: ToyModel,
  batch: Batch,
  isFused: boolean,
): Loss {
  checkFloat32(model);
  if (batch.features !== model.features) {
    throw new RangeError(`batch: has ${batch.features} features, the model ${model.features}`);
  }
  const structure = structureOnGiven(model, isFused);
  const { size } = structure.parameters;
  let own: CompiledKernel | null = null;
  let views: Views | null = null;
  return {
    size,
    evaluate: (parameters, gradient) => {
      own ??= compiled(structure);
      const kernel = own;
      bring(kernel, model, batch);
      // The views become invalid when the memory grows.
      if (views?.buffer !== kernel.buffer) views = viewsOf(kernel, size);
      const { here, slopes, loss } = views;
      // Loops, because `set` between different array types takes longer than evaluating a small model.
      for (let j = 0; j < size; j++) here[j] = parameters[j];
      kernel.batch(0);
      for (let j = 0; j < size; j++) gradient[j] = slopes[j];
      return loss[0];
    },
  };
}

/** Views of parameters, gradient and loss in a kernel's memory. */
interface Views {
  readonly buffer: ArrayBuffer;
  readonly here: Float32Array;
  readonly slopes: Float32Array;
  readonly loss: Float64Array;
}

function viewsOf({ memory, buffer }: CompiledKernel, size: number): Views {
  return {
    buffer,
    here: new Float32Array(buffer, memory.parameters, size),
    slopes: new Float32Array(buffer, memory.gradient, size),
    loss: new Float64Array(buffer, memory.loss, 1),
  };
}

/** Selects the batch and the model for the next evaluation, and copies them to the kernel's memory if necessary. */
function bring(kernel: CompiledKernel, model: ToyModel, batch: Batch): void {
  const there = contents.get(kernel) ?? { residents: [], current: null, model: null };
  contents.set(kernel, there);
  if (there.current?.batch !== batch) {
    there.current =
      there.residents.find((one) => one.batch === batch) ?? load(kernel, there, batch);
    choose(kernel, there.current);
  }
  if (there.model !== model) writeModel(kernel, model, 1);
  there.model = model;
  if (model.task === 'computation' && there.current.model !== model)
    writeTargets(kernel, there.current, model);
  there.current.model = model;
}

/** Copies a batch to the kernel's memory, panel by panel. */
function load(kernel: CompiledKernel, there: Contents, batch: Batch): Resident {
  const { memory, structure } = kernel;
  const { rows, features, rowStarts, indices, values } = batch;
  const panelBytes = givenPanelBytes(structure, memory);
  const bytes = Math.ceil(rows / memory.rows) * panelBytes;
  const before = there.residents.reduce((sum, one) => sum + one.bytes, 0);
  if (there.residents.length === RESIDENTS || before + bytes > MOST_BYTES) there.residents = [];
  const last = there.residents.at(-1);
  const address = last === undefined ? memory.given : last.address + last.bytes;
  kernel.reserve(address + bytes - memory.given);
  const stride = memory.inputs.stride / 4;
  const weights = isWeighted(batch) ? batch.weights : null;
  const given = new Float32Array(kernel.buffer, address, bytes / 4).fill(0);
  for (let row = 0; row < rows; row++) {
    const from = placeOf(kernel, row);
    for (let at = rowStarts[row]; at < rowStarts[row + 1]; at++)
      given[from + indices[at] * stride] = values[at];
    given[from + features * stride] = weights === null ? 1 / rows : weights[row];
  }
  const resident = { batch, address, bytes, model: null };
  there.residents.push(resident);
  return resident;
}

/** Index of a row's first float32, counted from the start of the first panel. */
function placeOf({ memory, structure }: CompiledKernel, row: number): number {
  const panel = Math.floor(row / memory.rows);
  return (panel * givenPanelBytes(structure, memory)) / 4 + (row % memory.rows);
}

function choose({ memory, buffer }: CompiledKernel, { batch, address }: Resident): void {
  const view = new DataView(buffer);
  view.setInt32(memory.givenRows, batch.rows, true);
  view.setInt32(memory.givenAt, address, true);
  view.setFloat32(memory.emptyWeight, isWeighted(batch) ? batch.emptyWeight : 0, true);
  view.setInt32(memory.batch, 1, true);
  view.setInt32(memory.wantsGradient, 1, true);
}

/** Writes the target y = sum_i v_i f(x_i) of every row, for scalar computation. */
function writeTargets(
  kernel: CompiledKernel,
  { batch, address, bytes }: Resident,
  { activation, importance }: ComputationModel,
): void {
  const { memory } = kernel;
  const { rows, features, rowStarts, indices } = batch;
  const atZero = activations[activation].value(0);
  const computed = computedValues(batch, activation);
  const baseline = importance.reduce((sum, v) => sum + v * atZero, 0);
  const given = new Float32Array(kernel.buffer, address, bytes / 4);
  const targets = ((features + 1) * memory.inputs.stride) / 4;
  for (let row = 0; row < rows; row++) {
    let target = baseline;
    for (let at = rowStarts[row]; at < rowStarts[row + 1]; at++)
      target += importance[indices[at]] * (computed[at] - atZero);
    given[placeOf(kernel, row) + targets] = target;
  }
}

const computedOf = new WeakMap<Batch, Map<Activation, Float64Array>>();

/** Activation f of all active inputs; cached, since all models with this activation share it. */
function computedValues(batch: Batch, activation: Activation): Float64Array {
  const known = computedOf.get(batch) ?? new Map<Activation, Float64Array>();
  computedOf.set(batch, known);
  const found = known.get(activation) ?? batch.values.map(activations[activation].value);
  known.set(activation, found);
  return found;
}
