import { nextUint32 } from '@polysem/numerics/random';
import { f32x4, v128 } from '@polysem/numerics/wasm';
import type { Distribution } from './distribution.ts';
import { signBit } from './sign-bit.ts';

export const rademacher: Distribution<'rademacher'> = {
  name: 'rademacher',
  description: '-1 or 1, equally likely',
  quantile: (u) => (u < 0.5 ? -1 : 1),
  rawMoment: (order) => (order % 2 === 0 ? 1 : 0),
  sample: (g) => (nextUint32(g) < 0x80000000 ? -1 : 1),
  lanes: ({ w }) => v128.or(f32x4.const(1), signBit(w)),
};
