import type { SparseBatch } from '../features/sparse.ts';
import { isWeighted, type WeightedBatch } from '../features/weighted-batch.ts';
import type { Loss } from '../models/loss.ts';
import type { ToyModel } from '../models/toy-model.ts';
import { checkFloat32Range } from './float32-range.ts';
import type { CompiledKernel } from './program/compile.ts';
import { givenPanelBytes } from './program/given-panels.ts';
import { structureOnGiven, type Structure } from './program/structure.ts';
import { writeModel } from './write-model.ts';

/** Which inputs and which model stand in the memory of a compiled structure. */
const loadedBatch = new WeakMap<CompiledKernel, SparseBatch | WeightedBatch>();
const loadedModel = new WeakMap<CompiledKernel, ToyModel>();

/**
 * The loss of a model on given inputs, in float32 with sums in float64. Inputs stay in the memory of the compiled
 * structure as long as losses on the same ones are asked for.
 *
 * @throws RangeError if the model is malformed, float32 cannot hold its importances, or the batch does not fit it.
 */
export function givenLoss(
  compiled: (structure: Structure) => CompiledKernel,
  model: ToyModel,
  batch: SparseBatch | WeightedBatch,
  isFused: boolean,
): Loss {
  checkFloat32Range(model);
  if (batch.features !== model.features) {
    throw new RangeError(`batch: has ${batch.features} features, the model ${model.features}`);
  }
  const structure = structureOnGiven(model, isFused);
  const { size } = structure.parameters;
  let own: CompiledKernel | null = null;
  return {
    size,
    evaluate: (parameters, gradient) => {
      own ??= compiled(structure);
      const kernel = own;
      const { memory } = kernel;
      if (loadedBatch.get(kernel) !== batch) load(kernel, batch);
      if (loadedModel.get(kernel) !== model) writeModel(kernel, model, 1);
      loadedModel.set(kernel, model);
      new Float32Array(kernel.buffer, memory.parameters, size).set(parameters);
      kernel.batch(0);
      gradient.set(new Float32Array(kernel.buffer, memory.gradient, size));
      return new Float64Array(kernel.buffer, memory.loss, 1)[0];
    },
  };
}

/** Brings inputs into memory, panel by panel. */
function load(kernel: CompiledKernel, batch: SparseBatch | WeightedBatch): void {
  const { memory, structure } = kernel;
  const { rows, features, rowStarts, indices, values } = batch;
  const bytes = givenPanelBytes(structure, memory);
  const panels = Math.ceil(rows / memory.rows);
  kernel.reserve(panels * bytes);
  const view = new DataView(kernel.buffer);
  const stride = memory.inputs.stride / 4;
  const weights = isWeighted(batch) ? batch.weights : null;
  const given = new Float32Array(kernel.buffer, memory.given, (panels * bytes) / 4).fill(0);
  for (let row = 0; row < rows; row++) {
    const from = Math.floor(row / memory.rows) * (bytes / 4) + (row % memory.rows);
    for (let at = rowStarts[row]; at < rowStarts[row + 1]; at++)
      given[from + indices[at] * stride] = values[at];
    given[from + features * stride] = weights === null ? 1 / rows : weights[row];
  }
  view.setInt32(memory.givenRows, rows, true);
  view.setFloat32(memory.emptyWeight, isWeighted(batch) ? batch.emptyWeight : 0, true);
  view.setInt32(memory.batch, 1, true);
  view.setInt32(memory.wantsGradient, 1, true);
  loadedBatch.set(kernel, batch);
}
