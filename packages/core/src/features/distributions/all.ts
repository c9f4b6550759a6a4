/* The registered distributions: one line each. */
export { exponential } from './exponential.ts';
export { gaussian } from './gaussian.ts';
export { laplace } from './laplace.ts';
export { rademacher } from './rademacher.ts';
export { studentT } from './student-t.ts';
export { uniform } from './uniform.ts';
export { uniformPositive } from './uniform-positive.ts';
