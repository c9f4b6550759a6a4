import { describe, expect, it } from 'vitest';
import { generator, uniform } from '@polysem/numerics/random';
import {
  fastestKernel,
  kernelNamed,
  lossRounding,
  typescriptKernel,
} from '../src/kernels/index.ts';

/** Relative errors of I (x - b)^2 as a kernel computes it, for random numbers that float32 holds exactly. */
function errorsOf(kernel: ReturnType<typeof kernelNamed>, count: number): number[] {
  const g = generator(1);
  return Array.from({ length: count }, () => {
    const x = Math.fround(uniform(g));
    const b = Math.fround(uniform(g) / 2);
    const importance = Math.fround(1 + uniform(g));
    const model = {
      task: 'compression',
      activation: 'relu',
      features: 2,
      dims: 1,
      importance: [importance, importance],
      bias: true,
    } as const;
    const loss = kernel.given(model, {
      rows: 1,
      features: 2,
      rowStarts: Uint32Array.of(0, 1),
      indices: Uint32Array.of(0),
      values: Float64Array.of(x),
      weights: Float64Array.of(1),
      emptyWeight: 0,
    });
    // Weights 0, so that outputs are exactly the bias; the second feature is 0 on both sides.
    const computed = loss.evaluate(Float64Array.of(0, 0, b, 0), new Float64Array(loss.size));
    return Math.abs(computed / (importance * (x - b) ** 2) - 1);
  });
}

describe('lossRounding', () => {
  it.each([...new Set(['wasm-simd', fastestKernel().name] as const)])(
    'bounds the error of a squared error in %s, which exceeds half of it',
    (name) => {
      const kernel = kernelNamed(name);
      const largest = Math.max(...errorsOf(kernel, 400));
      expect(largest).toBeLessThanOrEqual(lossRounding(kernel));
      expect(largest).toBeGreaterThan(lossRounding(kernel) / 2);
    },
  );

  it('is 0 for float64', () => {
    expect(lossRounding(typescriptKernel)).toBe(0);
  });
});
