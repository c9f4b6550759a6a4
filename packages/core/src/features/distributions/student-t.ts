import { cosineOfTurns, exp2, logOneMinus, toUniform } from '@polysem/numerics/lanes';
import { studentT as sampleStudentT } from '@polysem/numerics/random';
import { f32x4 } from '@polysem/numerics/wasm';
import type { Distribution } from './distribution.ts';
import { studentQuantile } from './student-quantile.ts';

export const studentT: Distribution<'student-t', 'degreesOfFreedom'> = {
  name: 'student-t',
  description: "Student's t with nu degrees of freedom (variance nu / (nu - 2))",
  parameters: {
    degreesOfFreedom: {
      symbol: 'nu',
      description: 'degrees of freedom, above 2',
      // Kurtosis 9: heavy tails, and a fourth moment.
      default: 5,
      accepts: (nu) => nu > 2 && nu < Infinity,
      requirement:
        'must be above 2, where the variance is finite, and itself finite (the limit is gaussian)',
    },
  },
  quantile: (u, { degreesOfFreedom }) => studentQuantile(u, degreesOfFreedom),
  rawMoment: (order, { degreesOfFreedom: nu }) => {
    const isEven = order % 2 === 0;
    if (order >= nu) return isEven ? Infinity : NaN;
    if (!isEven) return 0;
    let product = 1;
    for (let i = 2; i <= order; i += 2) product *= (nu * (i - 1)) / (nu - i);
    return product;
  },
  sample: (g, { degreesOfFreedom }) => sampleStudentT(g, degreesOfFreedom),
  // Bailey, "Polar generation of random variates with the t-distribution" (1994).
  lanes: ({ body, math, w, words }, { degreesOfFreedom: nu }) => {
    const log = logOneMinus(body, math, w);
    const power = exp2(body, math, f32x4.mul(log, f32x4.const(-2 / nu)));
    const square = f32x4.mul(f32x4.sub(power, f32x4.const(1)), f32x4.const(nu));
    const radius = f32x4.sqrt(f32x4.pmax(square, f32x4.const(0)));
    return f32x4.mul(radius, cosineOfTurns(body, math, toUniform(words())));
  },
  momentsBelow: 'degreesOfFreedom',
  byKurtosis: {
    above: 3,
    parameters: (kurtosis) => ({ degreesOfFreedom: 4 + 6 / (kurtosis - 3) }),
  },
};
