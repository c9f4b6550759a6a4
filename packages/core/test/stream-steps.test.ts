import { describe, expect, it } from 'vitest';
import { embedding } from '../src/embedding/embedding.ts';
import { embeddingSource, type FeatureSource } from '../src/embedding/feature-source.ts';
import { chooseFramePrecision } from '../src/streaming/choose-precision.ts';
import { compareFrames } from '../src/streaming/compare-frames.ts';
import { measureFeatures } from '../src/streaming/feature-pass.ts';
import { allChunks, sumFrame, sumRotatedRows } from '../src/streaming/frame-pass.ts';
import type { FrameState } from '../src/streaming/frame-state.ts';
import { measureStream } from '../src/streaming/measure-stream.ts';
import type { StreamSpectrum } from '../src/streaming/stream-measurement.ts';
import type { StreamTasks } from '../src/streaming/tasks.ts';
import { inlineWorker, type StreamWorkers } from '../src/streaming/workers.ts';
import { gaussianEmbedding } from './fixtures.ts';
import { manyWorkers } from './many-workers.ts';
import { recorded, steps, watched } from './stream-recorders.ts';

describe('the sum of outer products', () => {
  it('sends one worker the chunk itself, and several the same copy in shared memory', async () => {
    const source = embeddingSource(gaussianEmbedding(3, 60, 1));
    for (const threads of [1, 3]) {
      const { workers, asked } = recorded(manyWorkers(threads, () => 0));
      const given: (Float32Array | Float64Array)[] = [];
      const buffers: ArrayBufferLike[] = [];
      const read = async (first: number, count: number) => {
        const numbers = await source.read(first, count);
        given.push(numbers);
        buffers.push(numbers.buffer);
        return numbers;
      };
      const chunks = [0, 10, 20, 30, 40, 50].map((first) => ({ first, count: 10 }));
      const pass = { source: { ...source, read }, chunks, precision: 'float64', stage: 'frame' };
      // oxlint-disable-next-line no-await-in-loop -- one pass at a time
      await sumFrame(pass as Parameters<typeof sumFrame>[0], workers, {});
      const sums = asked.filter(({ task }) => task === 'addToRows');
      const sent = sums.map(({ input }) => (input as StreamTasks['addToRows']['input']).chunk);
      expect(sent).toHaveLength(6 * threads);
      sent.forEach((chunk, k) => {
        if (threads === 1) {
          expect(chunk).toBe(given[k]);
          expect(sums[k].transfer).toEqual([buffers[k]]);
        } else {
          expect(chunk.buffer).toBeInstanceOf(SharedArrayBuffer);
          expect(chunk).toBe(sent[k - (k % threads)]);
          expect(sums[k].transfer).toEqual([]);
        }
      });
      // One chunk being summed, one waiting, again and again.
      if (threads > 1) expect(new Set(sent.map(({ buffer }) => buffer)).size).toBe(2);
    }
  });

  it('keeps its state after each chunk that fits the scale, except the last', async () => {
    const data = Float64Array.of(1, 2 ** 41, 1, 1, 3);
    const source = embeddingSource(embedding(1, 5, data));
    const chunks = [0, 1, 2, 3, 4].map((first) => ({ first, count: 1 }));
    const states: FrameState[] = [];
    const keeper = {
      kept: null,
      isDue: () => true,
      keep: (state: FrameState) => states.push(state),
    };
    const pass = { source, chunks, precision: 'float64', stage: 'frame', keeper } as const;
    const { rows, scale } = await sumFrame(
      pass,
      manyWorkers(2, () => 0),
      {},
    );
    expect([scale, rows[0]]).toEqual([2 ** -41, 1 + 12 * 2 ** -82]);
    // The second feature does not fit the scale of the first: the sum begins again.
    const first = { scale: 1, largest: 1, isRescaled: false };
    const again = { scale: 2 ** -41, largest: 2 ** 41, isRescaled: true };
    expect(
      states.map(({ scale: own, largest, isRescaled }) => ({ scale: own, largest, isRescaled })),
    ).toEqual([first, { ...again, largest: 1 }, again, again, again]);
    // The last few features may be missing in the sums.
    states.forEach(({ features, triangle }, k) => {
      expect(features).toBeLessThanOrEqual(Math.max(1, k));
      const numbers = data.subarray(0, features).map((x) => x * (k === 0 ? 1 : 2 ** -41));
      expect(triangle).toEqual(Float64Array.of(numbers.reduce((sum, x) => sum + x * x, 0)));
    });
  });

  it('in another basis frees the memory of the rotation: in new workers if that is large', async () => {
    for (const [dims, renewed] of [
      [1023, 0],
      [1024, 1],
    ]) {
      const source = steps(dims, 2);
      const { workers, asked, renewals } = recorded(inlineWorker());
      const vectors = new Float64Array(dims * dims);
      for (let d = 0; d < dims; d++) vectors[d * dims + d] = 1;
      const pass = { source, chunks: allChunks(source), precision: 'float64', stage: 'refinement' };
      // oxlint-disable-next-line no-await-in-loop -- one pass at a time
      await sumRotatedRows(
        pass as Parameters<typeof sumRotatedRows>[0],
        dims - 1,
        { vectors, scale: 1 },
        workers,
        {},
      );
      expect(renewals()).toBe(renewed);
      expect(asked.filter(({ task }) => task === 'rest')).toHaveLength(2 - renewed);
    }
  });

  it('rejects if workers cannot resume, also while the first chunk is being read', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const source = {
      ...steps(2, 4),
      read: async (first: number, count: number) => {
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        return steps(2, 4).read(first, count);
      },
    };
    const kept = {
      features: 2,
      triangle: new Float64Array(3),
      scale: 1,
      largest: 1,
      isRescaled: false,
    };
    const keeper = { kept, isDue: () => false, keep: () => {} };
    const workers: StreamWorkers = {
      ...inlineWorker(),
      ask: async (_, task) => {
        throw new Error(`cannot ${task}`);
      },
    };
    const pass = {
      source,
      chunks: allChunks(source),
      precision: 'float64',
      stage: 'frame',
      keeper,
    };
    await expect(sumFrame(pass as Parameters<typeof sumFrame>[0], workers, {})).rejects.toThrow(
      'cannot openRows',
    );
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});

describe('the precision of the sum', () => {
  it.each([true, false])('is chosen by a sample in both precisions: %s', async (isFineEnough) => {
    const { source, reads } = watched(steps(3, 100));
    const { workers, asked } = recorded(manyWorkers(2, () => 0));
    const compared: StreamTasks['compareFrames']['input'][] = [];
    const judging: StreamWorkers = {
      ...workers,
      ask: async (worker, task, input, transfer) => {
        const answer = await workers.ask(worker, task, input, transfer);
        if (task !== 'compareFrames') return answer;
        compared.push(input as StreamTasks['compareFrames']['input']);
        return { error: 0.25, isFineEnough } as typeof answer;
      },
    };
    expect(await chooseFramePrecision(source, judging, {})).toEqual({
      precision: isFineEnough ? 'float32' : 'float64',
      error: 0.25,
    });
    // One feature from each of eight places, (100 - 1) / 7 apart.
    const sample = [0, 14, 28, 42, 56, 70, 84, 99].map((first) => ({ first, count: 1 }));
    expect(reads).toEqual([...sample, ...sample]);
    const opened = asked.filter(({ task, worker }) => task === 'openRows' && worker === 0);
    expect(
      opened.map(({ input }) => (input as StreamTasks['openRows']['input']).precision),
    ).toEqual(['float32', 'float64']);
    const one = asked.find(({ task }) => task === 'compareFrames');
    expect([one?.worker, one?.transfer.length, compared[0].dims, compared[0].goal]).toEqual([
      0, 2, 3, 5e-6,
    ]);
    expect(asked.slice(-2).map(({ task }) => task)).toEqual(['rest', 'rest']);
  });

  it('is float64 without a sample for few features', async () => {
    const { source, reads } = watched(steps(3, 47));
    const found = await chooseFramePrecision(source, inlineWorker(), {});
    expect([found, reads]).toEqual([{ precision: 'float64', error: 0 }, []]);
  });
});

describe('a measurement', () => {
  const LARGEST_WHOLE = 2 ** 20;

  it('takes a matrix of up to 2^20 numbers as a whole, and hands on the spectrum of a larger one', async () => {
    const of = async (features: number, spectrum?: StreamSpectrum) => {
      const stages = new Set<string>();
      const spectra: StreamSpectrum[] = [];
      // Zeros, which take least time.
      const read = async (_: number, count: number) => new Float32Array(16 * count);
      const source: FeatureSource = { name: 'W', dims: 16, features, precision: 'float32', read };
      const found = await measureStream(source, {
        precision: 'float64',
        spectrum,
        onProgress: ({ stage }) => stages.add(stage),
        onSpectrum: (known) => spectra.push(known),
      });
      expect([found.rank, found.capacity.length]).toEqual([0, features]);
      return { stages: [...stages], spectra };
    };
    expect(await of(LARGEST_WHOLE / 16)).toEqual({ stages: ['whole'], spectra: [] });
    const { stages, spectra } = await of(LARGEST_WHOLE / 16 + 1);
    expect([stages, spectra.length]).toEqual([['frame', 'spectrum'], 1]);
    // A given spectrum is neither computed nor handed on.
    const given = await of(LARGEST_WHOLE / 16 + 1, spectra[0]);
    expect(given).toEqual({ stages: [], spectra: [] });
  });

  it('lets workers rest after an error too', async () => {
    const { workers, asked } = recorded(manyWorkers(2, () => 0));
    const read = async () => {
      throw new Error('disk on fire');
    };
    const source = { ...steps(16, LARGEST_WHOLE / 16 + 1), read };
    await expect(measureStream(source, { precision: 'float64' }, workers)).rejects.toThrow(
      'disk on fire',
    );
    expect(asked.map(({ worker, task }) => [worker, task])).toEqual([
      [0, 'rest'],
      [1, 'rest'],
    ]);
  });

  it('knows three precisions', async () => {
    const source = steps(2, 9);
    for (const precision of ['auto', 'float64', 'float32'] as const)
      // oxlint-disable-next-line no-await-in-loop -- one measurement at a time
      expect((await measureStream(source, { precision })).rank).toBe(2);
    for (const precision of ['float16', ''])
      // oxlint-disable-next-line no-await-in-loop -- one measurement at a time
      await expect(measureStream(source, { precision: precision as 'auto' })).rejects.toThrow(
        `precision: must be auto, float64 or float32, got ${precision}`,
      );
  });

  it('normalises vectors only if that is requested', async () => {
    const w = embedding(2, 3, Float64Array.of(3, 0, 0, 5, 7, 7));
    const plain = await measureStream(embeddingSource(w));
    expect([...plain.squaredNorm]).toEqual([9, 25, 98]);
    const { squaredNorm, capacity, treatment } = await measureStream(embeddingSource(w), {
      normalise: true,
    });
    expect(treatment).toEqual({ centred: false, normalised: true });
    squaredNorm.forEach((n) => expect(n).toBeCloseTo(1, 14));
    // 1 over the sum of squared cosines: 1, 0 and 1/2, or 1/2, 1/2 and 1.
    [2 / 3, 2 / 3, 1 / 2].forEach((c, i) => expect(capacity[i]).toBeCloseTo(c, 14));
  });
});

describe('the pass over features', () => {
  const axes = (features: number): StreamSpectrum => ({
    dims: 2,
    rank: 2,
    rankInDoubt: false,
    eigenvalues: Float64Array.of(features, features),
    vectors: Float64Array.of(1, 0, 0, 1),
    scale: 1,
    precision: 'float64',
    frameRepeated: false,
    error: 0,
  });

  it('chooses the precision by 256 features from eight parts, and measures them again with it', async () => {
    const { source, reads } = watched(steps(2, 1000));
    await measureFeatures(source, axes(1000), {}, inlineWorker());
    // (1000 - 32) / 7 apart.
    const sample = [0, 138, 276, 414, 553, 691, 829, 968].map((first) => ({ first, count: 32 }));
    expect(reads).toEqual([...sample, ...sample, { first: 0, count: 1000 }]);
    const { source: fixed, reads: once } = watched(steps(2, 1000));
    await measureFeatures(fixed, axes(1000), { precision: 'float32' }, inlineWorker());
    expect(once).toEqual([...sample, { first: 0, count: 1000 }]);
  });

  it('gives the eigenvectors away to the last worker only', async () => {
    const { workers, asked } = recorded(manyWorkers(3, () => 0));
    const spectrum = axes(40);
    const { buffer } = spectrum.vectors;
    await measureFeatures(steps(2, 40), spectrum, {}, workers);
    const opened = asked.filter(({ task }) => task === 'openFigures');
    // The first for the sample.
    expect(opened.map(({ worker }) => worker)).toEqual([0, 0, 1, 2]);
    expect(opened.map(({ transfer }) => transfer)).toEqual([[], [], [], [buffer]]);
  });
});

it('a worker compares frames with the second one as exact', async () => {
  const coarse = () => Float64Array.of(1, 0, 0, 2);
  const exact = () => Float64Array.of(4, 0, 0, 8);
  const of = { coarse: coarse(), exact: exact(), dims: 2, goal: 1 };
  const found = await inlineWorker().ask(0, 'compareFrames', of);
  // Errors of 3, 0 and 6 over the largest eigenvalue of the exact one.
  expect(found.error).toBeCloseTo(Math.sqrt(45 / 3) / 8, 9);
  expect(found).toEqual(compareFrames(coarse(), exact(), 2, 1));
});

it('asks the first worker to measure a small matrix as a whole', async () => {
  const { workers, asked } = recorded(manyWorkers(3, () => 0));
  await measureStream(embeddingSource(gaussianEmbedding(3, 20, 1)), {}, workers);
  expect(asked.map(({ worker, task }) => [worker, task])).toEqual([[0, 'whole']]);
});

it('chooses the precision of features by twice the largest difference found in a sample', async () => {
  const inner = inlineWorker();
  const found = [
    { capacity: 2 ** -20, leverage: 2 ** -10 },
    { capacity: 2 ** -12, leverage: 2 ** -21 },
  ];
  const calibrations: unknown[] = [];
  let sampled = 0;
  const workers: StreamWorkers = {
    ...inner,
    ask: async (worker, task, input, transfer) => {
      if (task === 'calibrate') {
        const answer = found[sampled++ % 2];
        return answer as StreamTasks[typeof task]['answer'];
      }
      if (task === 'figures')
        calibrations.push((input as StreamTasks['figures']['input']).calibration);
      return inner.ask(worker, task, input, transfer);
    },
  };
  await measureStream(steps(64, 2 ** 15), {}, workers);
  expect(sampled).toBeGreaterThan(1);
  expect(new Set(calibrations.map((each) => JSON.stringify(each)))).toEqual(
    new Set([JSON.stringify({ capacity: 2 ** -11, leverage: 2 ** -9 })]),
  );
});
