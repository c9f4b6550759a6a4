/* oxlint-disable no-await-in-loop -- one measurement at a time */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { generator, uniform } from '@polysem/numerics/random';
import { inlineWorker, type StreamWorkers } from '../src/streaming/workers.ts';
import { measureStream } from '../src/streaming/measure-stream.ts';
import type { Embedding } from '../src/embedding/embedding.ts';
import type { SpectrumState } from '../src/streaming/frame-state.ts';
import type { StreamMeasurement, StreamOptions } from '../src/streaming/stream-measurement.ts';
import { gaussianEmbedding } from './fixtures.ts';
import { manyWorkers } from './many-workers.ts';
import { inFloat32, planted } from './stream-cases.ts';

const DIMS = 56;
const FEATURES = 19_000;

/** Matrices whose spectra are found in different ways. */
function cases(): { readonly name: string; readonly w: Embedding; readonly options: object }[] {
  const plain = planted({ dims: DIMS, features: FEATURES, seed: 1, condition: 3 });
  const weak = planted({ dims: DIMS, features: FEATURES, seed: 2, condition: 1e7 });
  // The earlier features are negligible: the last vectors are 1e15 times as long.
  const late = inFloat32(gaussianEmbedding(DIMS, FEATURES, 3));
  for (let j = 16_000 * DIMS; j < late.data.length; j++) late.data[j] *= 1e15;
  // The sample contains all directions; nearly all features have a single one.
  const repeated = inFloat32(gaussianEmbedding(DIMS, FEATURES, 4));
  for (let i = 1000; i < 1200; i++) repeated.data[i * DIMS] = 1e6;
  const treated = { centre: true, normalise: true };
  return [
    { name: 'float32', w: inFloat32(plain), options: treated },
    { name: 'a refined spectrum', w: weak, options: {} },
    { name: 'a second scale', w: late, options: {} },
    { name: 'a second sum', w: repeated, options: {} },
  ];
}

const CASES = cases();

/**
 * Starts a measurement and aborts it after some chunks. Returns the last saved state, as if read
 * from a file.
 */
async function cutOff(
  w: Embedding,
  options: StreamOptions,
  workers: StreamWorkers,
  blocks: number,
  every: number,
): Promise<{ state: SpectrumState | undefined; result: StreamMeasurement | undefined }> {
  const signal = { aborted: false, reason: new Error('enough') };
  let seen = 0;
  let state: SpectrumState | undefined;
  try {
    const result = await measureStream(
      embeddingSource(w, 'W'),
      {
        ...options,
        signal,
        isStateDue: () => {
          seen++;
          signal.aborted ||= seen === blocks;
          return seen % every === 0;
        },
        onState: (found) => (state = structuredClone(found)),
      },
      workers,
    );
    return { state, result };
  } catch (reason) {
    expect(reason).toBe(signal.reason);
    return { state, result: undefined };
  }
}

describe('an interrupted search for the spectrum', () => {
  it.each(CASES.map(({ name }, at) => [name, at] as const))(
    'resumes to the same bytes with any number of workers, after any interruptions: %s',
    async (_, at) => {
      const { w, options } = CASES[at];
      const expected = await measureStream(embeddingSource(w, 'W'), options);
      const readings = new Set<string>();
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 3 })), {
            minLength: 1,
            maxLength: 3,
          }),
          fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 5, maxLength: 5 }),
          async (cuts, threads) => {
            const g = generator(5);
            const workers = (k: number): StreamWorkers =>
              threads[k] === 1 ? inlineWorker() : manyWorkers(threads[k], () => uniform(g));
            let state: SpectrumState | undefined;
            for (const [k, [blocks, every]] of cuts.entries()) {
              const begun = state === undefined ? {} : { begun: state };
              const found = await cutOff(w, { ...options, ...begun }, workers(k), blocks, every);
              if (found.result !== undefined) break;
              state = found.state ?? state;
            }
            const begun = state === undefined ? {} : { begun: state };
            let first: number | undefined;
            const found = await measureStream(
              embeddingSource(w, 'W'),
              {
                ...options,
                ...begun,
                onProgress: ({ stage, done }) => {
                  readings.add(stage);
                  if (stage === 'frame' || stage === 'refinement') first ??= done;
                },
              },
              workers(4),
            );
            expect(found).toEqual(expected);
            // Sums that are in the state are not computed again.
            if (state !== undefined) expect(first).toBeGreaterThan(state.frame.features);
          },
        ),
        { numRuns: 4 },
      );
      expect([...readings]).toContain('features');
    },
  );

  it('saves sums of the coarse and the refined spectrum, and of repeated passes over either', async () => {
    const kinds = new Set<string>();
    for (const { w, options } of CASES) {
      await measureStream(embeddingSource(w, 'W'), {
        ...options,
        isStateDue: () => true,
        onState: ({ coarseSpectrum, frameRepeated, frame }) =>
          kinds.add([coarseSpectrum !== null, frameRepeated, frame.isRescaled].join()),
      });
    }
    expect([...kinds].toSorted()).toEqual([
      'false,false,false',
      'false,false,true',
      'false,true,false',
      'true,false,false',
    ]);
  });
});
