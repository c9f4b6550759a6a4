import type { Embedding } from '../embedding/embedding.ts';
import type { Checkpoint } from './dynamics.ts';
import { findBlocks } from './find-blocks.ts';
import { nameShape } from './shapes/name-shape.ts';

/**
 * A moment of training with the blocks that are found in it and the names of their shapes.
 *
 * @param noise what inner products and shapes are told from, as a fraction of the mean length of features.
 * @throws RangeError if W holds a number that is not finite, or the noise is not in [0, 1).
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
