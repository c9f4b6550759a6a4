import { ln } from '@polysem/numerics/elementary';
import { logOneMinus } from '@polysem/numerics/lanes';
import { uniform } from '@polysem/numerics/random';
import { f32x4 } from '@polysem/numerics/wasm';
import type { Distribution } from './distribution.ts';
import { factorial } from './factorial.ts';

const quantile = (u: number): number => -ln(1 - u);

export const exponential: Distribution<'exponential'> = {
  name: 'exponential',
  description: 'exponential with mean 1, on z >= 0',
  quantile,
  rawMoment: factorial,
  sample: (g) => quantile(uniform(g)),
  lanes: ({ body, math, w }) => f32x4.mul(logOneMinus(body, math, w), f32x4.const(-Math.LN2)),
};
