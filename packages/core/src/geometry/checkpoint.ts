import type { Embedding } from '../embedding/embedding.ts';
import type { Checkpoint } from './dynamics.ts';
import { findBlocks } from './find-blocks.ts';
import { nameShape } from './shapes/name-shape.ts';

/**
 * Makes a checkpoint of training: finds the blocks of an embedding and names their shapes.
 *
 * @param step steps taken.
 * @param loss loss at this step.
 * @param embedding the weights, D x N.
 * @param noise noise level for blocks and shapes, as a fraction of the mean length of features.
 * @returns a checkpoint for `dynamics`.
 * @throws RangeError if W holds a number that is not finite, or the noise is not in [0, 1).
 * @example
 * ```js
 * import { checkpointAt, polytope } from 'polysem/geometry';
 * checkpointAt(100, 0.5, polytope('pentagon'), 0.01).shapes; // ['pentagon']
 * ```
 */
export function checkpointAt(
  step: number,
  loss: number,
  embedding: Embedding,
  noise: number,
): Checkpoint {
  const { components } = findBlocks(embedding, { noise });
  return {
    step,
    loss,
    embedding,
    blocks: components.map(({ features }) => features),
    shapes: components.map(({ features }) => {
      const { recognised, name } = nameShape(embedding, features, { noise });
      return recognised ? name : null;
    }),
  };
}
