import type { TensorFile } from '@polysem/io';
import { FormatError } from '@polysem/io/bytes';
import { fieldsOf, type Place } from './fields.ts';
import type { Reach } from './reach.ts';
import {
  scalarsIn,
  trainingSpecIn,
  type TrainedPoint,
  type TrainedResult,
} from './trained-result.ts';

const FIX = 'write it again with polysem train --out';

/**
 * Reads the network that `polysem train --out` wrote, with its settings and history.
 *
 * @param tensors the opened file.
 * @param file its name in errors.
 * @param reach largest sizes that the page can show.
 * @returns the network; null if the file is not of `polysem train`.
 * @throws FormatError if it is malformed, out of reach, or holds several models.
 *
 * @example
 * ```js
 * import { bytesSource, encodeSafetensors, openTensors } from 'polysem/io';
 * import { readTrained } from 'polysem/reports';
 * const bytes = encodeSafetensors([{ name: 'W', shape: [1, 2], data: Float64Array.of(1, -1) }], {});
 * await readTrained(await openTensors(bytesSource('w.safetensors', bytes)), 'w.safetensors', {}); // null
 * ```
 */
export async function readTrained(
  tensors: TensorFile,
  file: string,
  reach: Reach,
): Promise<TrainedResult | null> {
  const { polysem, spec: specText, result: resultText, kernel = null } = tensors.metadata;
  if (polysem === undefined || specText === undefined || resultText === undefined) return null;
  const place: Place = { file, path: 'spec', fix: FIX };
  const spec = parsed(specText, place);
  if (Array.isArray(spec))
    throw new FormatError(
      file,
      `spec: holds ${spec.length} models, and the lab shows one; train it with --instances 1`,
    );
  const read = trainingSpecIn(fieldsOf(spec, place), place, reach);
  const at = { ...place, path: 'result' };
  const scalars = scalarsIn(fieldsOf(parsed(resultText, at), at));
  const { features, dims } = read.model;
  const data = await readNumbers(tensors, file);
  const pointAt = (prefix: string, k: number, step: number, loss: number): TrainedPoint => {
    const part = (of: string, size: number): Float64Array | null =>
      data.get(of)?.subarray(k * size, (k + 1) * size) ?? null;
    const name = prefix === '' ? 'W' : `${prefix}weights`;
    const weights = part(name, features * dims);
    if (weights?.length !== features * dims || !weights.every((one) => Number.isFinite(one)))
      throw new FormatError(file, `${name}: must be ${dims} x ${features} finite numbers; ${FIX}`);
    const readOut = part(`${prefix}U`, features * dims);
    const biases = read.model.task === 'computation' ? 1 : features;
    return {
      step,
      loss,
      weights: transposed(weights, dims, features),
      readOut: readOut && transposed(readOut, dims, features),
      bias: part(`${prefix}b`, biases) ?? new Float64Array(0),
    };
  };
  const history = Array.from(data.get('history.step') ?? [], (step, k) =>
    Number.isFinite(step)
      ? pointAt('history.', k, step, data.get('history.loss')?.[k] ?? NaN)
      : null,
  ).filter((point) => point !== null);
  return {
    kind: 'train',
    version: polysem,
    seed: read.seed,
    kernel,
    spec: read,
    ...scalars,
    best: null,
    network: pointAt('', 0, history.at(-1)?.step ?? read.steps, scalars.loss),
    history,
  };
}

function parsed(text: string, { file, path, fix }: Place): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    throw new FormatError(file, `${path}: is not valid JSON: ${message}; ${fix}`, { cause: error });
  }
}

/** All tensors of the file as numbers. */
async function readNumbers(tensors: TensorFile, file: string): Promise<Map<string, Float64Array>> {
  const wanted = tensors.entries.filter(({ name }) => /^(?:[WUbu]|history\.\w+)$/.test(name));
  const found = await Promise.all(wanted.map(({ name }) => tensors.read(name)));
  return new Map(
    found.map(({ name, data }) => {
      if (typeof data[0] === 'bigint')
        throw new FormatError(file, `${name}: must be floating-point numbers; ${FIX}`);
      return [name, Float64Array.from(data as Float64Array)];
    }),
  );
}

/** D x N to feature by feature. */
function transposed(matrix: Float64Array, dims: number, features: number): Float64Array {
  return Float64Array.from(matrix, (_, k) => matrix[(k % dims) * features + Math.floor(k / dims)]);
}
