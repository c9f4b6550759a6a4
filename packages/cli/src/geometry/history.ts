import {
  checkpointAt,
  dynamics,
  trackBlocks,
  type Checkpoint,
  type Dynamics,
  type DynamicsEvent,
} from '@polysem/core/geometry';
import { toEmbedding, type Tensor, type TensorFile } from '@polysem/io';
import type { DynamicsData } from '@polysem/figures';

/** A block counts for events where its capacities sum to an integer within this. */
const WHOLE = 0.1;

/** Blocks through the training whose history `polysem train` wrote beside its weights; null where there is none. */
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
    recorded(k, steps, losses, weights, path, noise),
  ).filter((checkpoint) => checkpoint !== null);
  if (checkpoints.length < 2) return null;
  return dynamics(checkpoints, { integerTolerance: WHOLE });
}

function recorded(
  k: number,
  steps: Tensor,
  losses: Tensor,
  weights: Tensor,
  path: string,
  noise: number,
): Checkpoint | null {
  const step = Number(steps.data[k]);
  // After an early stop rows are NaN.
  if (!Number.isFinite(step)) return null;
  const [, dims, features] = weights.shape;
  const size = dims * features;
  const data = weights.data.slice(k * size, (k + 1) * size);
  const w = toEmbedding({ ...weights, shape: [dims, features], data } as Tensor, 'columns', path);
  return checkpointAt(step, Number(losses.data[k]), w, noise);
}

/** What the figure of a training needs, blocks numbered through time. */
export function dynamicsData({ rows, events }: Dynamics): DynamicsData {
  const features = rows[0].capacity.length;
  return {
    steps: rows.map(({ step }) => step),
    loss: rows.map(({ loss }) => loss),
    capacity: rows.map(({ capacity }) => capacity),
    blockOf: trackBlocks(
      rows.map(({ blocks, full }) => [...blocks, ...full.map((i) => [i])]),
      features,
    ),
    events: events.map((event) => ({ step: event.step, label: eventLabel(event) })),
  };
}

/** An event in words, such as `forms 0 3 | 1 2`. */
export function eventLabel({ kind, from, into }: DynamicsEvent): string {
  const blocks = into.length > 0 ? into : from;
  const sizes = blocks.map((block) =>
    block.length > 4 ? `${block.length} features` : block.join(' '),
  );
  return `${kind} ${sizes.join(' | ')}`;
}
