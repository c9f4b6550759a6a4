import {
  constructEfficient,
  efficientForm,
  findBlocks,
  type BlockStructure,
  type EfficientConstruction,
  type EfficientForm,
} from '@polysem/core/geometry';
import { generator, childGenerator } from '@polysem/numerics/random';
import { gram } from '@polysem/core/embedding';

/** The two blocks of Figure 5 of arXiv:2210.01892: 2 features in 1 dimension, 3 in 2, with different gammas. */
const BLOCKS = [
  { dims: 1, capacities: [0.6, 0.4], gamma: 1 },
  { dims: 2, capacities: [0.9, 0.6, 0.5], gamma: 0.7 },
];

/** A 3 x 5 matrix of two blocks, hidden by a random rotation, permutation and signs, and the blocks found in it. */
export interface Figure5 {
  readonly planted: EfficientConstruction;
  readonly found: BlockStructure;
  /** The recovered form W = Q B P. */
  readonly form: EfficientForm;
  /** N x N, row-major, in the permuted order of the features. */
  readonly gram: Float64Array;
}

/** Constructs, hides and finds the matrix of Figure 5. */
export function figure5(seed: number): Figure5 {
  const planted = constructEfficient(childGenerator(generator(seed), 7), { blocks: BLOCKS });
  const found = findBlocks(planted.embedding);
  return {
    planted,
    found,
    form: efficientForm(planted.embedding, found),
    gram: gram(planted.embedding),
  };
}
