import { activations, type Activation } from '@polysem/engine/activations';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseKernel } from '../src/kernel-flag.ts';

const registry = activations as Record<string, unknown>;
const models = [{ task: 'compression', activation: 'sine' as Activation }] as const;

describe('--kernel with an activation that has float64 code only', () => {
  const write = vi.spyOn(process.stderr, 'write');

  beforeEach(() => {
    registry.sine = { name: 'sine', value: Math.sin, slope: Math.cos, hasKink: false };
    write.mockReset().mockReturnValue(true);
  });
  afterEach(() => {
    delete registry.sine;
    write.mockReset();
  });

  it('selects typescript for auto, and says once on stderr that it is slower', () => {
    expect(parseKernel('auto', [...models, ...models])).toBe('typescript');
    expect(write.mock.calls.map(([text]) => text)).toEqual([
      'sine has float64 code only: training with the typescript kernel, which is slower\n',
    ]);
  });

  it('accepts typescript without a note', () => {
    expect(parseKernel('typescript', models)).toBe('typescript');
    expect(write).not.toHaveBeenCalled();
  });

  it('refuses wasm-simd', () => {
    expect(() => parseKernel('wasm-simd', models)).toThrow(
      'kernel: sine has float64 code only, and WebAssembly kernels need float32 code; use the typescript kernel',
    );
  });
});
