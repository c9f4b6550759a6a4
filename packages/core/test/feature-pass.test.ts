import { describe, expect, it } from 'vitest';
import { embedding, featureVector, type Embedding } from '../src/embedding/embedding.ts';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { leftSingular } from '../src/embedding/singular.ts';
import type { EigenBasis } from '../src/streaming/feature-figures.ts';
import { measureFeatures } from '../src/streaming/feature-pass.ts';
import { measureWhole } from '../src/streaming/measure-whole.ts';
import type { StreamSpectrum } from '../src/streaming/stream-measurement.ts';
import { inlineWorker } from '../src/streaming/workers.ts';
import { gaussianEmbedding } from './fixtures.ts';

/** A spectrum along the first axes. */
function spectrumWith(eigenvalues: readonly number[], dims: number, error = 0): StreamSpectrum {
  const rank = eigenvalues.length;
  return {
    dims,
    rank,
    rankInDoubt: false,
    eigenvalues: Float64Array.from(eigenvalues),
    vectors: Float64Array.from({ length: rank * dims }, (_, j) => (j % (dims + 1) === 0 ? 1 : 0)),
    scale: 1,
    precision: 'float64',
    frameRepeated: false,
    error,
  };
}

/** The exact spectrum of S. */
function spectrumOf(w: Embedding): StreamSpectrum {
  const { values, vectors } = leftSingular(w);
  return {
    ...spectrumWith(
      [...values].map((x) => x * x),
      w.dims,
    ),
    vectors,
  };
}

const measure = (
  w: Embedding,
  spectrum: StreamSpectrum,
  precision: 'float32' | 'float64' | 'auto',
) =>
  measureFeatures(
    embeddingSource(w),
    { ...spectrum, vectors: spectrum.vectors.slice() },
    { precision },
    inlineWorker(),
  );

/** sum_k lambda_k^power t_k^2 of every feature, for the eigenvalues and eigenvectors of S. */
function weighted(w: Embedding, { eigenvalues, vectors }: StreamSpectrum, power: number): number[] {
  return Array.from({ length: w.features }, (_, i) => {
    const vector = featureVector(w, i);
    let sum = 0;
    eigenvalues.forEach((lambda, k) => {
      let t = 0;
      for (let d = 0; d < w.dims; d++) t += vectors[k * w.dims + d] * vector[d];
      sum += lambda ** power * t * t;
    });
    return sum;
  });
}

const rootMeanSquare = (list: readonly number[]): number =>
  Math.sqrt(list.reduce((sum, x) => sum + x * x, 0) / list.length);

describe('errors of the figures of features', () => {
  const w = gaussianEmbedding(6, 40, 2);
  // Features of very different lengths, and one that is zero.
  for (let i = 0; i < 40; i++)
    for (let d = 0; d < 6; d++) w.data[i * 6 + d] *= i === 7 ? 0 : 1.2 ** (i % 9);
  const exact = spectrumOf(w);
  const isMeasured = (_: number, i: number): boolean => i !== 7;
  const [norm, frame, lever, square] = [0, 1, -1, -2].map((p) => weighted(w, exact, p));

  it('that errors of S cause are those of quadratic forms in its eigenvectors', async () => {
    const error = 1e-4;
    const { relativeError } = await measure(w, { ...exact, error }, 'float64');
    // v . E v for |v| = 1, with both triangles of E, relative to w . S w; S^-1 w likewise.
    const form = Math.SQRT2 * error * exact.eigenvalues[0];
    const ofCapacity = norm.map((n, i) => n / frame[i]).filter(isMeasured);
    const ofLeverage = square.map((x, i) => x / lever[i]).filter(isMeasured);
    const { capacity, leverage } = relativeError;
    expect(capacity.largest / Math.max(...ofCapacity) / form).toBeCloseTo(1, 9);
    expect(capacity.typical / rootMeanSquare(ofCapacity) / form).toBeCloseTo(1, 9);
    expect(leverage.largest / Math.max(...ofLeverage) / form).toBeCloseTo(1, 9);
    expect(leverage.typical / rootMeanSquare(ofLeverage) / form).toBeCloseTo(1, 9);
  });

  it('show in sums over all features, which exact eigenvalues make whole', async () => {
    const without = await measure(w, exact, 'float64');
    expect(without.relativeError.capacity.largest).toBeLessThan(1e-11);
    // One eigenvalue is too large by 1 %: sums along its eigenvector are 1 / 1.01, whatever the signs.
    const eigenvalues = exact.eigenvalues.slice();
    eigenvalues[2] *= 1.01;
    const wrong = { ...exact, eigenvalues };
    const found = await measure(w, wrong, 'float64');
    const missing = 1 - 1 / 1.01;
    const weight = eigenvalues.reduce((sum, lambda) => sum + 1 / lambda ** 2, 0);
    const frames = weighted(w, wrong, 1);
    const shares = norm.map((n, i) => n / frames[i]);
    // Doubled, since few lists of signs estimate it.
    expect(
      found.relativeError.capacity.largest / Math.max(...shares.filter(isMeasured)),
    ).toBeCloseTo(2 * (missing / Math.sqrt(weight)), 9);
  });

  it('show where sums along two eigenvectors err by as much in opposite directions', async () => {
    // Sums along eigenvectors j and k are 1 + e and 1 - e. The square of their sum with signs s is 2 e^2 (1 - s_j s_k): on
    // average over independent signs, as far as 4 lists for 15 pairs give it, 2 e^2, with a deviation of 1 / sqrt(60) of it.
    const e = 0.01;
    let mean = 0;
    for (let j = 0; j < 6; j++) {
      for (let k = 0; k < j; k++) {
        const eigenvalues = exact.eigenvalues.slice();
        eigenvalues[j] /= 1 + e;
        eigenvalues[k] /= 1 - e;
        // oxlint-disable-next-line no-await-in-loop -- one measurement at a time
        const found = await measure(w, { ...exact, eigenvalues }, 'float64');
        const frames = weighted(w, { ...exact, eigenvalues }, 1);
        const largest = Math.max(...norm.map((n, i) => n / frames[i]).filter(isMeasured));
        const weight = eigenvalues.reduce((sum, lambda) => sum + 1 / lambda ** 2, 0);
        const error = found.relativeError.capacity.largest / largest / 2;
        mean += (error ** 2 * weight) / (2 * e * e) / 15;
      }
    }
    expect(Math.abs(mean - 1)).toBeLessThan(4 / Math.sqrt(60));
  });
});

it('claims at least four roundings of float32 for coordinates that are exact', async () => {
  // Axes of a power of two each: nothing is rounded, so the errors are those of the least calibration, 2^-22.
  const lengths = [4, 2, 1];
  const axes = embedding(3, 6);
  // Two of each, so that S = diag(2 l^2).
  lengths.forEach((x, k) => {
    axes.data[6 * k + k] = x;
    axes.data[6 * k + 3 + k] = x;
  });
  const spectrum = spectrumWith([32, 8, 2], 3);
  const found = await measure(axes, spectrum, 'float32');
  const { relativeError, capacity, leverage, squaredNorm, inFloat64, unresolved } = found;
  expect([...capacity, ...leverage]).toEqual(Array.from({ length: 12 }, () => 1 / 2));
  expect([...squaredNorm]).toEqual([16, 16, 4, 4, 1, 1]);
  expect([inFloat64, unresolved]).toEqual([0, 0]);
  // w . S w / n - n, and the number of directions of each vector.
  expect([...found.interference]).toEqual([16, 16, 4, 4, 1, 1]);
  expect([...found.participation]).toEqual([1, 1, 1, 1, 1, 1]);
  expect(found.precision).toBe('float32');
  const c = 2 ** -22;
  // n = lambda_k / 2, w . S w = lambda_k^2 / 2 and w . S^-1 w = 1/2: errors of independent coordinates, and of their squares.
  const capacities = lengths.map(
    (x) => c * (1 + Math.sqrt(16 / x ** 2)) + ((c * c) / 4) * (21 / x ** 2),
  );
  const leverages = lengths.map((x) => c + ((c * c) / 4) * (2 * x ** 2 * (1 / 32 + 1 / 8 + 1 / 2)));
  expect(relativeError.capacity.largest / Math.max(...capacities)).toBeCloseTo(1, 12);
  expect(relativeError.capacity.typical / rootMeanSquare(capacities)).toBeCloseTo(1, 12);
  expect(relativeError.leverage.largest / Math.max(...leverages)).toBeCloseTo(1, 12);
  expect(relativeError.leverage.typical / rootMeanSquare(leverages)).toBeCloseTo(1, 12);
});

it('claims no errors where every vector lies mostly outside the span', async () => {
  const w = embedding(2, 3, Float64Array.of(0.1, 1, 0, 0, 0.2, -1));
  const { relativeError, capacity, unresolved } = await measure(
    w,
    spectrumWith([4], 2, 0.1),
    'float64',
  );
  expect(unresolved).toBe(2);
  expect([...capacity].map((c) => c > 0)).toEqual([true, false, true]);
  const none = { typical: 0, largest: 0 };
  expect(relativeError).toEqual({ capacity: none, leverage: none });
});

it.each([
  ['more features than dimensions', 4, 9, 1],
  ['fewer features than dimensions', 9, 4, 1],
  ['a singular value that needs a second decomposition', 4, 9, 2 ** -15],
  ['features on axes of their own', 4, 9, 0.5],
])('of a matrix in memory follow from errors of its rounding: %s', (kind, dims, features, last) => {
  const w = gaussianEmbedding(dims, features, 6);
  if (kind === 'features on axes of their own')
    w.data.forEach((x, j) => (w.data[j] = j % dims === Math.floor(j / dims) % dims ? x : 0));
  // A zero vector has no figures. The last dimension has another scale.
  if (dims < features) w.data.fill(0, 2 * dims, 3 * dims);
  for (let i = 0; i < features; i++) w.data[i * dims + dims - 1] *= last;
  const { measured, relativeError } = measureWhole({ dims, features, data: w.data });
  const { values: sigma, vectors } = leftSingular(w);
  const exact = {
    ...spectrumWith(
      [...sigma].map((x) => x * x),
      dims,
    ),
    vectors,
  };
  const [n, f, lever, steep] = [0, 1, -1, -2].map((p) => weighted(w, exact, p));
  const e = Math.sqrt(9) * 2 ** -52;
  // sigma_k^2 has a relative error of 2 e (s / sigma_k)^2, with s the largest of the same decomposition.
  const relative = sigma.map((x) => 2 * e * (x < 2 ** -13 * sigma[0] ? 1 : (sigma[0] / x) ** 2));
  const part = (power: number, i: number): number => {
    let total = 0;
    relative.forEach((error, k) => {
      let t = 0;
      for (let d = 0; d < dims; d++) t += vectors[k * dims + d] * w.data[i * dims + d];
      total += error * exact.eigenvalues[k] ** power * t * t;
    });
    return total;
  };
  const capacities = n
    .map((x, i) => 2 * e * sigma[0] * Math.sqrt(x / f[i]) + part(1, i) / f[i] + 2 * e)
    .filter((x) => !Number.isNaN(x));
  const leverages = n
    .map((_, i) => (2 * e * sigma[0] * Math.sqrt(steep[i]) + part(-1, i)) / lever[i] + 2 * e)
    .filter((x) => !Number.isNaN(x));
  expect(capacities).toHaveLength(dims < features ? 8 : 4);
  const { capacity, leverage } = relativeError;
  expect(measured.rank).toBe(4);
  expect(capacity.largest / Math.max(...capacities)).toBeCloseTo(1, 6);
  expect(capacity.typical / rootMeanSquare(capacities)).toBeCloseTo(1, 6);
  expect(leverage.largest / Math.max(...leverages)).toBeCloseTo(1, 6);
  expect(leverage.typical / rootMeanSquare(leverages)).toBeCloseTo(1, 6);
});

it.each([
  ['a quarter', 0, 'float32', 256],
  ['more than a quarter', 1, 'float64', 1024],
])(
  'computes all features in float64 where %s of a sample needs it, or more',
  async (_, more, precision, count) => {
    // Features on two axes. Those of the weak one have an error of sqrt(lambda_1 / lambda_2) 2^-22, about 3e-3, in float32.
    const w = embedding(2, 1024);
    let weak = 0;
    for (let i = 0; i < 1024; i++) {
      const isWeak = i % 4 === 0 || i % 32 <= 2 * more - 1;
      if (isWeak) weak++;
      w.data[2 * i + Number(isWeak)] = isWeak ? 2 ** -13 : 1;
    }
    const spectrum = spectrumWith([1024 - weak, weak * 2 ** -26], 2);
    const found = await measure(w, spectrum, 'auto');
    expect([found.precision, found.inFloat64]).toEqual([precision, count]);
    expect(weak).toBe(256 + 32 * more);
    const { capacity } = found.relativeError;
    expect(capacity.largest).toBeLessThan(5e-6);
    expect(found.capacity[0] * weak).toBeCloseTo(1, 12);
  },
);

it('of a matrix in memory are means over the features that have figures', () => {
  const of = (...data: number[]) =>
    measureWhole({ dims: 2, features: data.length / 2, data: Float64Array.from(data) });
  const none = { typical: 0, largest: 0 };
  const { relativeError: nothing, participation: zeros } = of(0, 0, 0, 0);
  expect([nothing, ...zeros]).toEqual([{ capacity: none, leverage: none }, 0, 0]);
  const { capacity, leverage } = of(0, 0, 3, 4).relativeError;
  expect(capacity.largest).toBeGreaterThan(0);
  expect([capacity.typical, leverage.typical]).toEqual([capacity.largest, leverage.largest]);
});

it('the participation of vectors in memory does not depend on their length', () => {
  // Eigenvectors along the axes.
  const lengths = [1, 2 ** -300, 2 ** -400, 1];
  const vectors = lengths.flatMap((x, i) => [3 * x, (i % 2 === 0 ? 4 : -4) * x]);
  const axes = [8, 0, 8, 0, 0, 4, 0, -4];
  const data = Float64Array.of(...vectors, ...axes);
  const { participation } = measureWhole({ dims: 2, features: 8, data });
  // (9 + 16)^2 / (81 + 256), and 1 along an axis.
  const expected = [...lengths.map(() => 625 / 337), 1, 1, 1, 1];
  expected.forEach((value, i) => expect(participation[i]).toBeCloseTo(value, 12));
});

it('errors of eigenvalues are sums over all chunks, by four lists of signs', async () => {
  // A chunk holds 16 features; forty of them along one axis.
  const dims = 2 ** 14;
  const w = embedding(dims, 40);
  for (let i = 0; i < 40; i++) w.data[i * dims] = 1;
  const along = {
    ...spectrumWith([40], dims),
    vectors: Float64Array.from(w.data.subarray(0, dims)),
  };
  const lists: (readonly Float64Array[])[] = [];
  const worker = inlineWorker();
  const ask: typeof worker.ask = async (index, task, input, transfer) => {
    if (task === 'openFigures') lists.push((input as EigenBasis).probes);
    return worker.ask(index, task, input, transfer);
  };
  const { relativeError, capacity } = await measureFeatures(
    embeddingSource(w),
    along,
    { precision: 'float64' },
    { ...worker, ask },
  );
  expect([...capacity]).toEqual(Array.from({ length: 40 }, () => 1 / 40));
  expect(relativeError.capacity.largest).toBeLessThan(1e-12);
  expect(relativeError.leverage.largest).toBeLessThan(1e-12);
  for (const signs of lists) {
    expect(signs).toHaveLength(4);
    for (const list of signs) expect([1, -1]).toContain(list[0]);
  }
  expect(lists).toHaveLength(2);
});

it('counts all features of a small source as its sample', async () => {
  // Two of seven need float64, which is more than a quarter.
  const w = embedding(2, 7);
  for (let i = 0; i < 7; i++) w.data[2 * i + Number(i < 2)] = i < 2 ? 2 ** -13 : 1;
  const found = await measure(w, spectrumWith([5, 2 * 2 ** -26], 2), 'auto');
  expect([found.precision, found.inFloat64]).toEqual(['float64', 7]);
});
