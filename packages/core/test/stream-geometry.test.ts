import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { efficientFigures } from '../src/geometry/efficient-figures.ts';
import { featuresOf } from '../src/geometry/vector-queries.ts';
import { constructEfficient, type BlockDescription } from '../src/geometry/construct-efficient.ts';
import { describeGeometry, type GeometryFigures } from '../src/geometry/describe-geometry.ts';
import { efficientForm } from '../src/geometry/efficient-form.ts';
import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import { embeddingSource, type FeatureSource } from '../src/embedding/feature-source.ts';
import { findBlocks } from '../src/geometry/find-blocks.ts';
import { generator, normal, uniform } from '@polysem/numerics/random';
import { measureCapacity } from '../src/capacity/measure.ts';
import { measureNeurons } from '../src/capacity/neurons.ts';
import { spectralMeasures } from '../src/geometry/spectral-measure.ts';
import { streamGeometry } from '../src/streaming/geometry/stream-geometry.ts';
import { leftSingular } from '../src/embedding/singular.ts';
import { manyWorkers } from './many-workers.ts';
import { planted } from './stream-cases.ts';

const seeds = fc.integer({ min: 0, max: 1e6 });

/** An embedding with blocks, noise, and features that are zero or shorter than the noise. */
function made(seed: number, blocks: readonly BlockDescription[], noise: number): Embedding {
  const dims = blocks.reduce((sum, block) => sum + block.dims, 1);
  const { embedding: w, ignored } = constructEfficient(generator(seed), {
    blocks,
    dims,
    ignored: 3,
    noise,
  });
  w.data.fill(0, ignored[0] * dims, (ignored[0] + 1) * dims);
  return w;
}

/**
 * Writes a tight frame over some features and dimensions: its rows are cosines of different
 * frequencies, which are orthonormal.
 */
function fillTight(
  w: Embedding,
  first: number,
  features: number,
  firstDim: number,
  dims: number,
): void {
  for (let i = 0; i < features; i++) {
    for (let d = 0; d < dims; d++) {
      w.data[(first + i) * w.dims + firstDim + d] =
        Math.sqrt(2 / features) * Math.cos((Math.PI * (i + 0.5) * (d + 1)) / features);
    }
  }
}

/**
 * Compares a streamed geometry with that of the matrix in memory. Both find singular values to a
 * few float64 roundings of the largest one, 1e-12 for these sizes and conditions; figures are
 * ratios of them and of sums of N numbers. The distance to the efficient form is a root of a sum of
 * squared differences, so it has half the digits.
 */
function expectSame(found: GeometryFigures, known: GeometryFigures): void {
  const { structure, shapes, spectral, neurons, form } = found;
  const near = (a: ArrayLike<number>, b: ArrayLike<number>, within: number): void => {
    expect(a.length).toBe(b.length);
    for (let i = 0; i < a.length; i++)
      expect(Math.abs(a[i] - b[i])).toBeLessThanOrEqual(within * (1 + Math.abs(b[i])));
  };
  expect(structure.verdict).toBe(known.structure.verdict);
  expect(structure.rank).toBe(known.structure.rank);
  expect(structure.ignored).toEqual(known.structure.ignored);
  expect(structure.full).toEqual(known.structure.full);
  for (const kind of ['components', 'eigenspaces'] as const) {
    expect(structure[kind].map(({ features, dims }) => ({ features, dims }))).toEqual(
      known.structure[kind].map(({ features, dims }) => ({ features, dims })),
    );
    structure[kind].forEach((block, k) => {
      const other = known.structure[kind][k];
      const figures = (b: typeof block) => [b.capacity, b.gamma, b.tightness, b.leakage];
      near(figures(block), figures(other), 1e-9);
    });
  }
  near([structure.noise], [known.structure.noise], 1e-9);
  expect(structure.evidence.compared).toBe(known.structure.evidence.compared);
  near(
    structure.levels.map(({ from }) => from),
    known.structure.levels.map(({ from }) => from),
    1e-12,
  );
  expect(
    shapes.map(({ name, dims, features, ignored }) => ({ name, dims, features, ignored })),
  ).toEqual(
    known.shapes.map(({ name, dims, features, ignored }) => ({ name, dims, features, ignored })),
  );
  expect(found.whole?.name).toBe(known.whole?.name);
  expect(found.whole?.features).toEqual(known.whole?.features);
  near(found.measured.capacity, known.measured.capacity, 1e-9);
  expect(spectral.spectrum.eigenspaces.map(({ first, dims }) => [first, dims])).toEqual(
    known.spectral.spectrum.eigenspaces.map(({ first, dims }) => [first, dims]),
  );
  near(spectral.spectrum.eigenvalues, known.spectral.spectrum.eigenvalues, 1e-10);
  near(
    spectral.spectrum.eigenspaces.map(({ eigenvalue }) => eigenvalue),
    known.spectral.spectrum.eigenspaces.map(({ eigenvalue }) => eigenvalue),
    1e-10,
  );
  near(spectral.localisation, known.spectral.localisation, 1e-9);
  near(spectral.leverageRatio, known.spectral.leverageRatio, 1e-9);
  expect(neurons.threshold).toBe(known.neurons.threshold);
  for (const lines of ['perNeuron', 'perFeature'] as const) {
    expect(neurons[lines].largest).toEqual(known.neurons[lines].largest);
    expect(neurons[lines].count).toEqual(known.neurons[lines].count);
    near(neurons[lines].participation, known.neurons[lines].participation, 1e-12);
    near(neurons[lines].effective, known.neurons[lines].effective, 1e-12);
    near(neurons[lines].squaredNorm, known.neurons[lines].squaredNorm, 1e-12);
  }
  near(neurons.superposition, known.neurons.superposition, 1e-12);
  expect(form?.efficient).toBe(known.form?.efficient);
  near([form?.relativeError ?? NaN], [known.form?.relativeError ?? NaN], 1e-7);
  near(
    (form?.blocks ?? []).map(({ gamma }) => gamma),
    (known.form?.blocks ?? []).map(({ gamma }) => gamma),
    1e-7,
  );
  expect(Array.from(form?.order ?? [])).toEqual(Array.from(known.form?.order ?? []));
}

describe('streamGeometry', () => {
  it('agrees with describeGeometry if there are blocks', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.constantFrom(0, 0.01, 0.03), async (seed, noise) => {
        const blocks = [
          { dims: 2, features: 5, gamma: 1 },
          { dims: 1, features: 2, gamma: 2 },
          { dims: 4, features: 9, gamma: 1.5 },
          { dims: 1, features: 1, gamma: 3 },
        ];
        const w = made(seed, blocks, noise);
        expectSame(await streamGeometry(embeddingSource(w)), describeGeometry(w));
      }),
      { numRuns: 12 },
    );
  });

  it('agrees with describeGeometry if there are no blocks, for few and many features', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.constantFrom(3, 6, 40), async (seed, features) => {
        const w = planted({ dims: 6, features, seed, condition: 20 });
        expectSame(await streamGeometry(embeddingSource(w)), describeGeometry(w));
      }),
      { numRuns: 8 },
    );
  });

  it('agrees with describeGeometry in units far from 1', async () => {
    const blocks = [
      { dims: 2, features: 5, gamma: 1 },
      { dims: 4, features: 9, gamma: 1.5 },
    ];
    for (const w of [
      made(3, blocks, 0.01),
      planted({ dims: 6, features: 40, seed: 3, condition: 20 }),
    ]) {
      for (let j = 0; j < w.data.length; j++) w.data[j] *= 2 ** 40;
      // oxlint-disable-next-line no-await-in-loop -- one matrix at a time
      expectSame(await streamGeometry(embeddingSource(w)), describeGeometry(w));
    }
  });

  it('agrees with describeGeometry if only some features are compared with all', async () => {
    const blocks = [
      { dims: 6, features: 2200, gamma: 30 },
      { dims: 2, features: 300, gamma: 20 },
    ];
    const w = made(5, blocks, 0.01);
    const found = await streamGeometry(embeddingSource(w));
    expect(found.structure.evidence.compared).toBeGreaterThanOrEqual(1024);
    expect(found.structure.components.map(({ features }) => features.length).toSorted()).toEqual([
      2200, 300,
    ]);
    expectSame(found, describeGeometry(w));
  });

  it('sums large blocks on workers and holds only part of the matrix in memory', async () => {
    // More than 2^28 multiply-adds: 17,000 features in 126 dimensions, plus a full feature and an
    // antipodal pair.
    const dims = 128;
    const w = embedding(dims, 17_003);
    fillTight(w, 0, 17_000, 0, 126);
    const length = Math.sqrt(126 / 17_000);
    w.data[17_000 * dims + 126] = length;
    w.data[17_001 * dims + 127] = length;
    w.data[17_002 * dims + 127] = -2 * length;
    const whole = embeddingSource(w);
    let longest = 0;
    const source: FeatureSource = {
      ...whole,
      read: async (first, count) => {
        longest = Math.max(longest, 8 * count * dims);
        return whole.read(first, count);
      },
    };
    const { structure, shapes, form, measured } = await streamGeometry(source);
    // Chunks of 4 MiB for vectors and products together; the matrix has 17 MiB.
    expect(longest).toBeLessThanOrEqual(2 ** 22);
    expect(structure.components.map(({ features, dims: own }) => [features.length, own])).toEqual([
      [17_000, 126],
      [1, 1],
      [2, 1],
    ]);
    expect(shapes.map(({ name }) => name)).toEqual([
      'unordered',
      'single',
      'unequal antipodal pair',
    ]);
    expect(shapes[0].dims).toBe(126);
    // The error of each capacity is within its estimate, and 17,000 are summed.
    const error = measured.relativeError.capacity.largest * 126;
    expect(Math.abs(structure.components[0].capacity - 126)).toBeLessThanOrEqual(error);
    expect(structure.components[0].gamma).toBeCloseTo(1, 9);
    expect(form?.efficient).toBe(true);
  });

  it('accepts float32 and zero matrices', async () => {
    const w = made(9, [{ dims: 3, features: 40 }], 0.02);
    const single = embedding(w.dims, w.features, Float32Array.from(w.data));
    expectSame(await streamGeometry(embeddingSource(single)), describeGeometry(single));
    const zero = embedding(2, 4);
    const { structure, form } = await streamGeometry(embeddingSource(zero));
    expect(structure).toEqual(findBlocks(zero));
    expect(form?.blocks).toEqual([]);
  });

  it('gives the same bytes for any number of workers, in whatever order they finish', async () => {
    // Several chunks of 2 MiB in float64, and noise of 2 % of the length of a feature.
    const w = embedding(100, 6050);
    fillTight(w, 0, 6000, 0, 98);
    fillTight(w, 6000, 50, 98, 2);
    const g = generator(1);
    const sigma = 0.02 * Math.sqrt(98 / 6000 / 100);
    for (let j = 0; j < w.data.length; j++) w.data[j] += sigma * normal(g);
    const source = embeddingSource(w);
    const alone = await streamGeometry(source);
    const several = await streamGeometry(
      source,
      {},
      manyWorkers(3, () => uniform(g)),
    );
    expect(several).toEqual(alone);
    expect(alone.structure.verdict).toBe('blocks');
  });

  it('rejects invalid options, extreme scales and numbers that are not finite, and stops at a signal', async () => {
    const w = planted({ dims: 4, features: 30, seed: 1, condition: 2 });
    const source = embeddingSource(w);
    await expect(streamGeometry(source, { noise: 1 })).rejects.toThrow('noise: must lie in [0, 1)');
    await expect(streamGeometry(source, { threshold: 2 })).rejects.toThrow('threshold');
    const unread: FeatureSource = { ...source, read: () => Promise.reject(new Error('read')) };
    await expect(streamGeometry(unread, { noise: 1 })).rejects.toThrow('noise');
    await expect(streamGeometry(unread, { threshold: 2 })).rejects.toThrow('threshold');
    const reason = new Error('enough');
    const signal = { aborted: true, reason };
    await expect(streamGeometry(source, { signal })).rejects.toBe(reason);
    const far = embedding(
      4,
      30,
      w.data.map((x) => x * 1e-100),
    );
    await expect(streamGeometry(embeddingSource(far))).rejects.toThrow('give the matrix times');
    w.data[9] = NaN;
    await expect(streamGeometry(source)).rejects.toThrow('feature 2 has NaN in dimension 1');
  });
});

describe('efficientFigures', () => {
  it('gives the figures of efficientForm', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const blocks = [
          { dims: 2, features: 12, gamma: 1 },
          { dims: 3, features: 4, gamma: 2 },
          { dims: 1, features: 1, gamma: 3 },
        ];
        const w = made(seed, blocks, 0.02);
        const structure = findBlocks(w, { noise: 0.02 });
        const measured = measureCapacity(w);
        const components = structure.components.map(({ features }) =>
          leftSingular(featuresOf(w, features)),
        );
        const figures = efficientFigures(structure, components, measured, 'float64');
        const form = efficientForm(w, structure, measured);
        // The iteration ends when a step gains less than 2^-44 of |W|^2, so distances agree to
        // about the root of that.
        expect(Math.abs(figures.relativeError - form.relativeError)).toBeLessThan(2 ** -22);
        expect(figures.order).toEqual(form.order);
        figures.blocks.forEach(({ gamma, dims, features }, k) => {
          expect(gamma).toBeCloseTo(form.blocks[k].gamma, 6);
          expect({ dims, features }).toEqual({
            dims: form.blocks[k].dims,
            features: form.blocks[k].features,
          });
        });
      }),
      { numRuns: 20 },
    );
  });

  it('rejects the components of another structure', () => {
    const w = made(1, [{ dims: 2, features: 5 }], 0);
    expect(() => efficientFigures(findBlocks(w), [], measureCapacity(w), 'float64')).toThrow(
      'components: must have one entry for each of the 1 components of the structure, got 0',
    );
  });
});

describe('neuron and spectral figures of streamGeometry', () => {
  it('count the first of equally large weights, and leave out zero neurons', async () => {
    const w = embedding(3, 4, Float64Array.of(1, 0, 2, -1, 0, 2, 0, 0, 0, 1, 0, -2));
    const { neurons, spectral } = await streamGeometry(embeddingSource(w));
    expect(neurons).toEqual(measureNeurons(w));
    const known = spectralMeasures(w);
    expect(spectral.eigenspace).toEqual(known.eigenspace);
    expect(neurons.perNeuron.largest).toEqual(Int32Array.of(0, -1, 0));
  });
});
