import { expect, it } from 'vitest';
import { LEAST_WEIGHTS } from '../../../packages/engine/src/kernels/large/large-shape.ts';
import { LIMITS } from '../limits.js';

it('accepts no model that needs the code for large models, which the lab leaves out', () => {
  expect(LIMITS.features * LIMITS.dims).toBeLessThan(LEAST_WEIGHTS);
});
