import { distributionFigure, type DistributionData } from '@polysem/figures';
import type { Example } from '../example.ts';

const data: DistributionData = {
  label: 'capacity C',
  scale: 'linear',
  edges: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
  series: [
    { name: 'these weights', shares: [0.02, 0.05, 0.12, 0.2, 0.22, 0.15, 0.1, 0.06, 0.05, 0.03] },
    {
      name: 'random Gaussian',
      shares: [0, 0.01, 0.2, 0.58, 0.2, 0.01, 0, 0, 0, 0],
      isReference: true,
    },
    {
      name: 'same norms',
      shares: [0.01, 0.04, 0.17, 0.36, 0.26, 0.1, 0.04, 0.02, 0, 0],
      isReference: true,
    },
  ],
};

export default {
  title: 'How capacities are distributed',
  about:
    'The fraction of features in each bin, filled for the measured matrix, as lines for its baselines.',
  draw: (options) => distributionFigure(data, options),
} satisfies Example;
