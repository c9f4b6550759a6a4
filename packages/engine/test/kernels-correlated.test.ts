import { resolveInputs, type FeatureInputs } from '@polysem/core/features';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  activeSetLaw,
  type CorrelatedFeatures,
  type Correlation,
  type FeatureDistribution,
  type SparseBatch,
} from '@polysem/core/features';
import { firstOrderDefaults } from '../src/descent/optimiser.ts';
import { generator, childGenerator } from '@polysem/numerics/random';
import { parameterLayout } from '../src/models/parameters.ts';
import type { Instance } from '../src/kernels/kernel.ts';
import { aliasTable } from '../src/kernels/alias-table.ts';
import type { Method } from '../src/kernels/program/method.ts';
import { wasmKernel } from '../src/kernels/wasm-kernel.ts';
import { nextUint32, type Generator } from '@polysem/numerics/random';
import { capability } from '../../numerics/src/wasm/capabilities.ts';
import { sum } from '../../core/test/fixtures.ts';

const isFused = capability() === 'fma';
const METHODS: readonly Method[] = ['dense', 'compact', 'sparse', 'gram'];

const positive = (density: number): FeatureDistribution => ({
  shape: 'uniform-positive',
  density,
  unitVariance: false,
});

function instanceOf(features: number, inputs: FeatureInputs, batch: number): Instance {
  const importance = Array.from({ length: features }, () => 1);
  return {
    model: { task: 'compression', activation: 'relu', features, dims: 2, importance },
    inputs: resolveInputs(inputs, features),
    batch,
    optimiser: firstOrderDefaults.adam,
    learningRate: 0.01,
    schedule: { shape: 'constant', warmUp: 0 },
    steps: 100,
    clip: null,
    stream: childGenerator(generator(4), 7),
  };
}

function correlated(
  marginal: CorrelatedFeatures['marginal'],
  correlation: Correlation,
): CorrelatedFeatures {
  return { kind: 'correlated', marginal, correlation };
}

const GROUPS = [
  [5, 0],
  [1, 4, 3],
];
/** Inputs of seven features whose densities differ as much as each correlation allows. */
const UNEVEN: readonly (readonly [string, CorrelatedFeatures])[] = [
  [
    'together',
    correlated([0.3, 0.05, 0.5, 0.05, 0.05, 0.3, 0.04].map(positive), {
      kind: 'together',
      groups: GROUPS,
    }),
  ],
  [
    'one of a group',
    correlated([0.3, 0.05, 0.5, 0.2, 0.6, 0.4, 1].map(positive), {
      kind: 'one-of',
      groups: GROUPS,
    }),
  ],
  [
    'two classes of features with a factor',
    correlated(
      Array.from({ length: 7 }, (_, i) => positive(i % 3 === 0 ? 0.4 : 0.05)),
      { kind: 'copula', loadings: Array.from({ length: 7 }, (_, i) => (i % 3 === 0 ? -0.5 : 0.8)) },
    ),
  ],
  [
    'different features with a factor',
    correlated([0.3, 0.05, 0.5, 0.05, 0.1, 0.3, 1].map(positive), {
      kind: 'copula',
      loadings: [0.9, -0.9, 0.5, 0.3, 0, -1, 0.2],
    }),
  ],
];

describe.each(UNEVEN)('features of several densities, %s', (_, inputs) => {
  it.each(METHODS)('have active sets that follow their law: %s', (method) => {
    const [rows, steps] = [4095, 10];
    const n = rows * steps;
    const instance = instanceOf(7, inputs, rows);
    const kernel = wasmKernel(isFused, method);
    const counts = new Map<string, number>();
    for (let step = 0; step < steps; step++) {
      const { rowStarts, indices } = kernel.inputs(instance, step);
      for (let row = 0; row < rows; row++) {
        const set = indices.subarray(rowStarts[row], rowStarts[row + 1]).join();
        counts.set(set, (counts.get(set) ?? 0) + 1);
      }
    }
    const { sets, probabilities } = activeSetLaw(inputs, 7);
    sets.forEach((set, at) => {
      const p = probabilities[at];
      // Six standard errors, plus a constant for the longer tails of small counts.
      const bound = 6 * Math.sqrt(n * p * (1 - p)) + 6;
      expect(Math.abs((counts.get(set.join()) ?? 0) - n * p), set.join()).toBeLessThan(bound);
    });
    const possible = new Set(sets.map((set) => set.join()));
    expect([...counts.keys()].filter((set) => !possible.has(set))).toEqual([]);
  });
});

it('compact and sparse draw the same correlated inputs, and the same again for the same step', () => {
  const all = [
    ...UNEVEN.map(([, inputs]) => inputs),
    // More features than bits in a word, and more outcomes than a table holds.
    correlated(positive(0.05), {
      kind: 'copula',
      loadings: Array.from({ length: 70 }, (_, i) => i / 70),
    }),
    correlated(positive(0.02), {
      kind: 'copula',
      matrix: Array.from({ length: 70 }, (_, i) =>
        Array.from({ length: 70 }, (__, j) => 0.9 ** Math.abs(i - j)),
      ),
    }),
  ];
  for (const inputs of all) {
    const features = 'length' in inputs.marginal ? 7 : 70;
    const instance = instanceOf(features, inputs, 301);
    const [compact, sparse] = (['compact', 'sparse'] as const).map((method) => {
      const kernel = wasmKernel(isFused, method);
      const batch = kernel.inputs(instance, 3);
      kernel.inputs(instance, 2);
      expect(kernel.inputs(instance, 3)).toEqual(batch);
      return batch;
    });
    expect(sparse).toEqual(compact);
    expect(compact.values.length).toBeGreaterThan(100);
  }
});

it.each(METHODS)('groups of one train to the same bytes as independent features: %s', (method) => {
  const marginal = [0.3, 0.1, 0.3, 0.7, 0.5].map(positive);
  const kernel = wasmKernel(isFused, method);
  const trained = (['together', 'one-of', null] as const).map((kind) => {
    const inputs = kind === null ? marginal : correlated(marginal, { kind, groups: 1 });
    const instance = instanceOf(5, inputs, 100);
    const state = kernel.begin(new Float32Array(parameterLayout(instance.model).size).fill(0.3));
    kernel.advance(instance, state, new Float64Array(20));
    return state;
  });
  expect(trained[0]).toEqual(trained[2]);
  expect(trained[1]).toEqual(trained[2]);
});

/*
 * A plain reference for sampling groups from the same random words. They come from eight generators
 * in two sets of four lanes, each seeded by a block of the stream.
 */

/** Draws four words, one per lane of a set. */
type Words = (set: number) => readonly number[];

function randomWords(stream: Generator, step: number): Words {
  const g = structuredClone(stream);
  g.counter[0] = 8 * step;
  const seeds = Array.from({ length: 8 }, () =>
    Uint32Array.from({ length: 4 }, () => nextUint32(g)),
  );
  return (set) =>
    seeds.slice(4 * set, 4 * set + 4).map((s) => {
      // xoshiro128+.
      const result = (s[0] + s[3]) >>> 0;
      const t = s[1] << 9;
      s[2] ^= s[0];
      s[3] ^= s[1];
      s[1] ^= s[2];
      s[0] ^= s[3];
      s[2] ^= t;
      s[3] = (s[3] << 11) | (s[3] >>> 21);
      return result;
    });
}

const upper = (word: number): number => word >>> 8;
const uniform = (word: number): number => upper(word) * 2 ** -24;
/** Sixteen rows are sampled together: four words of each set in turn. */
const strip = (words: Words): readonly number[] => [0, 1, 0, 1].flatMap(words);

type Rows = Map<number, number>[];

/** The rows as a batch, with rows without active features at the end. */
function asBatch(rows: Rows, features: number): SparseBatch {
  const entries = rows.map((row) => [...row].toSorted(([a], [b]) => a - b));
  const rowStarts = [0];
  for (const own of entries) rowStarts.push(rowStarts[rowStarts.length - 1] + own.length);
  return {
    rows: rows.length,
    features,
    rowStarts: Uint32Array.from(rowStarts),
    indices: Uint32Array.from(entries.flat(), ([i]) => i),
    values: Float64Array.from(entries.flat(), ([, x]) => x),
  };
}

describe('groups equal a plain reference on the same random words', () => {
  const groups = [[0, 5], [1, 3, 4], [2], [6]];
  const [features, rows, step] = [7, 150, 3];
  const batchOf = (inputs: CorrelatedFeatures, method: Method) => {
    const instance = instanceOf(features, inputs, rows);
    return {
      found: wasmKernel(isFused, method).inputs(instance, step),
      words: randomWords(instance.stream, step),
    };
  };

  it.each(['together', 'one-of'] as const)('every input: %s', (kind) => {
    const density = 0.3;
    const { found, words } = batchOf(correlated(positive(density), { kind, groups }), 'dense');
    const drawn: Rows = Array.from({ length: rows }, () => new Map<number, number>());
    const limit = (share: number): number => Math.fround(share * 2 ** 24);
    const single = limit(Math.fround(density));
    for (const group of groups) {
      for (let first = 0; first < rows; first += 16) {
        const choices = strip(words).map(upper);
        const one = kind === 'one-of' ? strip(words) : [];
        group.forEach((feature, k) => {
          const [from, to] =
            kind === 'one-of'
              ? [k, k + 1].map((count) => limit(sum(Array.from({ length: count }, () => density))))
              : [0, single];
          const own = kind === 'one-of' ? one : strip(words);
          choices.forEach((choice, r) => {
            if (choice >= from && choice < to) drawn[first + r]?.set(feature, uniform(own[r]));
          });
        });
      }
    }
    expect(found).toEqual(asBatch(drawn, features));
    expect(found.values.length).toBeGreaterThan(200);
  });

  it.each(['together', 'one-of'] as const)('active inputs only: %s', (kind) => {
    const pairs = [
      [0, 5],
      [1, 3],
      [2, 6],
    ];
    const density = 0.05;
    const inputs = correlated([...Array(6).fill(density), density].map(positive), {
      kind,
      groups: [...pairs, [4]],
    });
    // All groups have the same density, so that no sample is discarded.
    const even = kind === 'one-of' ? withEvenGroups(inputs, density) : inputs;
    const { found, words } = batchOf(even, 'compact');
    const groupDensity = kind === 'one-of' ? 2 * density : density;
    const gaps: { gap: number; value: number; choice: number }[] = [];
    // One vector of each set of generators: all gaps, then all values, then all choices.
    const both = (): number[] => [0, 1].flatMap((set) => words(set));
    const refill = (): void => {
      for (let k = 0; k < 8; k++) {
        const gap = both();
        const value = kind === 'one-of' ? both() : gap;
        const choice = kind === 'one-of' ? both() : gap;
        gap.forEach((word, lane) => {
          const u = Math.min(1 - 2 ** -24, Math.fround(word) * 2 ** -32);
          gaps.push({
            gap: Math.floor(Math.log1p(-u) / Math.log1p(-groupDensity)),
            value: uniform(value[lane]),
            choice: (choice[lane] >>> 1) * 2 ** -31,
          });
        });
      }
    };
    const values: number[] = [];
    const nextValue = (): number => {
      if (values.length === 0)
        for (let k = 0; k < 16; k++) values.push(...words(k % 2).map(uniform));
      return values.shift() as number;
    };
    const all = [...pairs, [4]];
    const drawn = new Map<number, Map<number, number>>();
    refill();
    let cell = gaps[0].gap;
    for (;;) {
      const row = Math.floor(cell / all.length);
      if (row >= rows) break;
      const group = all[cell % all.length];
      const { value, choice } = gaps.shift() as (typeof gaps)[number];
      const own = drawn.get(row) ?? new Map<number, number>();
      drawn.set(row, own);
      if (kind === 'together') for (const i of group) own.set(i, nextValue());
      else own.set(group[Math.floor(choice * group.length)], value);
      if (gaps.length === 0) refill();
      cell += 1 + gaps[0].gap;
    }
    const empty = Array.from({ length: rows - drawn.size }, () => new Map<number, number>());
    expect(found).toEqual(asBatch([...drawn.values(), ...empty], features));
    expect(drawn.size).toBeGreaterThan(20);
  });
});

/** Gives the feature without a partner the density of a pair. */
function withEvenGroups(inputs: CorrelatedFeatures, density: number): CorrelatedFeatures {
  return {
    ...inputs,
    marginal: Array.from({ length: 7 }, (_, i) => positive(i === 4 ? 2 * density : density)),
  };
}

it('an alias table gives every choice its weight', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 }),
      (weights) => {
        const total = sum(weights);
        if (total < 1e-6) return;
        const table = aliasTable(weights);
        const share = new Float64Array(weights.length);
        table.forEach(({ cut, alias }, slot) => {
          expect(cut >= 0 && cut <= 1 + 1e-12).toBe(true);
          share[slot] += cut;
          share[alias] += 1 - cut;
        });
        share.forEach((s, i) =>
          expect(Math.abs(s / weights.length - weights[i] / total)).toBeLessThan(1e-13),
        );
      },
    ),
  );
});
