import { capacityBarsFigure, type CapacityBarsData } from '@polysem/figures';
import type { Example } from '../example.ts';

const data: CapacityBarsData = {
  capacities: [1, 0.732, 0.494, 0.328, 0.211, 0.13, 0.0726, 0.0326],
  importances: [1, 0.7, 0.49, 0.343, 0.24, 0.168, 0.118, 0.0824],
  measured: {
    label: 'trained',
    capacities: [1, 0.744, 0.485, 0.332, 0.205, 0.141, 0.0686, 0.0346],
  },
  dims: 3,
};

export default {
  title: 'Capacities of 8 features in 3 dimensions',
  about:
    'The optimal capacity of each feature as a bar, what training reached as dots, and the equal share D/N.',
  draw: (options) => capacityBarsFigure(data, options),
} satisfies Example;
