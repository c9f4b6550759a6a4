import { gaussianSource, measureStream, streamNeighbours } from '@polysem/core';
import { describe, expect, it } from 'vitest';
import { measureWithThreads, neighboursWithThreads } from '../src/index.ts';

// Large enough that workers are worth their start.
const source = gaussianSource({ dims: 128, features: 27_000, seed: 1 });

describe('measureWithThreads', () => {
  it.each([1, 2, undefined])('measures what one thread measures: %s threads', async (threads) => {
    const { capacity, leverage } = await measureStream(source);
    const found = await measureWithThreads(source, { threads });
    expect(found.capacity).toEqual(capacity);
    expect(found.leverage).toEqual(leverage);
    const small = gaussianSource({ dims: 8, features: 300, seed: 1 });
    expect(await neighboursWithThreads(small, { threads })).toEqual(await streamNeighbours(small));
  });

  it.each([1, 2])('ends when it is told to: %d threads', async (threads) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const onProgress = (): void => controller.abort(reason);
    const { signal } = controller;
    await expect(measureWithThreads(source, { threads, signal, onProgress })).rejects.toBe(reason);
    await expect(measureWithThreads(source, { threads, signal })).rejects.toBe(reason);
  });
});
