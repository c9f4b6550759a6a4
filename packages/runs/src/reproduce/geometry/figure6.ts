import { embeddingFromVectors, type Embedding } from '@polysem/core/embedding';
import { measureCapacity } from '@polysem/core/capacity';
import { nameShape, nearestEfficient, polytope, type NamedShape } from '@polysem/core/geometry';

/** Features in a plane, with the capacities given in the paper. */
export interface Arrangement {
  readonly id: string;
  readonly name: string;
  readonly embedding: Embedding;
  readonly published: readonly number[];
  /** Name that `nameShape` should give. */
  readonly expectedShape: string;
}

const QUARTER_TURN = Math.PI / 2;

/** The four arrangements of Figure 6 of arXiv:2210.01892. */
const arrangements: readonly Arrangement[] = [
  {
    id: 'triangle',
    name: 'three equal vectors at 120 degrees',
    embedding: polytope('triangle'),
    published: [2 / 3, 2 / 3, 2 / 3],
    expectedShape: 'triangle',
  },
  {
    id: 'equal-pair',
    name: 'a long vector orthogonal to an equal antipodal pair',
    embedding: embeddingFromVectors([
      [0, 1.6],
      [1, 0],
      [-1, 0],
    ]),
    published: [1, 1 / 2, 1 / 2],
    expectedShape: 'antipodal pair + single',
  },
  {
    id: 'unequal-pair',
    name: 'a vector orthogonal to an unequal antipodal pair',
    embedding: embeddingFromVectors([
      [0, 1],
      [Math.sqrt(0.1), 0],
      [-Math.sqrt(0.9), 0],
    ]),
    published: [1, 0.1, 0.9],
    expectedShape: 'unequal antipodal pair + single',
  },
  {
    id: 'acute-pair',
    name: 'two equal vectors at 30 degrees',
    embedding: embeddingFromVectors([
      [Math.cos(QUARTER_TURN / 3), Math.sin(QUARTER_TURN / 3)],
      [Math.cos((2 * QUARTER_TURN) / 3), Math.sin((2 * QUARTER_TURN) / 3)],
    ]),
    published: [4 / 7, 4 / 7],
    expectedShape: 'oblique pair',
  },
];

/** Measurements of one arrangement. */
export interface MeasuredArrangement {
  readonly arrangement: Arrangement;
  readonly capacity: Float64Array;
  /** Sum of capacities over the rank; 1 if efficient. */
  readonly efficiency: number;
  readonly shape: NamedShape;
  /** Relative distance to the nearest efficient matrix found, of the same rank. */
  readonly distance: number;
}

/** Measures the arrangements of Figure 6: capacities, shapes and distances to the nearest efficient matrix. */
export function figure6(): MeasuredArrangement[] {
  return arrangements.map((arrangement) => {
    const { embedding } = arrangement;
    const { capacity, rank } = measureCapacity(embedding);
    return {
      arrangement,
      capacity,
      efficiency: capacity.reduce((sum, c) => sum + c, 0) / rank,
      shape: nameShape(embedding),
      distance: nearestEfficient(embedding).relativeDistance,
    };
  });
}
