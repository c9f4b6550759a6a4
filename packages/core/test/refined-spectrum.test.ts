import { expect, it } from 'vitest';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { leftSingular } from '../src/embedding/singular.ts';
import { spectrumOf } from '../src/streaming/spectrum-pass.ts';
import { inlineWorker } from '../src/streaming/workers.ts';
import { planted } from './stream-cases.ts';

it.each([1e3, 1e5, 1e7, 1e9, 1e11])(
  'finds the rank and the singular values of a matrix of condition %d with missing dimensions',
  async (condition) => {
    for (let seed = 0; seed < 5; seed++) {
      const w = planted({ dims: 30, features: 100, seed, condition, rank: 28 });
      const known = leftSingular(w);
      // oxlint-disable-next-line no-await-in-loop
      const found = await spectrumOf(embeddingSource(w), { precision: 'float64' }, inlineWorker());
      expect([found.rank, found.rankInDoubt]).toEqual([28, false]);
      found.eigenvalues.forEach((lambda, k) => {
        const value = Math.sqrt(lambda) / found.scale;
        // As in S: 100 roundings of the largest eigenvalue, or of the largest singular value where values are refined.
        const ratio = known.values[0] / known.values[k];
        const error = 100 * 2 ** -53 * known.values[0] * (ratio < 2 ** 13 ? ratio : 1);
        expect(Math.abs(value - known.values[k])).toBeLessThan(error);
      });
      for (let k = 0; k < 28; k++) {
        for (let j = 0; j <= k; j++) {
          let dot = 0;
          for (let d = 0; d < 30; d++) dot += found.vectors[k * 30 + d] * found.vectors[j * 30 + d];
          expect(Math.abs(dot - (j === k ? 1 : 0))).toBeLessThan(1e-12);
        }
      }
    }
  },
);
