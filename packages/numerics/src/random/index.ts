/**
 * Random numbers: Philox 4x32-10 with child generators, fast streams, distributions, permutations, quasi-random points.
 *
 * @module
 */
export {
  bernoulli,
  gamma,
  geometric,
  integerBelow,
  laplace,
  normal,
  studentT,
  uniform,
  uniformBetween,
} from './distributions.ts';
export {
  fastStream,
  type FastStream,
  fastUniform,
  fastWord,
  fillFastNormal,
} from './fast-normal.ts';
export { fillNormal } from './fill.ts';
export { generator, type Generator, childGenerator, nextUint32 } from './generator.ts';
export { quasiPoints } from './quasi.ts';
export { permutation, shuffle } from './shuffle.ts';
