import { uniform as uniformFrom0 } from '@polysem/numerics/random';
import type { Distribution } from './distribution.ts';

export const uniform: Distribution<'uniform'> = {
  name: 'uniform',
  description: 'uniform on [-1, 1]',
  quantile: (u) => 2 * u - 1,
  rawMoment: (order) => (order % 2 === 0 ? 1 / (order + 1) : 0),
  sample: (g) => 2 * uniformFrom0(g) - 1,
  lanes: { factor: 2, offset: -1 },
};
