import { measureCapacity } from '@polysem/core/capacity';
import { generator } from '@polysem/numerics/random';
import { expect, it } from 'vitest';
import { embeddingFromVectors } from '../src/embedding/embedding.ts';
import { arrange, arranged, settle } from '../src/geometry/arrangement.ts';
import { constructEfficient } from '../src/geometry/construct-efficient.ts';
import { withMoves } from '../src/geometry/move-features.ts';
import { randomOrthogonal } from '../src/geometry/random-tight-frame.ts';
import { gaussianEmbedding, sum } from './fixtures.ts';

it('starts from the exact blocks of an efficient matrix, without a step', () => {
  for (const seed of [1, 2, 3]) {
    const { embedding: w, blocks } = constructEfficient(generator(seed), {
      dims: 7,
      blocks: [
        { dims: 2, features: 5, gamma: 3 },
        { dims: 1, features: 2, gamma: 2 },
        { dims: 3, features: 4, gamma: 1 },
      ],
    });
    const parts = blocks.map((features, k) => ({ features, dims: [2, 1, 3][k] }));
    const found = settle(w, parts, undefined, 0);
    const size = sum(measureCapacity(w).squaredNorm);
    // No distance is left: |W - X|^2 = |W|^2 - gain.
    expect(found.gain / size).toBeCloseTo(1, 12);
    arranged(found, w).data.forEach((x, j) => expect(x).toBeCloseTo(w.data[j], 9));
    [3, 2, 1].forEach((gamma, k) => expect(found.gammas[k]).toBeCloseTo(gamma, 12));
  }
});

it('takes as many steps as it is told: each gains, up to the stationary point', () => {
  const w = gaussianEmbedding(4, 8, 1);
  const parts = [
    { features: [0, 1, 2, 3], dims: 2 },
    { features: [4, 5, 6, 7], dims: 2 },
  ];
  const gains = [0, 1, 2, 3].map((steps) => settle(w, parts, undefined, steps).gain);
  for (let step = 1; step < 4; step++) expect(gains[step]).toBeGreaterThan(gains[step - 1]);
  expect(settle(w, parts).gain).toBeGreaterThan(gains[3]);
});

it('settles to the same basis in any unit', () => {
  const w = gaussianEmbedding(4, 9, 2);
  const parts = [
    { features: [0, 1, 2, 3, 4], dims: 2 },
    { features: [5, 6, 7, 8], dims: 2 },
  ];
  const known = settle(w, parts);
  // Powers of two change no digits.
  for (const unit of [2 ** -30, 2 ** 30]) {
    const found = settle({ ...w, data: w.data.map((x) => x * unit) }, parts);
    expect(found.basis).toEqual(known.basis);
    expect(found.gain).toBe(known.gain * unit * unit);
    expect(found.gammas).toEqual(known.gammas.map((gamma) => gamma * unit * unit));
  }
});

it.each([
  [0.75, false],
  [1.5, true],
])('moves a feature if that gains %d times 2^-40 of all: %s', (times, isMoved) => {
  // The last feature keeps x^2 on the first axis and y^2 on the second. All features keep 3 + x^2 at first.
  const gain = times * 2 ** -40 * (3 + 1);
  const w = embeddingFromVectors([
    [1, 0],
    [1, 0],
    [0, 1],
    [1, Math.sqrt(1 + gain)],
  ]);
  const start = [
    { features: [0, 1, 3], dims: 1 },
    { features: [2], dims: 1 },
  ];
  const moved = withMoves(w, arrange(w, start, Float64Array.of(1, 0, 0, 1)));
  const lists = moved.map(({ features }) => features);
  expect(lists).toEqual(
    isMoved
      ? [
          [0, 1],
          [2, 3],
        ]
      : [[0, 1, 3], [2]],
  );
});

it('moves each feature in turn to the block with which all blocks together gain most', () => {
  let moves = 0;
  for (let seed = 0; seed < 30; seed++) {
    const w = gaussianEmbedding(4, 10, seed);
    const dims = seed % 2 === 0 ? [2, 2] : [2, 1, 1];
    const basis = randomOrthogonal(generator(seed), 4);
    // The last two features are in no block at first.
    let at = dims.map((own, k) => ({
      features: Array.from({ length: 8 }, (_, i) => i).filter((i) => i % dims.length === k),
      dims: own,
    }));
    const start = arrange(w, at, basis);
    for (let i = 0; i < 10; i++) {
      const from = at.find(({ features }) => features.includes(i));
      if (from !== undefined && from.features.length === from.dims) continue;
      const choices = at.map((to) =>
        at.map((part) => ({
          features: [...part.features.filter((j) => j !== i), ...(part === to ? [i] : [])].toSorted(
            (j, k) => j - k,
          ),
          dims: part.dims,
        })),
      );
      const gains = choices.map((choice) => arrange(w, choice, basis).gain);
      const best = choices[gains.indexOf(Math.max(...gains))];
      if (from !== undefined && arrange(w, at, basis).gain > Math.max(...gains) * (1 - 1e-12))
        continue;
      at = best;
      moves++;
    }
    expect(withMoves(w, start)).toEqual(at);
  }
  expect(moves).toBeGreaterThan(100);
});

it('moves features of axes, one after another, each to the axis that it is nearest to', () => {
  // An axis keeps the sum of squares along it, so a feature belongs where its own coordinate is largest.
  const w = embeddingFromVectors([
    [0.5, 1],
    [0.9, 1],
    [1, 0],
    [0, 1],
    [1, -0.95],
  ]);
  const start = [
    { features: [0, 1, 2], dims: 1 },
    { features: [3, 4], dims: 1 },
  ];
  const moved = withMoves(w, arrange(w, start, Float64Array.of(1, 0, 0, 1)));
  expect(moved.map(({ features }) => [...features])).toEqual([
    [2, 4],
    [0, 1, 3],
  ]);
});
