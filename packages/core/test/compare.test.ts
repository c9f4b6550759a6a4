import { generator, normal, permutation, uniform } from '@polysem/numerics/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CompareOptions } from '@polysem/core/compare';
import { embedding, embeddingFromVectors, type Embedding } from '../src/embedding/embedding.ts';
import { measureCapacity } from '../src/capacity/measure.ts';
import { gaussianEmbedding, sum } from './fixtures.ts';
import { manyWorkers } from './many-workers.ts';
import { orders } from './orders.ts';
import {
  compare,
  rowsOf,
  cosinesOf,
  permuted,
  orthogonal,
  turned,
  rounding,
  FLOAT32,
  sizes,
} from './compare-cases.ts';

describe('compareFeatures', () => {
  it('assigns pairs with the largest sum of cosines, or of magnitudes, of all assignments', async () => {
    const cases = fc.record({
      dims: fc.integer({ min: 1, max: 5 }),
      a: fc.integer({ min: 1, max: 4 }),
      b: fc.integer({ min: 1, max: 6 }),
      seed: fc.nat(),
      signs: fc.constantFrom('fixed' as const, 'free' as const),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ dims, a, b, seed, signs }) => {
        const [left, right] = [
          gaussianEmbedding(dims, a, seed),
          gaussianEmbedding(dims, b, seed + 1),
        ];
        const signed = cosinesOf(left, right);
        const free = signed.map((row) => row.map(Math.abs));
        const best = (scores: number[][]): number => {
          const byRow = a <= b;
          const [rows, columns] = byRow ? [a, b] : [b, a];
          const at = (row: number, column: number): number =>
            byRow ? scores[row][column] : scores[column][row];
          return Math.max(
            ...orders(columns).map((order) =>
              sum(Array.from({ length: rows }, (_, row) => at(row, order[row]))),
            ),
          );
        };
        const found = await compare(left, right, { signs });
        const pairs = Math.min(a, b);
        expect(found.pairing).toBe('one-to-one');
        expect(found.pairs.a).toHaveLength(pairs);
        expect([...found.pairs.a]).toEqual([...found.pairs.a].toSorted((x, y) => x - y));
        expect(new Set(found.pairs.b).size).toBe(pairs);
        expect(found.a.unmatched.length + pairs).toBe(a);
        expect(found.b.unmatched.length + pairs).toBe(b);
        found.pairs.cosine.forEach((cosine, k) =>
          expect(Math.abs(cosine - signed[found.pairs.a[k]][found.pairs.b[k]])).toBeLessThanOrEqual(
            rounding(dims),
          ),
        );
        const scores = signs === 'free' ? free : signed;
        expect(Math.abs((found.similarity?.meanCosine ?? NaN) * pairs - best(scores))).toBeLessThan(
          pairs * FLOAT32,
        );
        expect(Math.abs((found.mcc ?? NaN) * pairs - best(free))).toBeLessThan(pairs * FLOAT32);
        const largest = (row: number[]): number => Math.max(...row);
        const ofB = signed[0].map((_, j) => largest(signed.map((row) => row[j])));
        expect(Math.abs((found.mmcs?.a ?? NaN) - sum(signed.map(largest)) / a)).toBeLessThan(
          FLOAT32,
        );
        expect(Math.abs((found.mmcs?.b ?? NaN) - sum(ofB) / b)).toBeLessThan(FLOAT32);
        found.a.nearest?.cosine.forEach((cosine, i) =>
          expect(
            Math.abs((signs === 'free' ? Math.abs(cosine) : cosine) - largest(scores[i])),
          ).toBeLessThan(FLOAT32),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('finds a dictionary in itself, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), async ({ dims, features, seed }, shuffled) => {
        const w = gaussianEmbedding(dims, features, seed);
        const order = permutation(generator(shuffled), features);
        const found = await compare(w, permuted(w, order));
        found.pairs.cosine.forEach((x) => expect(1 - x).toBeLessThanOrEqual(rounding(dims)));
        // In one dimension, every vector of a sign is a copy of the others.
        if (dims === 1) return;
        found.pairs.b.forEach((j, i) => expect(order[j]).toBe(i));
        expect(found.mcc).toBeCloseTo(1, 6);
        expect(found.mmcs?.a).toBeCloseTo(1, 6);
        expect(found.span?.overlap).toBeCloseTo(1, 10);
        expect(found.capacity?.difference.max).toBeLessThan(1e-9);
      }),
      { numRuns: 25 },
    );
  });

  it('sees through a rotation of known pairs with align, and not without', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({ dims, features, seed }) => {
        const w = gaussianEmbedding(dims, features, seed);
        const other = turned(w, orthogonal(dims, seed + 1));
        const found = await compare(w, other, { by: 'order', align: true });
        // The polar factor is accurate to 2^-52 times the condition of W W^T; directions hardly in the span of W stay free.
        found.pairs.cosine.forEach((x) => expect(1 - x).toBeLessThan(1e-6));
        expect(found.gram?.cosine).toBeCloseTo(1, 10);
        if (features > 1) expect(found.gram?.cka).toBeCloseTo(1, 8);
      }),
      { numRuns: 12 },
    );
    const w = gaussianEmbedding(40, 100, 1);
    const other = turned(w, orthogonal(40, 2));
    const plain = await compare(w, other, { by: 'order' });
    expect(plain.isNearChance).toBe(true);
    expect(plain.gram?.cosine).toBeCloseTo(1, 10);
    expect((await compare(w, other)).isNearChance).toBe(true);
    expect((await compare(w, other, { by: 'order', align: true })).isNearChance).toBe(false);
  });

  it('transposes its result when A and B are swapped', async () => {
    const modes = fc.constantFrom<CompareOptions>(
      {},
      { signs: 'free' },
      { assignUpTo: 0 },
      { assignUpTo: 0, signs: 'free' },
    );
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 30 }), modes, async (size, more, mode) => {
        // In one dimension all cosines are tied.
        const dims = size.dims + 1;
        const a = gaussianEmbedding(dims, size.features, size.seed);
        const b = gaussianEmbedding(dims, more, size.seed + 1);
        const [there, back] = [await compare(a, b, mode), await compare(b, a, mode)];
        const pairsOf = (x: ArrayLike<number>, y: ArrayLike<number>): string[] =>
          Array.from(x, (i, k) => `${i} ${y[k]}`).toSorted();
        expect(pairsOf(there.pairs.a, there.pairs.b)).toEqual(pairsOf(back.pairs.b, back.pairs.a));
        expect(there.a.unmatched).toEqual(back.b.unmatched);
        expect(there.b.nearest).toEqual(back.a.nearest);
        expect(there.mmcs?.a).toBe(back.mmcs?.b);
        expect(there.mcc ?? 0).toBeCloseTo(back.mcc ?? 0, 12);
        expect(there.span?.overlap).toBeCloseTo(back.span?.overlap ?? NaN, 10);
        expect(there.capacity?.difference.mean ?? 0).toBeCloseTo(
          -(back.capacity?.difference.mean ?? 0),
          12,
        );
      }),
      { numRuns: 25 },
    );
  });

  it('pairs mutual nearest neighbours by the definition, for any chunks and workers', async () => {
    const g = generator(5);
    for (const signs of ['fixed', 'free'] as const) {
      for (const [dims, a, b] of [
        [2, 5, 9],
        [7, 60, 41],
        [12, 33, 90],
      ]) {
        const [left, right] = [gaussianEmbedding(dims, a, a), gaussianEmbedding(dims, b, b)];
        left.data.fill(0, dims, 2 * dims);
        const scores = cosinesOf(left, right).map((row) =>
          row.map((x) => (signs === 'free' ? Math.abs(x) : x)),
        );
        const expected = scores.flatMap((row, i) => {
          const j = row.indexOf(Math.max(...row));
          const isMutual = i !== 1 && scores.every((other, k) => k === 1 || other[j] <= row[j]);
          return isMutual ? [`${i} ${j}`] : [];
        });
        const workers = manyWorkers(3, () => uniform(g) / 3);
        // oxlint-disable-next-line no-await-in-loop
        const found = await compare(left, right, { signs, assignUpTo: 0 }, workers);
        expect(found.pairing).toBe('mutual');
        expect(Array.from(found.pairs.a, (i, k) => `${i} ${found.pairs.b[k]}`)).toEqual(expected);
        expect(found.a.zeroFeatures).toBe(1);
        expect(found.a.nearest?.index[1]).toBe(-1);
        expect(found.mmcs === null).toBe(signs === 'free');
      }
    }
  });

  it('measures each dictionary by itself, and differences over the pairs', async () => {
    const [a, b] = [gaussianEmbedding(3, 6, 1), gaussianEmbedding(3, 5, 2)];
    const { pairs, capacity, a: ofA, b: ofB } = await compare(a, b);
    const [own, other] = [measureCapacity(a).capacity, measureCapacity(b).capacity];
    expect(ofA.measured.capacity).toEqual(own);
    expect(ofB.measured.capacity).toEqual(other);
    const differences = Array.from(pairs.a, (i, k) => other[pairs.b[k]] - own[i]);
    expect(capacity?.difference.mean).toBeCloseTo(sum(differences) / 5, 12);
    expect(capacity?.difference.max).toBeCloseTo(Math.max(...differences), 12);
    expect(ofA.efficiency).toBeCloseTo(sum(own) / 3, 12);
    expect(ofA.gaussianBaseline.mean).toBe(3 / 8);
  });

  it('pairs by name, and leaves out what has no partner', async () => {
    const w = gaussianEmbedding(3, 4, 1);
    const names = [
      ['x', 'y', '', 'z'],
      ['z', 'w', 'x', ''],
    ] as const;
    const found = await compare(w, permuted(w, [3, 1, 0, 2]), { by: 'names', names });
    expect([...found.pairs.a]).toEqual([0, 3]);
    expect([...found.pairs.b]).toEqual([2, 0]);
    found.pairs.cosine.forEach((x) => expect(1 - x).toBeLessThanOrEqual(rounding(3)));
    expect([...found.a.unmatched]).toEqual([1, 2]);
    expect([...found.b.unmatched]).toEqual([1, 3]);
    expect(found.a.nearest).toBeNull();
  });

  it('gives the overlap of spans as the squared cosines of their principal angles', async () => {
    // Planes that share one axis, with 60 degrees between the others; extra features keep N above D.
    const [c, s] = [Math.cos(Math.PI / 3), Math.sin(Math.PI / 3)];
    const a = embeddingFromVectors([
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [1, 1, 0, 0],
      [2, 1, 0, 0],
      [1, 3, 0, 0],
    ]);
    const b = embeddingFromVectors([
      [1, 0, 0, 0],
      [0, c, s, 0],
    ]);
    const { span } = await compare(a, b);
    expect(span?.overlap).toBeCloseTo((1 + c * c) / 2, 12);
    expect(span?.cosines?.[0]).toBeCloseTo(1, 12);
    expect(span?.cosines?.[1]).toBeCloseTo(c, 12);
    expect(span?.chance).toBe(0.5);
  });

  it('agrees with linear CKA and the Gram matrices by their definitions', async () => {
    const [a, b] = [gaussianEmbedding(3, 7, 1), gaussianEmbedding(3, 7, 2)];
    const gramOf = (w: Embedding, isCentred: boolean): number[][] => {
      const rows = rowsOf(w);
      const mean = rows[0].map((_, d) =>
        isCentred ? sum(rows.map((v) => v[d])) / rows.length : 0,
      );
      return rows.map((u) =>
        rows.map((v) => sum(u.map((x, d) => (x - mean[d]) * (v[d] - mean[d])))),
      );
    };
    const ratio = (isCentred: boolean): number => {
      const [x, y] = [gramOf(a, isCentred), gramOf(b, isCentred)];
      const inner = (p: number[][], q: number[][]): number =>
        sum(p.map((row, i) => sum(row.map((value, j) => value * q[i][j]))));
      return inner(x, y) / Math.sqrt(inner(x, x) * inner(y, y));
    };
    const { gram } = await compare(a, b, { by: 'order' });
    expect(gram?.cosine).toBeCloseTo(ratio(false), 12);
    expect(gram?.cka).toBeCloseTo(ratio(true), 12);
    const norms = [a, b].map((w) => rowsOf(w).map((v) => sum(v.map((x) => x * x))));
    const sizeOf = (w: Embedding): number =>
      Math.sqrt(
        sum(
          gramOf(w, false)
            .flat()
            .map((x) => x * x),
        ),
      );
    const own = sum(norms[0].map((n, i) => n * norms[1][i])) / sizeOf(a) / sizeOf(b);
    expect(gram?.chance).toBeCloseTo(own, 12);
    // The numerator for random directions of B with the same lengths, within four standard errors of 2000 draws.
    const g = generator(4);
    const [gramA] = [gramOf(a, false)];
    const draws = Array.from({ length: 2000 }, () => {
      const other = embeddingFromVectors(
        norms[1].map((n) => {
          const v = Array.from({ length: 3 }, () => normal(g));
          return v.map((x) => (x * Math.sqrt(n)) / Math.hypot(...v));
        }),
      );
      const gramB = gramOf(other, false);
      return sum(gramA.map((row, i) => sum(row.map((x, j) => x * gramB[i][j]))));
    });
    const mean = sum(draws) / draws.length;
    const error = Math.sqrt(sum(draws.map((x) => (x - mean) ** 2))) / draws.length;
    const expected = sum(norms[0].map((n, i) => n * norms[1][i]));
    expect(Math.abs(mean - expected)).toBeLessThan(4 * error);
  });

  it('has a defined result for zero vectors, duplicates, one feature and tiny or huge numbers', async () => {
    const zero = embedding(2, 3);
    const one = embeddingFromVectors([[0, 5]]);
    const nothing = await compare(zero, one);
    expect(nothing).toMatchObject({ similarity: null, chance: null, capacity: null, span: null });
    expect(nothing.isNearChance).toBe(false);
    expect([...nothing.a.unmatched]).toEqual([0, 1, 2]);
    expect(nothing.a.zeroFeatures).toBe(3);
    const copies = embeddingFromVectors([
      [0, 1],
      [0, 2],
      [0, 0],
      [1, 0],
    ]);
    const found = await compare(copies, one);
    expect([...found.pairs.a].length).toBe(1);
    expect(found.similarity?.meanCosine).toBe(1);
    expect(found.capacity?.spearman).toBeNull();
    // Entries whose squares leave the range of float64.
    const scaled = embedding(2, 1, Float64Array.of(0, 1e200));
    expect((await compare(copies, scaled)).similarity?.meanCosine).toBe(1);
    const opposite = await compare(embeddingFromVectors([[1, 0]]), embeddingFromVectors([[-3, 0]]));
    expect(opposite.similarity?.meanCosine).toBe(-1);
    expect(opposite.mcc).toBe(1);
    const mutual = await compare(
      embeddingFromVectors([[1, 0]]),
      embeddingFromVectors([
        [-3, 0],
        [-1, 0],
      ]),
      { assignUpTo: 0 },
    );
    // The only cosines are -1: of equally near ones the lowest index.
    expect([...mutual.pairs.b]).toEqual([0]);
  });

  it.each<[string, Embedding, Embedding, CompareOptions, string]>([
    ['dimensions', embedding(2, 3), embedding(3, 3), {}, 'got 2 in A and 3 in B'],
    [
      'order',
      embedding(2, 3),
      embedding(2, 4),
      { by: 'order' },
      'order needs as many features in both, got 3 and 4',
    ],
    [
      'align',
      embedding(2, 3),
      embedding(2, 3),
      { align: true },
      'align: needs pairs that are given',
    ],
    [
      'names',
      embedding(2, 1),
      embedding(2, 1),
      { by: 'names' },
      'needs names of the features of both',
    ],
    [
      'no common name',
      embedding(2, 1),
      embedding(2, 1),
      { by: 'names', names: [['x'], ['']] },
      'no name is in both; A has "x" .. and B has no names',
    ],
    [
      'a name twice',
      embedding(2, 2),
      embedding(2, 1),
      { by: 'names', names: [['x', 'x'], ['x']] },
      'features 0 and 1 of A are both "x"',
    ],
    [
      'a name twice in the other',
      embedding(2, 1),
      embedding(2, 2),
      { by: 'names', names: [['x'], ['x', 'x']] },
      'features 0 and 1 of B are both "x"',
    ],
    ['threshold', embedding(2, 1), embedding(2, 1), { threshold: 2 }, 'threshold'],
    [
      'NaN',
      embedding(2, 1),
      embedding(2, 1, Float64Array.of(1, NaN)),
      {},
      'B: feature 0 has NaN in dimension 1',
    ],
  ])('refuses wrong %s in one line', async (_, a, b, options, message) => {
    await expect(compare(a, b, options)).rejects.toThrow(message);
  });

  it('stops at a signal, and tells its progress', async () => {
    const w = gaussianEmbedding(4, 50, 1);
    const reason = new Error('stop');
    const signal = { aborted: true, reason };
    await expect(compare(w, w, { signal })).rejects.toBe(reason);
    const parts = new Set<string>();
    await compare(w, gaussianEmbedding(4, 50, 2), {
      onProgress: ({ part, stage, done, total }) => {
        expect(done).toBeLessThanOrEqual(total);
        parts.add(`${part} ${stage}`);
      },
    });
    expect([...parts]).toEqual(
      expect.arrayContaining(['a whole', 'b whole', 'pairs assignment', 'pairs chance']),
    );
  });
});
