import { expect, it } from 'vitest';
import { embedding } from '../src/embedding/embedding.ts';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { chooseFramePrecision } from '../src/streaming/choose-precision.ts';
import { compareFrames } from '../src/streaming/compare-frames.ts';
import { spectrumOf } from '../src/streaming/spectrum-pass.ts';
import { inlineWorker } from '../src/streaming/workers.ts';
import { gaussianEmbedding } from './fixtures.ts';

it('takes a sample of at least 16 D features, and float64 for fewer', async () => {
  const stagesOf = async (features: number): Promise<Set<string>> => {
    const stages = new Set<string>();
    const source = embeddingSource(gaussianEmbedding(3, features, 1));
    const onProgress = ({ stage }: { stage: string }) => stages.add(stage);
    const { precision } = await chooseFramePrecision(source, inlineWorker(), { onProgress });
    if (stages.size === 0) expect(precision).toBe('float64');
    return stages;
  };
  expect([...(await stagesOf(48))]).toEqual(['sample']);
  expect([...(await stagesOf(47))]).toEqual([]);
});

it('does not take products that happen to be exact in float32 as a sign of precision', () => {
  // Other products of float32 are rounded by 2^-24 of them, which is more than the second eigenvalue.
  const s = Float64Array.of(1, 0, 0, 2 ** -25);
  expect(compareFrames(s.slice(), s.slice(), 2, 5e-6).isFineEnough).toBe(false);
  const even = Float64Array.of(1, 0, 0, 1);
  expect(compareFrames(even.slice(), even.slice(), 2, 5e-6).isFineEnough).toBe(true);
});

it('resolves no singular value below 2^-11 of the largest in float32, if that is requested', async () => {
  const rankOf = async (ratio: number, precision: 'float32' | 'float64'): Promise<number> => {
    const source = embeddingSource(embedding(2, 2, Float32Array.of(1, 0, 0, ratio)));
    return (await spectrumOf(source, { precision }, inlineWorker())).rank;
  };
  expect(await rankOf(2 ** -12, 'float32')).toBe(1);
  expect(await rankOf(2 ** -10, 'float32')).toBe(2);
  expect(await rankOf(2 ** -12, 'float64')).toBe(2);
});
