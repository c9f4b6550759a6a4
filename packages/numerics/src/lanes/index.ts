/**
 * Arithmetic, elementary functions and random numbers in the four float32 lanes of a vector.
 *
 * @module
 */
export { arithmetic, type Arithmetic } from './arithmetic.ts';
export {
  cosineOfTurns,
  exp2,
  hyperbolicTangent,
  logistic,
  logOneMinus,
  normalDistribution,
} from './elementary.ts';
export { fourNormals } from './four-normals.ts';
export {
  defineSeeding,
  RANDOM_STATE,
  randomLanes,
  type RandomLanes,
  toFineUniform,
  toOpenUniform,
  toUniform,
  toWhole,
} from './random-lanes.ts';
