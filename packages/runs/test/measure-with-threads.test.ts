import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gaussianSource, measureStream, streamNeighbours } from '@polysem/core';
import { afterAll, describe, expect, it } from 'vitest';
import { measureWithThreads, neighboursWithThreads } from '../src/index.ts';
import { measureKept } from '../src/measure-with-threads.ts';

// Large enough that workers are worth their start.
const large = gaussianSource({ dims: 110, features: 27_000, seed: 1 });

describe('measureWithThreads', () => {
  it.each([1, 2, undefined])('measures what one thread measures: %s threads', async (threads) => {
    const { capacity, leverage } = await measureStream(large);
    const found = await measureWithThreads(large, { threads });
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
    await expect(measureWithThreads(large, { threads, signal, onProgress })).rejects.toBe(reason);
    await expect(measureWithThreads(large, { threads, signal })).rejects.toBe(reason);
  });
});

describe('a measurement that was cut off', () => {
  const source = gaussianSource({ dims: 40, features: 27_000, seed: 1 });
  const folder = mkdtempSync(join(tmpdir(), 'polysem-spectrum-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'kept');
  const checkpoint = { path, identity: 'a' };

  /** Measures until its features are begun. */
  async function cutOff(): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    const onProgress = ({ stage }: { readonly stage: string }): void => {
      if (stage === 'features') controller.abort(new Error('enough'));
    };
    await expect(measureKept(source, { signal, onProgress }, checkpoint)).rejects.toThrow('enough');
  }

  /** The stages of a whole measurement, and what it found. */
  async function whole(identity: string): Promise<{ stages: Set<string>; found: unknown }> {
    const stages = new Set<string>();
    const onProgress = ({ stage }: { readonly stage: string }): void => void stages.add(stage);
    const found = await measureKept(source, { onProgress }, { path, identity });
    return { stages, found };
  }

  it('goes on from its spectrum, to the same bytes, and leaves nothing behind', async () => {
    await cutOff();
    const { stages, found } = await whole('a');
    expect([...stages]).toEqual(['features']);
    expect(found).toEqual(await measureStream(source));
    expect(existsSync(path)).toBe(false);
  });

  it('begins anew where what was kept is of another source, or damaged', async () => {
    await cutOff();
    expect((await whole('b')).stages).toContain('frame');
    await cutOff();
    writeFileSync(path, readFileSync(path).subarray(0, 2000));
    expect((await whole('a')).stages).toContain('frame');
    writeFileSync(path, 'nothing');
    expect((await whole('a')).stages).toContain('frame');
  });
});
