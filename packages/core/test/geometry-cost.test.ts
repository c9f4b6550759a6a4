import { describe, expect, it } from 'vitest';
import { embedding } from '../src/embedding/embedding.ts';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { geometryCost, isFormAffordable } from '../src/streaming/geometry/geometry-cost.ts';
import { streamGeometry } from '../src/streaming/geometry/stream-geometry.ts';
import type { StreamTasks } from '../src/streaming/tasks.ts';
import { inlineWorker, type StreamWorkers } from '../src/streaming/workers.ts';
import { constructEfficient } from '../src/geometry/construct-efficient.ts';
import { generator } from '@polysem/numerics/random';
import { gaussianEmbedding } from './fixtures.ts';

const [features, dims] = [17_000, 64];

/** A worker that counts the multiply-adds of its tasks from their inputs. */
function counting(): { readonly workers: StreamWorkers; readonly count: () => number } {
  const worker = inlineWorker();
  let total = 0;
  let perFeature = { rows: 0, figures: 0, products: 0, spectral: 0 };
  const costs: { readonly [K in keyof StreamTasks]?: (input: StreamTasks[K]['input']) => void } = {
    openRows: ({ from, to }) => {
      perFeature = { ...perFeature, rows: (to * (to + 1) - from * (from + 1)) / 2 };
    },
    addToRows: ({ count }) => void (total += count * perFeature.rows),
    openFigures: ({ rank }) => {
      perFeature = { ...perFeature, figures: dims * rank };
    },
    calibrate: ({ count }) => void (total += 2 * count * perFeature.figures),
    figures: ({ count }) => void (total += count * perFeature.figures),
    openProducts: ({ count }) => {
      perFeature = { ...perFeature, products: dims * count };
    },
    products: ({ count }) => void (total += count * perFeature.products),
    openSpectral: ({ rank }) => {
      perFeature = { ...perFeature, spectral: dims * rank };
    },
    spectral: ({ count }) => void (total += count * perFeature.spectral),
    rotate: ({ count }) => void (total += count * dims * dims),
  };
  const workers: StreamWorkers = {
    ...worker,
    ask: (index, task, input, transfer) => {
      costs[task]?.(input as never);
      return worker.ask(index, task, input, transfer);
    },
  };
  return { workers, count: () => total };
}

/** Vectors in float32, with dimension d multiplied by a factor. */
function scaled(factor: (d: number) => number): Float32Array {
  const { data } = gaussianEmbedding(dims, features, 1);
  return Float32Array.from(data, (x, at) => x * factor(at % dims));
}

describe('the cost of a geometry in chunks', () => {
  it.each([
    ['Gaussian features', scaled(() => 1)],
    ['a falling spectrum', scaled((d) => 1 / (1 + d))],
    [
      'blocks in noise',
      Float32Array.from(
        constructEfficient(generator(2), {
          dims,
          noise: 0.03,
          blocks: [
            { dims: 40, features: 12_000, gamma: 1 },
            { dims: 20, features: 4990, gamma: 2 },
            { dims: 4, features: 10, gamma: 1 },
          ],
        }).embedding.data,
      ),
    ],
  ])('is announced: %s', async (_, data) => {
    const { workers, count } = counting();
    const source = embeddingSource(embedding(dims, data.length / dims, data));
    await streamGeometry(source, {}, workers);
    const ratio = count() / geometryCost(source);
    expect(ratio).toBeLessThan(1);
    // Fewer pilots suffice where links are strong.
    expect(ratio).toBeGreaterThan(0.55);
  });
});

it('the efficient form of components is affordable up to 2^25 numbers and 2^31 multiply-adds', () => {
  const component = (count: number, own: number) => ({
    features: Array.from({ length: count }, (_, i) => i),
    dims: own,
  });
  // 2^12 dimensions: components have 2^12 numbers per singular vector, and no more vectors than dimensions.
  const space = 2 ** 12;
  expect(isFormAffordable([component(space, 1), component(space, 1)], space)).toBe(true);
  expect(isFormAffordable([component(2 * space, 1), component(9 * space, 1)], space)).toBe(true);
  expect(isFormAffordable([component(space, 1), component(space, 1), component(1, 1)], space)).toBe(
    false,
  );
  expect(isFormAffordable([component(2 ** 9, 2 ** 9), component(2 ** 9, 2 ** 9)], space)).toBe(
    true,
  );
  expect(isFormAffordable([component(2 ** 10, 2 ** 9), component(1, 1)], space)).toBe(false);
  // One component of any size is its own form.
  expect(isFormAffordable([component(9 * space, space)], space)).toBe(true);
  expect(isFormAffordable([], space)).toBe(true);
});
