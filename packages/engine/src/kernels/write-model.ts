import { featurewiseForm } from '../models/featurewise-form.ts';
import type { ToyModel } from '../models/toy-model.ts';

/** Memory of a kernel, and the addresses of the data of a model. */
interface ModelTarget {
  readonly buffer: ArrayBufferLike;
  readonly memory: {
    readonly importance: number;
    readonly pull: number;
    readonly coefficient: number;
  };
}

/** Writes the data of a model that generated code needs besides its structure. Sums over inputs are divided by `rows`. */
export function writeModel({ memory, buffer }: ModelTarget, model: ToyModel, rows: number): void {
  const array = (address: number, length: number): Float32Array =>
    new Float32Array(buffer, address, length);
  const importance = array(memory.importance, model.features);
  if (model.task === 'computation') {
    importance.set(model.importance);
    // Fill at least one vector: the code reads all four lanes even with fewer features.
    array(memory.pull, Math.max(4, model.features)).fill(2 / rows);
    return;
  }
  const { weight, coefficient } = featurewiseForm(model);
  const pull = array(memory.pull, model.features);
  for (let i = 0; i < model.features; i++) {
    const w = weight?.[i] ?? 1;
    importance[i] = w;
    pull[i] = (2 * w) / rows;
  }
  array(memory.coefficient, model.features).set(
    coefficient ?? new Float32Array(model.features).fill(1),
  );
}
