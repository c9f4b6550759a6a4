import { embeddingArrowsFigure, type EmbeddingArrowsData } from '@polysem/figures';
import type { Example } from '../example.ts';

const data: EmbeddingArrowsData = {
  embedding: {
    dims: 3,
    features: 6,
    data: Float64Array.of(
      0.879,
      0.464,
      0.128,
      0.449,
      -0.887,
      0.128,
      -0.879,
      -0.464,
      -0.128,
      -0.173,
      0.0553,
      0.985,
      0.173,
      -0.0552,
      -0.986,
      -0.449,
      0.886,
      -0.128,
    ),
  },
  capacities: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
  blockOf: [0, 1, 0, 2, 2, 1],
  blockNames: ['antipodal pair', 'antipodal pair', 'antipodal pair'],
};

export default {
  title: '6 features in 3 dimensions',
  about: 'Three antipodal pairs, coloured by block, over the unit sphere.',
  draw: (options) => embeddingArrowsFigure(data, options),
} satisfies Example;
