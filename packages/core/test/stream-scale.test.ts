import { embedding, type Embedding } from '@polysem/core/embedding';
import { describe, expect, it } from 'vitest';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { leftSingular } from '../src/embedding/singular.ts';
import { streamGeometry } from '../src/streaming/geometry/stream-geometry.ts';
import { spectrumOf } from '../src/streaming/spectrum-pass.ts';
import { inlineWorker } from '../src/streaming/workers.ts';
import { planted } from './stream-cases.ts';

const times = (w: Embedding, factor: number): Embedding =>
  embedding(
    w.dims,
    w.features,
    w.data.map((x) => factor * x),
  );

/** Powers of two, far enough from 1 that vectors are scaled before they are multiplied. */
const POWERS = [-40, 40];

describe.each(POWERS)('vectors times 2^%d', (power) => {
  it('have the singular values that their scale gives, also those that S does not resolve', async () => {
    const w = planted({ dims: 12, features: 80, seed: 3, condition: 1e10 });
    const valuesOf = async (of: Embedding): Promise<Float64Array> => {
      const { eigenvalues, scale } = await spectrumOf(
        embeddingSource(of),
        { precision: 'float64' },
        inlineWorker(),
      );
      return eigenvalues.map((lambda) => Math.sqrt(lambda) / scale);
    };
    const found = await valuesOf(times(w, 2 ** power));
    // A power of two changes no rounding, so nothing but the scale differs.
    expect(found).toEqual((await valuesOf(w)).map((value) => value * 2 ** power));
    const known = leftSingular(w).values;
    expect(found).toHaveLength(12);
    // S has an error of 80 roundings of its largest eigenvalue, which leaves sigma_1 / sigma_k times as much of a singular
    // value. Those below 2^-13 of the largest are refined, with errors of coordinates instead.
    found.forEach((value, k) => {
      const ratio = known[0] / known[k];
      const error = 80 * 2 ** -53 * known[0] * (ratio < 2 ** 13 ? ratio : 1);
      expect(Math.abs(value * 2 ** -power - known[k])).toBeLessThan(error);
    });
  });

  it('have the same geometry', async () => {
    const w = planted({ dims: 5, features: 30, seed: 8, condition: 4 });
    const [one, scaled] = await Promise.all(
      [w, times(w, 2 ** power)].map((of) => streamGeometry(embeddingSource(of))),
    );
    expect(scaled.measured.capacity).toEqual(one.measured.capacity);
    expect(scaled.spectral.localisation).toEqual(one.spectral.localisation);
    expect(scaled.spectral.leverageRatio).toEqual(one.spectral.leverageRatio);
    expect(scaled.spectral.spectrum.eigenvalues).toEqual(
      one.spectral.spectrum.eigenvalues.map((lambda) => lambda * 4 ** power),
    );
    expect(scaled.neurons.superposition).toEqual(one.neurons.superposition);
    expect(scaled.shapes.map(({ name }) => name)).toEqual(one.shapes.map(({ name }) => name));
  });
});
