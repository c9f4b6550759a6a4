import { checkpointAt, dynamics, type Checkpoint, type Dynamics } from '@polysem/core/geometry';
import { toEmbedding, type Tensor, type TensorFile } from '@polysem/io';

/** A block counts as formed if its capacities sum to an integer within this. */
const WHOLE = 0.1;

/**
 * Finds the blocks at each step of the history that `polysem train` stores with the weights.
 *
 * @param file the file of weights.
 * @param path its path, for messages.
 * @param noise relative noise of the vectors, see `findBlocks`.
 * @returns blocks and events; null if the file has no history.
 *
 * @example
 * ```js
 * import { bytesSource, encodeSafetensors, openTensors } from 'polysem/io';
 * import { readDynamics } from 'polysem/runs';
 * const bytes = encodeSafetensors([
 *   { name: 'history.step', shape: [2], data: Float64Array.of(0, 100) },
 *   { name: 'history.loss', shape: [2], data: Float64Array.of(1, 0.5) },
 *   { name: 'history.weights', shape: [2, 1, 2], data: Float64Array.of(1, 0, 1, -1) },
 * ], { polysem: '0.1.0' });
 * const file = await openTensors(bytesSource('w.safetensors', bytes));
 * (await readDynamics(file, 'w.safetensors', 0.03)).rows.length; // 2
 * ```
 */
export async function readDynamics(
  file: TensorFile,
  path: string,
  noise: number,
): Promise<Dynamics | null> {
  const has = (name: string): boolean => file.entries.some((entry) => entry.name === name);
  if (file.metadata.polysem === undefined || !has('history.weights')) return null;
  const [steps, losses, weights] = await Promise.all(
    ['history.step', 'history.loss', 'history.weights'].map((name) => file.read(name)),
  );
  if (weights.shape.length !== 3) return null;
  const checkpoints = Array.from({ length: weights.shape[0] }, (_, k) =>
    recorded(k, { steps, losses, weights }, path, noise),
  ).filter((checkpoint) => checkpoint !== null);
  if (checkpoints.length < 2) return null;
  return dynamics(checkpoints, { integerTolerance: WHOLE });
}

function recorded(
  k: number,
  { steps, losses, weights }: Readonly<Record<'steps' | 'losses' | 'weights', Tensor>>,
  path: string,
  noise: number,
): Checkpoint | null {
  const step = Number(steps.data[k]);
  // Rows after an early stop are NaN.
  if (!Number.isFinite(step)) return null;
  const [, dims, features] = weights.shape;
  const size = dims * features;
  const data = weights.data.slice(k * size, (k + 1) * size);
  const w = toEmbedding({ ...weights, shape: [dims, features], data } as Tensor, 'columns', path);
  return checkpointAt(step, Number(losses.data[k]), w, noise);
}
