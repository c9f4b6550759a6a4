import { readFileSync } from 'node:fs';
import { measureCapacity } from '@polysem/core/capacity';
import { embedding } from '@polysem/core/embedding';
import { featureLoss, marginalBenefit, phaseBoundaries } from '@polysem/core/theory';
import { fastestKernel } from '@polysem/engine/kernels';
import { axisValues, holdPoint } from '@polysem/engine/phase';
import { inlineExecutor, planTraining, trainPlans } from '@polysem/engine/training';
import { fillNormal, generator } from '@polysem/numerics/random';
import { describe, expect, it } from 'vitest';
import { beginning, pieces, type Step } from '../src/guide/step.ts';
import { steps } from '../src/guide/steps.ts';
import { readLink, writeLink } from '../src/state/link.ts';
import { holdSpec, kurtosisOf, quadraticTheory, trainingSpec } from '../src/state/specs.ts';
import { consistent, initialState, type LabState } from '../src/state/state.ts';
import { glossary } from '../src/view/glossary.ts';

/** Capacities may differ by this between kernels. */
const SLACK = 0.004;

const textsOf = ({ text, lookAt, shows, doesNotShow }: Step): string[] => [
  text,
  lookAt,
  shows,
  doesNotShow,
];
const plain = (text: string): string =>
  pieces(text)
    .map((piece) => piece.text)
    .join('')
    .replaceAll('\n', ' ');

/** The state that a word of a step sets, from the beginning of the step. */
function stateOf(number: number, word?: string): LabState {
  const step = steps[number - 1];
  return consistent({
    ...beginning(step, number),
    ...(word === undefined ? {} : step.words[word]),
  });
}

interface Trained {
  /** Capacities that the page shows: of the best start, at the step shown. */
  readonly shown: readonly number[];
  readonly sum: number;
  /** Capacity of feature 0 and loss of each start. */
  readonly starts: readonly { readonly first: number; readonly loss: number }[];
  readonly gap: number | null;
}
const known = new Map<string, Promise<Trained>>();

function trained(state: LabState): Promise<Trained> {
  const key = writeLink(state);
  const found = known.get(key) ?? train(state);
  known.set(key, found);
  return found;
}

async function train(state: LabState): Promise<Trained> {
  const spec = trainingSpec(state);
  const kernel = fastestKernel([spec.model]);
  const [result] = await trainPlans([planTraining(spec, { kernel })], inlineExecutor(kernel));
  if (result.best === null) throw new Error('training diverged');
  const { runs, best, gap } = result;
  const point = runs[best].history.at(state.step ?? -1)!;
  const shown = Array.from(measureCapacity(point.embedding).capacity);
  const starts = runs.map(({ loss, history }) => ({
    first: measureCapacity(history.at(-1)!.embedding).capacity[0],
    loss,
  }));
  return { shown, sum: shown.reduce((a, b) => a + b, 0), starts, gap };
}

/** The loss with feature 0 held at a capacity, or free for null. */
function lossHeldAt(state: LabState, capacity: number | null): number {
  const spec = holdSpec(state);
  const { restarts } = spec.training;
  const kernel = fastestKernel([spec.model]);
  return holdPoint(kernel, { spec, row: 0, capacity, restarts, starts: [] }).best!.loss;
}

const price = (word: string): number => quadraticTheory(stateOf(5, word)).price;
const smallest = (values: readonly number[]): number => Math.min(...values);
const largest = (values: readonly number[]): number => Math.max(...values);

/** The numbers that a step states, as it prints them, and what they are. */
type Facts = readonly (readonly [printed: string, value: number])[];
const facts: Readonly<Record<number, () => Promise<Facts>>> = {
  1: async () => {
    const [always, rare] = await Promise.all([
      trained(stateOf(1, 'always')),
      trained(stateOf(1, 'rare')),
    ]);
    return [
      ['1', always.sum],
      ['1', rare.sum],
    ];
  },
  2: async () => {
    const before = await trained(stateOf(2, 'before'));
    const after = await trained(stateOf(2, 'after'));
    const twice = await trained(stateOf(2, 'twice'));
    return [
      ['0.15', before.shown[0]],
      ['0.85', before.shown[1]],
      ['one half', after.shown[0]],
      ['one half', after.shown[1]],
      ['0.51', twice.shown[0]],
      ['1', after.sum],
      ['twice', stateOf(2, 'twice').importance as number],
    ];
  },
  3: async () => {
    const before = await trained(stateOf(3, 'before'));
    const after = await trained(stateOf(3, 'after'));
    const third = await trained(stateOf(3, 'third'));
    expect(third.shown.filter((c) => c > 0.99).length).toBe(1);
    expect(third.shown.filter((c) => Math.abs(c - 0.5) < 0.01).length).toBe(2);
    expect(after.sum).toBeCloseTo(2, 2);
    return [
      ['0.17', before.shown[0]],
      ['0.90', before.shown[1]],
      ['0.93', 2 - before.sum],
      ['2', third.sum],
    ];
  },
  4: async () => {
    const equal = await trained(stateOf(4, 'equal'));
    const twice = await trained(stateOf(4, 'twice'));
    const two = await trained(stateOf(4, 'two'));
    const four = await trained(stateOf(4, 'four'));
    for (const { gap } of [equal, twice, two, four]) expect(Math.abs(gap!)).toBeLessThan(1e-9);
    return [
      ['3', equal.sum],
      ['0.50', smallest(equal.shown)],
      ['0.50', largest(equal.shown)],
      ['0.95', twice.shown[0]],
      ['0.41', smallest(twice.shown.slice(1))],
      ['0.41', largest(twice.shown.slice(1))],
      ['2', two.sum],
      ['4', four.sum],
    ];
  },
  5: async () => {
    const four = stateOf(5, 'four');
    const benefit = marginalBenefit(2, kurtosisOf(four)[0], 1);
    expect(quadraticTheory(four).capacity[0]).toBe(1);
    expect(benefit).toBeGreaterThan(price('four'));
    const three = stateOf(5, 'three');
    const { capacity } = quadraticTheory(three);
    capacity.forEach((c, i) => {
      const own = marginalBenefit(i === 0 ? 2 : 1, kurtosisOf(three)[i], c);
      expect(own).toBeCloseTo(price('three'), 9);
    });
    return [
      ['8.7', price('three')],
      ['16', price('two')],
      ['4.8', price('four')],
    ];
  },
  6: async () => {
    const state = stateOf(6);
    const kurtosis = kurtosisOf(state)[0];
    const { ignoredUpTo, fullFrom } = phaseBoundaries({ features: 6, dims: 3, kurtosis });
    const first = (word: string): number => quadraticTheory(stateOf(6, word)).capacity[0];
    expect(first('ignored')).toBe(0);
    expect(first('shared')).toBeCloseTo(0.5, 9);
    expect(first('full')).toBe(1);
    const dense = await trained(stateOf(6, 'dense'));
    const whole = (c: number): boolean => Math.abs(c - 1) < 1e-6;
    expect(dense.shown.filter(whole).length).toBe(3);
    expect(dense.shown.filter((c) => c < 1e-6).length).toBe(3);
    const border = axisValues({ from: 0.5, to: 0.7, count: 2001 }).findLast(
      (density) => kurtosisOf({ ...state, density })[0] >= 3,
    )!;
    return [
      ['10 %', state.density as number],
      ['0.18', ignoredUpTo],
      ['2.1', fullFrom],
      ['75 %', stateOf(6, 'dense').density as number],
      ['60 %', border],
    ];
  },
  7: async () => {
    const near = await trained(stateOf(7, 'near'));
    const far = await trained(stateOf(7, 'far'));
    const alone = (one: Trained): number =>
      smallest(one.starts.filter(({ first }) => first > 0.99).map(({ loss }) => loss));
    // The loss of a feature that is alone does not depend on its importance; that of the pair grows with it.
    expect(Math.abs(alone(far) / alone(near) - 1)).toBeLessThan(0.01);
    const closer = await trained(stateOf(8, 'relu'));
    const best = ({ starts }: Trained): number => smallest(starts.map(({ loss }) => loss));
    expect(best(near)).toBeGreaterThan(best(closer));
    expect(best(near)).toBeLessThan(alone(near));
    expect(far.shown.some((c) => c < 0.01)).toBe(true);
    const hold = stateOf(7, 'hold');
    const [free, held, whole] = [null, hold.hold!.capacity, 1].map((c) => lossHeldAt(hold, c));
    expect(held).toBeGreaterThan(whole);
    expect(whole).toBeGreaterThan(free);
    expect(held / free - 1).toBeCloseTo(0.036, 3);
    return [
      ['6.3', stateOf(7, 'near').importance as number],
      ['0.66', near.shown[0]],
      ['0.34', smallest(near.shown)],
      ['8', stateOf(7, 'far').importance as number],
      ['whole', far.shown[0]],
      ['0.9', hold.hold!.capacity],
      ['3.6 %', held / free - 1],
    ];
  },
  8: async () => {
    const [relu, gelu, linear, quadratic] = await Promise.all(
      ['relu', 'gelu', 'linear', 'quadratic'].map((word) => trained(stateOf(8, word))),
    );
    expect(smallest(gelu.shown)).toBeLessThan(0.01);
    const hardly = await trained({ ...stateOf(8, 'linear'), importance: 1.1, restarts: 1 });
    return [
      ['0.59', relu.shown[0]],
      ['whole', gelu.shown[0]],
      ['whole', linear.shown[0]],
      ['whole', hardly.shown[0]],
      ['whole', quadratic.shown[0]],
      ['0.40', smallest(quadratic.shown)],
      ['0.40', largest(quadratic.shown.slice(1))],
    ];
  },
  9: async () => [
    ['4.2', (await trained(stateOf(9, 'random'))).sum],
    ['5.0', (await trained(stateOf(9, 'trained'))).sum],
  ],
};
const VALUES: Readonly<Record<string, number>> = { 'one half': 0.5, whole: 1, twice: 2 };

describe('the guided path', () => {
  it.each(steps.map(({ title }, k) => [k + 1, title] as const))(
    'states only numbers that are true in step %i: %s',
    async (number) => {
      const text = textsOf(steps[number - 1])
        .map(plain)
        .join(' ');
      const found = await facts[number]();
      for (const [printed, value] of found) {
        expect(text).toContain(printed);
        const decimals = (/\.(\d+)/.exec(printed)?.[1] ?? '').length;
        const unit = printed.endsWith('%') ? 0.01 : 1;
        const stated = VALUES[printed] ?? Number.parseFloat(printed) * unit;
        const half = decimals === 0 && unit === 1 && Math.abs(stated) < 10 ? 0 : 0.5;
        const tolerance = half * unit * 10 ** -decimals + SLACK;
        expect(Math.abs(value - stated), `${printed} is ${value}`).toBeLessThan(tolerance);
      }
      const stated =
        text.replaceAll(/feature 0|Figure 7/gi, '').match(/\d+(?:\.\d+)?(?: %)?/g) ?? [];
      const checked = new Set(found.map(([printed]) => printed));
      expect(stated.filter((one) => !checked.has(one))).toEqual([]);
    },
  );

  it('has words, terms and places that exist, and says nothing of left or right', () => {
    for (const step of steps) {
      const used = textsOf(step).flatMap((text) => pieces(text));
      const words = used.flatMap((piece) => (piece.kind === 'word' ? [piece.name] : []));
      expect(words.toSorted()).toEqual(Object.keys(step.words).toSorted());
      const terms = used.flatMap((piece) => (piece.kind === 'term' ? [piece.term] : []));
      expect(terms.filter((term) => !(term in glossary))).toEqual([]);
      expect(textsOf(step).join(' ')).not.toMatch(/\b(?:right|left|above|below)\b/);
    }
  });

  it('begins each step in a state, and sets by each word a state, that a link restores', () => {
    steps.forEach((step, k) => {
      const start = beginning(step, k + 1);
      for (const sets of [{}, ...Object.values(step.words)]) {
        const state = { ...start, ...sets };
        expect(consistent(state)).toEqual(state);
        expect(readLink(writeLink(state))).toEqual({ state, ignored: [] });
      }
    });
    expect(initialState.guide).toBe(null);
  });

  it('splits a text into words, terms, commands and the rest', () => {
    expect(pieces('A [b c](d), {e} and {f|g} with `h`.')).toEqual([
      { kind: 'text', text: 'A ' },
      { kind: 'word', text: 'b c', name: 'd' },
      { kind: 'text', text: ', ' },
      { kind: 'term', text: 'e', term: 'e' },
      { kind: 'text', text: ' and ' },
      { kind: 'term', text: 'f', term: 'g' },
      { kind: 'text', text: ' with ' },
      { kind: 'code', text: 'h' },
      { kind: 'text', text: '.' },
    ]);
  });
});

describe('the formulas of the guided path', () => {
  it('give the loss and the marginal benefit of the quadratic model', () => {
    for (const [v, k, c] of [
      [1, 18, 0.3],
      [2, 5, 0.9],
      [0.5, 40, 0],
    ]) {
      const loss = (2 * v ** 2 * (k - 1) * (1 - c)) / (2 + (k - 3) * c);
      expect(featureLoss(v, k, c)).toBeCloseTo(loss, 12);
      const benefit = (2 * v ** 2 * (k - 1) ** 2) / (2 + (k - 3) * c) ** 2;
      expect(marginalBenefit(v, k, c)).toBeCloseTo(benefit, 12);
    }
  });

  it('give the capacities of two vectors at an angle', () => {
    const angle = 0.5;
    const w = embedding(2, 2, Float64Array.of(1, 0, Math.cos(angle), Math.sin(angle)));
    for (const c of measureCapacity(w).capacity)
      expect(c).toBeCloseTo(1 / (1 + Math.cos(angle) ** 2), 12);
  });

  it('give the capacity of random vectors to a few per cent', () => {
    const [dims, features] = [5, 20];
    const g = generator(1);
    const means = Array.from({ length: 200 }, () => {
      const data = new Float64Array(dims * features);
      fillNormal(g, data);
      const { capacity } = measureCapacity(embedding(dims, features, data));
      return capacity.reduce((a, b) => a + b, 0) / features;
    });
    const mean = means.reduce((a, b) => a + b, 0) / means.length;
    expect(Math.abs(mean / (dims / (dims + features - 1)) - 1)).toBeLessThan(0.06);
  });
});

describe('the glossary of the page', () => {
  it('says what the glossary of the documentation says', () => {
    const text = readFileSync(new URL('../../../docs/glossary.md', import.meta.url), 'utf8');
    const rows = text
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.split('|').map((cell) => cell.trim()));
    const meanings = new Map(rows.map((cells) => [cells[1], cells.at(-2)!]));
    for (const [term, meaning] of Object.entries(glossary)) {
      expect(meanings.get(term) ?? `${term} is missing`).toSatisfy(
        (documented: string) => documented.startsWith(meaning),
        `${term}: ${meaning}`,
      );
    }
  });
});
