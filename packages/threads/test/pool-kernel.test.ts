import { activations, type Activation } from '@polysem/engine/activations';
import { fastestKernel } from '@polysem/engine/kernels';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poolOf } from '../src/pool.ts';
import { localWorker } from './local-worker.ts';

const registry = activations as Record<string, unknown>;
const models = [{ task: 'compression', activation: 'sine' as Activation }] as const;

describe('the kernel of a pool, for an activation that has float64 code only', () => {
  beforeAll(() => {
    registry.sine = { name: 'sine', value: Math.sin, slope: Math.cos, hasKink: false };
  });
  afterAll(() => {
    delete registry.sine;
  });

  it('is typescript by default, and the fastest without such models', async () => {
    expect((await poolOf(2, localWorker, { models })).kernel).toBe('typescript');
    expect((await poolOf(2, localWorker)).kernel).toBe(fastestKernel().name);
  });

  it('cannot be a WebAssembly kernel', async () => {
    await expect(poolOf(1, localWorker, { kernel: 'wasm-simd', models })).rejects.toThrow(
      'kernel: sine has float64 code only',
    );
  });
});
