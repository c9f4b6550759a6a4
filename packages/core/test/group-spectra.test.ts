import { describe, expect, it } from 'vitest';
import type { FeatureSource } from '../src/embedding/feature-source.ts';
import { gaussianSource } from '../src/streaming/baselines/gaussian-source.ts';
import { groupSpectra, sumPrecision } from '../src/streaming/geometry/group-spectra.ts';
import type { StreamProgress } from '../src/streaming/stream-measurement.ts';
import { scaledBy } from '../src/streaming/transforms.ts';
import { manyWorkers } from './many-workers.ts';

const LARGE = 17_000;
const source = gaussianSource({ dims: 128, features: LARGE + 40, seed: 1 });
const range = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, k) => first + k);
/** A group that the workers sum, and one that is read as a whole. */
const groups = [range(0, LARGE), range(LARGE, 40)];

async function valuesOf(from: FeatureSource, done: number[] = []): Promise<Float64Array[]> {
  const found: Float64Array[] = [];
  const workers = manyWorkers(2, () => 0);
  const onProgress = (step: StreamProgress): void => {
    expect([step.stage, step.total]).toEqual(['blocks', LARGE + 40]);
    done.push(step.done);
  };
  await groupSpectra(from, groups, workers, { onProgress }, (group, { values }) => {
    found[group] = Float64Array.from(values);
  });
  return found;
}

describe('groupSpectra', () => {
  it('scales singular values with the vectors', async () => {
    const done: number[] = [];
    const plain = await valuesOf(source, done);
    // Small groups first, then the large one in chunks of 2 MiB.
    const chunks = [4096, 8192, 12_288, 16_384, LARGE];
    expect(done).toEqual([40, ...chunks.map((n) => 40 + n), 40 + LARGE]);
    // Beyond the range within which sums of squares need no scale.
    const small = await valuesOf(scaledBy(source, new Float64Array(LARGE + 40).fill(2 ** -100)));
    expect(plain.map(({ length }) => length)).toEqual([128, 40]);
    small.forEach((values, group) =>
      values.forEach((value, k) => {
        const ratio = (value * 2 ** 100) / plain[group][k];
        // S in float32: 2^-24 per product, about 2^12 of them.
        expect(Math.abs(ratio - 1)).toBeLessThan(2 ** -12);
      }),
    );
    // The singular values of a Gaussian matrix lie between sqrt(N) -+ sqrt(D), with Gaussian tails.
    const [values] = plain;
    expect(values[0]).toBeLessThan(Math.sqrt(LARGE) + Math.sqrt(128) + 5);
    expect(values[127]).toBeGreaterThan(Math.sqrt(LARGE) - Math.sqrt(128) - 5);
  });

  it('reports the features that are done after each small group', async () => {
    const small: number[] = [];
    const some = [range(3, 5), range(20, 2), range(30, 4)];
    await groupSpectra(
      source,
      some,
      manyWorkers(2, () => 0),
      { onProgress: (step) => small.push(step.done) },
      () => undefined,
    );
    expect(small).toEqual([5, 7, 11]);
  });

  it('sums vectors of float64 in float64', () => {
    expect(sumPrecision({ ...source, precision: 'float64' })).toBe('float64');
    expect(sumPrecision({ ...source, precision: 'float32' })).toBe('auto');
  });
});
