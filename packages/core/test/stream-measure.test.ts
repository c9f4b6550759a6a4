/* oxlint-disable no-await-in-loop -- one measurement at a time */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import { embeddingSource, type FeatureSource } from '../src/embedding/feature-source.ts';
import { generator, uniform } from '@polysem/numerics/random';
import { inlineWorker } from '../src/streaming/workers.ts';
import { measureCapacity } from '../src/capacity/measure.ts';
import { measureStream } from '../src/streaming/measure-stream.ts';
import { spectralMeasures } from '../src/geometry/spectral-measure.ts';
import type { StreamMeasurement } from '../src/streaming/stream-measurement.ts';
import { compareFrames } from '../src/streaming/compare-frames.ts';
import { equalAreas } from '../src/streaming/frame-pass.ts';
import { gaussianEmbedding, sum } from './fixtures.ts';
import { manyWorkers } from './many-workers.ts';
import { inFloat32, planted } from './stream-cases.ts';

/** Just above the size up to which a matrix is measured whole. */
const DIMS = 48;
const FEATURES = 22_000;

/** Largest relative difference; where the expected value is 0, the absolute one. */
function worst(found: Float64Array, expected: Float64Array): number {
  let most = 0;
  found.forEach((value, i) => {
    const error = expected[i] === 0 ? Math.abs(value) : Math.abs(value / expected[i] - 1);
    most = Math.max(most, error);
  });
  return most;
}

/** All results of a measurement as bytes. */
function bytes(m: StreamMeasurement): Buffer {
  const parts: (string | Uint8Array)[] = [];
  const rest = JSON.stringify(m, (_, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return value;
    parts.push(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    return value.byteLength;
  });
  return Buffer.concat([rest, ...parts].map((part) => Buffer.from(part as Uint8Array)));
}

const stream = (w: Embedding, options = {}) => measureStream(embeddingSource(w, 'W'), options);

describe('measureStream', () => {
  it.each([
    // Documented relative errors: 1e-5, and 1e-3 at condition 1e6.
    ['float64', 1, 1e-5],
    ['float64', 1e2, 1e-5],
    ['float64', 1e3, 1e-5],
    ['float64', 1e6, 1e-3],
    ['float64', 1e10, 1e-3],
    ['float32', 1, 1e-5],
    ['float32', 1e2, 1e-5],
    ['float32', 1e3, 1e-5],
    ['float32', 1e6, 1e-3],
  ])('agrees with measureCapacity: %s data of condition %d', async (type, condition, bound) => {
    const exact = planted({ dims: DIMS, features: FEATURES, seed: 5, condition });
    const w = type === 'float32' ? inFloat32(exact) : exact;
    const expected = measureCapacity(w);
    const found = await stream(w);
    expect(found.rank).toBe(expected.rank);
    expect(worst(found.capacity, expected.capacity)).toBeLessThan(bound);
    expect(worst(found.leverage, expected.leverage)).toBeLessThan(bound);
    expect(worst(found.interference, expected.interference)).toBeLessThan(bound);
    expect(worst(found.singularValues, expected.singularValues)).toBeLessThan(bound);
    expect(worst(found.squaredNorm, expected.squaredNorm)).toBeLessThan(1e-6);
    // The estimated error is right within a factor of ten; below 2^-26 the reference is not
    // accurate enough to tell.
    const { capacity, leverage } = found.relativeError;
    expect(worst(found.capacity, expected.capacity)).toBeLessThan(4 * capacity.largest + 2 ** -26);
    expect(worst(found.leverage, expected.leverage)).toBeLessThan(4 * leverage.largest + 2 ** -26);
    const typical = Math.sqrt(
      sum(expected.capacity.map((c, i) => (found.capacity[i] / c - 1) ** 2)) / FEATURES,
    );
    expect(typical).toBeLessThan(4 * capacity.typical + 2 ** -26);
    expect(capacity.largest).toBeLessThan(bound);
    // The spectrum of float32 data of this condition crosses the tolerance.
    const isInDoubt = type === 'float32' && condition === 1e6;
    expect([found.rankInDoubt, expected.rankInDoubt]).toEqual([isInDoubt, isInDoubt]);
    if (isInDoubt) expect(leverage.largest).toBe(1);
    else expect(leverage.largest).toBeLessThan(bound);
    expect(capacity.typical).toBeLessThanOrEqual(capacity.largest);
    expect(leverage.typical).toBeLessThanOrEqual(leverage.largest);
  });

  it('takes float32 for well-conditioned matrices and float64 for others', async () => {
    const precisions = async (condition: number) => {
      const w = inFloat32(planted({ dims: DIMS, features: FEATURES, seed: 6, condition }));
      const { precision } = await stream(w);
      return [precision.frame, precision.features, precision.data];
    };
    expect(await precisions(1)).toEqual(['float32', 'float32', 'float32']);
    expect(await precisions(1e6)).toEqual(['float64', 'float64', 'float32']);
  });

  it('sums S again if the sample did not represent the rest', async () => {
    // The features in the sample fill all directions; nearly all others have one direction and are
    // a million times as long.
    const w = inFloat32(gaussianEmbedding(DIMS, FEATURES, 7));
    for (let i = 1000; i < 1200; i++) w.data[i * DIMS] = 1e6;
    const expected = measureCapacity(embedding(DIMS, FEATURES, Float64Array.from(w.data)));
    const found = await stream(w);
    expect(found.precision).toMatchObject({ frame: 'float64', frameRepeated: true });
    expect(worst(found.capacity, expected.capacity)).toBeLessThan(1e-5);
    expect(worst(found.leverage, expected.leverage)).toBeLessThan(1e-5);
  });

  it('measures only those features in float64 for which float32 is too coarse', async () => {
    // One direction is a million times shorter than the others, and a few features lie in it alone.
    const w = inFloat32(gaussianEmbedding(DIMS, FEATURES, 8));
    for (let i = 0; i < FEATURES; i++) w.data[i * DIMS] *= i % 1000 === 1 ? 1 : 1e-3;
    for (let i = 1; i < FEATURES; i += 1000) w.data.fill(0, i * DIMS + 1, (i + 1) * DIMS);
    const expected = measureCapacity(embedding(DIMS, FEATURES, Float64Array.from(w.data)));
    const found = await stream(w);
    expect(found.precision.features).toBe('float32');
    expect(found.precision.inFloat64).toBeGreaterThan(0);
    expect(found.precision.inFloat64).toBeLessThan(FEATURES / 4);
    expect(worst(found.capacity, expected.capacity)).toBeLessThan(1e-5);
    expect(worst(found.leverage, expected.leverage)).toBeLessThan(1e-5);
  });

  it('handles zero vectors, exact duplicates, missing directions and vectors below the tolerance', async () => {
    const w = planted({ dims: DIMS, features: FEATURES, seed: 9, condition: 3, rank: 40 });
    const row = (i: number) => w.data.subarray(i * DIMS, (i + 1) * DIMS);
    row(3).fill(0);
    row(21_999).fill(0);
    row(12_000).set(row(10).map((x) => -x));
    row(12_001).set(row(10));
    const short = inFloat32(w);
    // A separate direction, below the tolerance of float32.
    for (const v of [w, short]) {
      const at = v === w ? 1e-14 : 1e-8;
      for (let d = 0; d < DIMS; d++) v.data[77 * DIMS + d] = d === 5 ? at : 0;
    }
    for (const v of [w, short]) {
      const expected = measureCapacity(v);
      const found = await stream(v);
      expect([found.rank, found.unresolved]).toEqual([expected.rank, expected.unresolved]);
      expect(found.unresolved).toBeLessThanOrEqual(1);
      for (const i of [3, 21_999]) {
        expect(found.capacity[i] + found.leverage[i] + found.interference[i]).toBe(0);
        expect(found.participation[i]).toBe(0);
      }
      expect(found.capacity[12_000]).toBe(found.capacity[10]);
      expect(found.leverage[12_001]).toBe(found.leverage[10]);
      const rest = (list: Float64Array) => list.filter((_, i) => i !== 77);
      expect(worst(rest(found.capacity), rest(expected.capacity))).toBeLessThan(1e-5);
      expect(worst(rest(found.leverage), rest(expected.leverage))).toBeLessThan(1e-5);
    }
  });

  it('measures norms that span twelve decades', async () => {
    const w = gaussianEmbedding(DIMS, FEATURES, 11);
    for (let i = 0; i < FEATURES; i++) {
      const length = 10 ** ((-12 * ((i * 7919) % FEATURES)) / FEATURES);
      for (let d = 0; d < DIMS; d++) w.data[i * DIMS + d] *= length;
    }
    for (const v of [w, inFloat32(w)]) {
      const expected = measureCapacity(embedding(DIMS, FEATURES, Float64Array.from(v.data)));
      const found = await stream(v);
      expect(worst(found.capacity, expected.capacity)).toBeLessThan(1e-5);
      expect(worst(found.leverage, expected.leverage)).toBeLessThan(1e-5);
      expect(worst(found.squaredNorm, expected.squaredNorm)).toBeLessThan(1e-6);
    }
  });

  it.each([1e-30, 1e30, 1e-300, 1e300])('does not depend on the scale %d', async (scale) => {
    const unit = gaussianEmbedding(DIMS, FEATURES, 12);
    const isFloat32 = Math.abs(Math.log10(scale)) < 38;
    const of = (w: Embedding) => (isFloat32 ? inFloat32(w) : w);
    const w = of(
      embedding(
        DIMS,
        FEATURES,
        unit.data.map((x) => x * scale),
      ),
    );
    const found = await stream(w);
    const expected = measureCapacity(w);
    expect(found.rank).toBe(DIMS);
    expect(worst(found.capacity, expected.capacity)).toBeLessThan(1e-5);
    expect(worst(found.leverage, expected.leverage)).toBeLessThan(1e-5);
    expect(worst(found.singularValues, expected.singularValues)).toBeLessThan(1e-5);
    // In float64 the squares may overflow or underflow in both.
    if (isFloat32) {
      expect(worst(found.squaredNorm, expected.squaredNorm)).toBeLessThan(1e-6);
      expect(worst(found.interference, expected.interference)).toBeLessThan(1e-5);
    }
  });

  it('handles a last chunk that is huge, or the only one that is not zero', async () => {
    // Chunks of 2 MiB, of float32 and of float64, both end at feature 21,844.
    const late = 21_880;
    for (const fill of [1e-30, 0]) {
      const w = inFloat32(gaussianEmbedding(DIMS, FEATURES, 13));
      const end = late * DIMS;
      for (let j = 0; j < end; j++) w.data[j] *= fill;
      for (let j = end; j < w.data.length; j++) w.data[j] *= 1e15;
      const expected = measureCapacity(embedding(DIMS, FEATURES, Float64Array.from(w.data)));
      for (const precision of fill === 0 ? ['auto'] : ['auto', 'float32', 'float64']) {
        const found = await stream(w, { precision });
        expect(found.rank).toBe(expected.rank);
        const last = (list: Float64Array) => list.subarray(late);
        expect(worst(last(found.capacity), last(expected.capacity))).toBeLessThan(1e-5);
        expect(worst(last(found.leverage), last(expected.leverage))).toBeLessThan(1e-5);
      }
    }
  });

  it('gives the participation of spectralMeasures, both streamed and whole', async () => {
    for (const features of [500, FEATURES]) {
      const w = planted({ dims: DIMS, features, seed: 14, condition: 4 });
      const { localisation } = spectralMeasures(w, { spread: 0, weights: false });
      const { participation } = await stream(w);
      // In float32, eigenvectors of neighbouring eigenvalues rotate by 1e-8 over the relative gap,
      // which is at least 1e-2 here.
      expect(
        worst(
          participation.map((x) => 1 / x),
          localisation,
        ),
      ).toBeLessThan(1e-4);
    }
  });

  it('gives the same bytes for any number of workers', async () => {
    const g = generator(15);
    const w = inFloat32(planted({ dims: 72, features: 40_000, seed: 15, condition: 20 }));
    const options = { centre: true, normalise: true };
    const alone = bytes(await stream(w, options));
    for (const threads of [1, 3, 80]) {
      const workers = manyWorkers(threads, () => uniform(g));
      const shared = bytes(await measureStream(embeddingSource(w, 'W'), options, workers));
      expect(shared.equals(alone)).toBe(true);
    }
  });

  it('measures small matrices with the same bytes as measureCapacity', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 30 }),
        fc.nat(),
        async (dims, features, seed) => {
          const w = gaussianEmbedding(dims, features, seed);
          const { capacity, leverage, rank } = await stream(w);
          expect({ capacity, leverage, rank }).toEqual(
            (({ capacity: c, leverage: l, rank: r }) => ({ capacity: c, leverage: l, rank: r }))(
              measureCapacity(w),
            ),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  it('centres and normalises, and reports it in the result', async () => {
    for (const features of [300, FEATURES]) {
      const w = planted({ dims: DIMS, features, seed: 16, condition: 5 });
      // A mean a thousand times as long as a vector.
      for (let j = 0; j < w.data.length; j++) w.data[j] += 3 * ((j % DIMS) + 1);
      const mean = new Float64Array(DIMS);
      w.data.forEach((x, j) => (mean[j % DIMS] += x / features));
      const moved = embedding(
        DIMS,
        features,
        w.data.map((x, j) => x - mean[j % DIMS]),
      );
      const unit = embedding(DIMS, features, moved.data.slice());
      for (let i = 0; i < features; i++) {
        const v = unit.data.subarray(i * DIMS, (i + 1) * DIMS);
        const length = Math.sqrt(sum(v.map((x) => x * x)));
        v.forEach((x, d) => (v[d] = x / length));
      }
      const centre = await stream(w, { centre: true });
      const both = await stream(w, { centre: true, normalise: true });
      expect(centre.treatment).toEqual({ centred: true, normalised: false });
      expect(both.treatment).toEqual({ centred: true, normalised: true });
      expect(worst(centre.leverage, measureCapacity(moved).leverage)).toBeLessThan(1e-5);
      expect(worst(both.capacity, measureCapacity(unit).capacity)).toBeLessThan(1e-5);
    }
  });

  it.each([
    [DIMS, FEATURES],
    [900, 700],
    [3, 7],
  ])('gives zeros for a matrix of zeros: %d x %d', async (dims, features) => {
    const zeros = embedding(dims, features, new Float32Array(dims * features));
    const { capacity, leverage, squaredNorm, participation, interference, ...rest } =
      await stream(zeros);
    expect([rest.rank, rest.singularValues.length, rest.unresolved]).toEqual([0, 0, 0]);
    expect(rest.rankInDoubt).toBe(false);
    for (const figure of [capacity, leverage, squaredNorm, participation, interference])
      expect(figure).toEqual(new Float64Array(features));
  });

  it('reports the progress of each stage', async () => {
    const seen: Record<string, number[]> = {};
    await stream(inFloat32(gaussianEmbedding(DIMS, FEATURES, 17)), {
      centre: true,
      onProgress: ({ stage, done, total }: { stage: string; done: number; total: number }) =>
        (seen[stage] ??= []).push(done / total),
    });
    expect(Object.keys(seen)).toEqual(['mean', 'sample', 'frame', 'spectrum', 'features']);
    for (const stage of ['mean', 'frame', 'features']) {
      expect(seen[stage]).toEqual(seen[stage].toSorted((a, b) => a - b));
      expect(seen[stage].at(-1)).toBe(1);
    }
    expect(seen.spectrum).toEqual([0, 1]);
    // Matrices that are measured as a whole, also zeros.
    for (const w of [gaussianEmbedding(3, 7, 1), embedding(3, 7)]) {
      const whole: unknown[] = [];
      await stream(w, { onProgress: (p: unknown) => whole.push(p) });
      expect(whole).toEqual([0, 7].map((done) => ({ stage: 'whole', done, total: 7 })));
    }
  });

  it('rejects with the error of a read, a callback or the signal', async () => {
    const w = inFloat32(gaussianEmbedding(DIMS, FEATURES, 18));
    const source = embeddingSource(w, 'W');
    let reads = 0;
    const broken = (at: number): FeatureSource => ({
      ...source,
      read: async (first, count) => {
        if (reads++ === at) throw new Error('disk on fire');
        return source.read(first, count);
      },
    });
    for (const at of [0, 9, 18, 19, 30]) {
      reads = 0;
      const workers = manyWorkers(2, () => 0.5);
      await expect(measureStream(broken(at), {}, workers)).rejects.toThrow('disk on fire');
    }
    for (const stage of ['sample', 'frame', 'spectrum', 'features']) {
      const signal = { aborted: false, reason: new Error('enough') };
      const onProgress = (p: { stage: string }) => {
        signal.aborted ||= p.stage === stage;
      };
      await expect(stream(w, { signal, onProgress })).rejects.toBe(signal.reason);
      const hook = () => {
        throw new Error('no paper');
      };
      await expect(stream(w, { onProgress: hook })).rejects.toThrow('no paper');
    }
  });

  it('names the source, feature and dimension of invalid data', async () => {
    for (const features of [100, FEATURES]) {
      const w = inFloat32(gaussianEmbedding(DIMS, features, 19));
      w.data[77 * DIMS + 3] = NaN;
      await expect(stream(w)).rejects.toThrow('W: feature 77 has NaN in dimension 3');
      await expect(stream(w, { centre: true })).rejects.toThrow(RangeError);
    }
    const source = { ...embeddingSource(gaussianEmbedding(2, 2, 1), 'W'), features: 0 };
    await expect(measureStream(source)).rejects.toThrow(
      'W: features: must be a positive integer, got 0',
    );
    await expect(inlineWorker().ask(0, 'closeRows', null)).rejects.toThrow('not begun');
  });
});

describe('compareFrames', () => {
  it('compares relative to the smallest eigenvalue', () => {
    const exact = () => Float64Array.of(2, 0, 0, 0, 1, 0, 0, 0, 1e-3);
    const coarse = Float64Array.of(2, 0, 0, 0, 1 + 6e-8, 0, 0, 0, 1e-3);
    const error = 6e-8 / Math.sqrt(6);
    // The error of the leverage is sqrt(2) error / 1e-3.
    const threshold = (Math.SQRT2 * error) / 1e-3;
    const found = compareFrames(coarse, exact(), 3, 1.01 * threshold);
    expect(found.error).toBeCloseTo(error / 2, 12);
    expect(found.isFineEnough).toBe(true);
    expect(compareFrames(coarse, exact(), 3, 0.99 * threshold).isFineEnough).toBe(false);
  });
});

describe('equalAreas', () => {
  it('divides a triangle into parts of nearly equal area', () => {
    const cuts = equalAreas(0, 1000, 4);
    expect(cuts).toEqual([0, 500, 707, 866, 1000]);
    expect(equalAreas(990, 1000, 2)).toEqual([990, 995, 1000]);
    expect(equalAreas(0, 1, 3).at(-1)).toBe(1);
  });
});
