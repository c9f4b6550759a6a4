import { embeddingArrowsFigure, type EmbeddingArrowsData } from '@polysem/figures';
import type { Example } from '../example.ts';

const data: EmbeddingArrowsData = {
  embedding: {
    dims: 2,
    features: 7,
    data: Float64Array.of(
      1.04,
      0.08,
      0.3,
      0.92,
      -0.78,
      0.61,
      -0.82,
      -0.55,
      0.25,
      -0.94,
      0.31,
      0.22,
      0.04,
      -0.02,
    ),
  },
  capacities: [0.62, 0.47, 0.41, 0.38, 0.44, 0.09, 0],
  labels: ['cat', 'dog', 'blue', 'Paris', 'seven', 'the', 'rare'],
};

export default {
  title: '7 features in 2 dimensions',
  about: 'Arrows of the features in the plane, coloured by capacity, over the unit circle.',
  draw: (options) => embeddingArrowsFigure(data, options),
} satisfies Example;
