/* oxlint-disable no-await-in-loop -- one measurement at a time */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gaussianSource, measureStream, streamNeighbours } from '@polysem/core/streaming';
import { afterAll, describe, expect, it } from 'vitest';
import {
  measureKept,
  measureWithThreads,
  neighboursWithThreads,
} from '../src/measure/measure-with-threads.ts';
import { resumeMeasurement, type KeptPart } from '../src/measure/resume-measurement.ts';
import { openStore } from '../src/store/run-store.ts';

// Large enough to use workers.
const large = gaussianSource({ dims: 256, features: 31_000, seed: 1 });

describe('measureWithThreads', () => {
  it.each([1, 2, undefined])(
    'gives the same result with any number of threads: %s',
    async (threads) => {
      const { capacity, leverage } = await measureStream(large);
      const found = await measureWithThreads(large, { threads });
      expect(found.capacity).toEqual(capacity);
      expect(found.leverage).toEqual(leverage);
      const small = gaussianSource({ dims: 8, features: 300, seed: 1 });
      expect(await neighboursWithThreads(small, { threads })).toEqual(
        await streamNeighbours(small),
      );
    },
  );

  it.each([1, 2])('stops when the signal aborts: %d threads', async (threads) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const onProgress = (): void => controller.abort(reason);
    const { signal } = controller;
    await expect(measureWithThreads(large, { threads, signal, onProgress })).rejects.toBe(reason);
    await expect(measureWithThreads(large, { threads, signal })).rejects.toBe(reason);
  });
});

describe('an interrupted measurement', () => {
  const source = gaussianSource({ dims: 40, features: 27_000, seed: 1 });
  const folder = mkdtempSync(join(tmpdir(), 'polysem-spectrum-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'kept');
  const stateFile = join(folder, 'kept-features');
  const keptBy = (identity: string): KeptPart => ({
    store: openStore(path, identity),
    part: 'features',
  });

  /** Measures until a share of a stage is done, then aborts. */
  async function cutOff(stage = 'features', share = 0): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    const onProgress = (step: { readonly stage: string; done: number; total: number }): void => {
      if (step.stage === stage && step.done >= share * step.total)
        controller.abort(new Error('enough'));
    };
    await expect(
      measureKept(source, { signal, onProgress, threads: 1 }, keptBy('a'), 0),
    ).rejects.toThrow('enough');
  }

  /** Runs a measurement to its end: the progress at which each stage started, and the result. */
  async function whole(
    identity: string,
    isRemoved = true,
  ): Promise<{ stages: Map<string, number>; found: unknown }> {
    const stages = new Map<string, number>();
    const onProgress = ({ stage, done }: { readonly stage: string; done: number }): void => {
      if (!stages.has(stage)) stages.set(stage, done);
    };
    const kept = keptBy(identity);
    const found = await measureKept(source, { onProgress }, kept);
    if (isRemoved) kept.store.remove();
    return { stages, found };
  }

  it('resumes from its spectrum with the same bytes, and leaves no files', async () => {
    await cutOff();
    const { stages, found } = await whole('a');
    expect([...stages.keys()]).toEqual(['features']);
    expect(found).toEqual(await measureStream(source));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('resumes from partial sums of S with the same bytes', async () => {
    const expected = await measureStream(source);
    for (const share of [0.4, 0.8]) {
      await cutOff('frame', share);
      const { stages, found } = await whole('a');
      expect([...stages.keys()]).toEqual(['frame', 'spectrum', 'features']);
      // Chunks have about 13,000 features; up to two of them were in progress when it was aborted.
      expect(stages.get('frame')).toBeGreaterThan(13_200);
      expect(found).toEqual(expected);
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it('is read back if it had finished as part of a longer command', async () => {
    const { found } = await whole('a', false);
    const again = await whole('a', false);
    expect(again.stages.size).toBe(0);
    expect(again.found).toEqual(found);
    expect((await whole('b', false)).stages.size).toBeGreaterThan(2);
    keptBy('b').store.remove();
    expect(readdirSync(folder)).toEqual([]);
    const pairs = gaussianSource({ dims: 64, features: 20_000, seed: 2 });
    const options = () => ({
      kept: { store: openStore(path, 'pairs'), part: 'neighbours' },
    });
    const neighbours = await neighboursWithThreads(pairs, options());
    const untouched = { ...pairs, read: () => Promise.reject(new Error('read again')) };
    expect(await neighboursWithThreads(untouched, options())).toEqual(neighbours);
    openStore(path, 'pairs').remove();
  });

  it.each([
    ['features', 0],
    ['frame', 0.4],
  ] as const)(
    'starts again if the checkpoint is damaged or of another source: %s',
    async (stage, share) => {
      await cutOff(stage, share);
      expect([...(await whole('b')).stages.keys()]).toContain('sample');
      await cutOff(stage, share);
      const bytes = readFileSync(stateFile);
      // A wrong byte in the header and in the numbers, a missing end, a truncated header, and other text.
      for (const damaged of [
        ...[20, bytes.length - 9].map((at) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte))),
        bytes.subarray(0, -8),
        bytes.subarray(0, 300),
        Buffer.from('nothing'),
      ]) {
        writeFileSync(stateFile, damaged);
        expect(resumeMeasurement(keptBy('a'))).toMatchObject({
          begun: undefined,
          spectrum: undefined,
        });
      }
      expect([...(await whole('a')).stages.keys()]).toContain('sample');
    },
  );
});
