import { comparisonFigure, type ComparisonData } from '@polysem/figures';
import type { Example } from '../example.ts';

const data: ComparisonData = {
  label: 'efficiency, sum of capacities / rank',
  domain: [0, 1],
  measured: 'these weights',
  references: ['random Gaussian', 'same norms', 'same spectrum'],
  rows: [
    {
      name: 'token embedding',
      value: 0.43,
      interval: [0.41, 0.45],
      references: [0.98, 0.86, 0.55],
    },
    { name: 'layer 0, MLP in', value: 0.61, interval: [0.6, 0.62], references: [0.97, 0.93, 0.7] },
    { name: 'layer 1, MLP in', value: 0.68, interval: [0.66, 0.7], references: [0.97, 0.94, 0.74] },
    { name: 'layer 2, MLP in', value: 0.74, references: [0.97, 0.95, NaN] },
    { name: 'layer 3, MLP in', value: 0.79, interval: [0.77, 0.8], references: [0.97, 0.95, 0.83] },
  ],
};

export default {
  title: 'Efficiency of the layers of a model',
  about: 'One row per matrix: its value with its interval, and an open mark for each baseline.',
  draw: (options) => comparisonFigure(data, options),
} satisfies Example;
