import { uniform } from '@polysem/numerics/random';
import type { Distribution } from './distribution.ts';

export const uniformPositive: Distribution<'uniform-positive'> = {
  name: 'uniform-positive',
  description: 'uniform on [0, 1]',
  quantile: (u) => u,
  rawMoment: (order) => 1 / (order + 1),
  sample: uniform,
  lanes: { factor: 1, offset: 0 },
};
