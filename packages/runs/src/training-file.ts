import type { Embedding } from '@polysem/core/embedding';
import { version } from '@polysem/core/version';
import type { KernelName } from '@polysem/engine/kernels';
import {
  recordedSteps,
  type DivergedTraining,
  type TrainingResult,
} from '@polysem/engine/training';
import { embeddingToMatrix, encodeSafetensors } from '@polysem/io';
import { toJson } from './to-json.ts';

interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/**
 * Encodes a trained model as a safetensors file: W as D x N, the other parameters that it has, and its history. The metadata
 * hold the spec, and name the axis that counts features, so that `measure` needs no flag for it.
 *
 * @param result the trained model.
 * @param kernel the kernel that trained it; null if the result does not depend on it.
 * @returns the bytes of the file.
 *
 * @example
 * ```js
 * import { encodeTraining } from 'polysem/runs';
 * import { train, trainingDefaults } from 'polysem/training';
 * const model = { task: 'computation', activation: 'quadratic', features: 2, dims: 1, importance: [1, 1] };
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: true };
 * const result = train({ model, inputs, ...trainingDefaults(model), restarts: 1, seed: 0 });
 * encodeTraining(result, null) instanceof Uint8Array; // true
 * ```
 */
export function encodeTraining(result: TrainingResult, kernel: KernelName | null): Uint8Array {
  return encodeSafetensors(tensors(result), {
    ...metadata(kernel),
    spec: toJson(result.spec),
    result: toJson(scalars(result)),
  });
}

/**
 * Encodes several models as one safetensors file, with instances as the first axis of every tensor; NaN for an instance whose
 * restarts all diverged.
 *
 * @param results the trained models, of one architecture.
 * @param kernel the kernel that trained them; null if the results do not depend on it.
 * @returns the bytes of the file.
 *
 * @example
 * ```js
 * import { encodeTrainings } from 'polysem/runs';
 * import { train, trainingDefaults } from 'polysem/training';
 * const model = { task: 'computation', activation: 'quadratic', features: 2, dims: 1, importance: [1, 1] };
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: true };
 * const result = train({ model, inputs, ...trainingDefaults(model), restarts: 1, seed: 0 });
 * encodeTrainings([result, result], null) instanceof Uint8Array; // true
 * ```
 */
export function encodeTrainings(
  results: readonly (TrainingResult | DivergedTraining)[],
  kernel: KernelName | null,
): Uint8Array {
  const each = results.map((result) => (result.best === null ? null : tensors(result)));
  const pattern = each.find((known) => known !== null) ?? [];
  const stacked = pattern.map(({ name, shape, data: { length } }, t) => {
    const data = new Float64Array(results.length * length).fill(NaN);
    each.forEach((known, i) => data.set(known?.[t].data ?? [], i * length));
    return { name, shape: [results.length, ...shape], data };
  });
  return encodeSafetensors(stacked, {
    ...metadata(kernel),
    spec: toJson(results.map(({ spec }) => spec)),
    result: toJson(results.map((result) => (result.best === null ? null : scalars(result)))),
  });
}

function metadata(kernel: KernelName | null): Record<string, string> {
  return { polysem: version, features: 'columns', ...(kernel !== null && { kernel }) };
}

function scalars({ loss, lossError, optimum, gap }: TrainingResult): object {
  return { loss, lossError, optimum, gap };
}

function tensors(result: TrainingResult): NamedTensor[] {
  return [...parameterTensors(result), ...historyTensors(result)];
}

/** The parameters of a trained model, or of a recorded step. */
type TrainedParts = Pick<TrainingResult, 'embedding' | 'readOut' | 'bias' | 'outputWeights'>;

/** All parameters of a model: W, and U, b and u if it has them. */
function parameterTensors({
  embedding,
  readOut,
  bias,
  outputWeights,
}: TrainedParts): NamedTensor[] {
  return [
    matrix('W', embedding),
    ...(readOut === null ? [] : [matrix('U', readOut)]),
    ...(bias.length === 0 ? [] : [{ name: 'b', shape: [bias.length], data: bias }]),
    ...(outputWeights === null
      ? []
      : [{ name: 'u', shape: [outputWeights.length], data: outputWeights }]),
  ];
}

function matrix(name: string, embedding: Embedding): NamedTensor {
  const { shape, data } = embeddingToMatrix(embedding);
  return { name, shape, data: Float64Array.from(data) };
}

/**
 * One row per recorded step of the best restart, with all parameters of the model at that step (W is `history.weights`); NaN
 * for steps after an early stop.
 */
function historyTensors(result: TrainingResult): NamedTensor[] {
  const { spec, runs, best } = result;
  const { features } = spec.model;
  const { history } = runs[best];
  // An early stop adds a row of its own; there is room, because the last step was not reached.
  const rows = recordedSteps(spec).length;
  if (rows === 0) return [];
  const fill = (name: string, shape: readonly number[], of: (k: number) => ArrayLike<number>) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const data = new Float64Array(rows * size).fill(NaN);
    history.forEach((_, k) => data.set(of(k), k * size));
    return { name, shape: [rows, ...shape], data };
  };
  const parameters = parameterTensors(result);
  return [
    fill('history.step', [], (k) => [history[k].step]),
    fill('history.loss', [], (k) => [history[k].loss]),
    fill('history.capacity', [features], (k) => history[k].capacity),
    ...parameters.map(({ name, shape }, t) =>
      fill(
        `history.${t === 0 ? 'weights' : name}`,
        shape,
        (k) => parameterTensors(history[k])[t].data,
      ),
    ),
  ];
}
