import { describe, expect, it } from 'vitest';
import { gaussLegendre, normalCdf } from '@polysem/numerics/elementary';
import type { ParameterValues } from '../src/features/distributions/distribution.ts';
import {
  checkMoment,
  checkValueDistribution,
  distributionNames,
  distributionParameters,
  distributions,
  parameterValues,
  rawMoment,
  valueDistribution,
  type ParameterName,
  type ValueDistribution,
} from '../src/features/distributions/registry.ts';
import {
  arithmetic,
  defineSeeding,
  RANDOM_STATE,
  randomLanes,
  toUniform,
} from '@polysem/numerics/lanes';
import { generator } from '@polysem/numerics/random';
import { capability, f32x4, i32, moduleBuilder, webAssembly } from '@polysem/numerics/wasm';

/* Every registered distribution is tested here: its law, its moments and its samplers must agree. */

const none = {} as ParameterValues<ParameterName>;

/** Each distribution with default parameters, and with each parameter at three times its default. */
const cases: ValueDistribution[] = distributionNames.flatMap((shape) => [
  { shape },
  ...distributionParameters
    .filter((parameter) => parameter.distributions.includes(shape))
    .map((parameter) => ({ shape, [parameter.name]: 3 * parameter.default })),
]);
const titled = cases.map((one) => [JSON.stringify(one), one] as const);

const RULE = gaussLegendre(16);
/** The integrals run over s = 0 .. 20 with u = e^-s / 2: from the median to a tail of 1e-9. */
const SEGMENTS = 20;

/** The integrals of Q^order over u = (e^-s-1, e^-s) / 2, for s = 0, 1, ..: the lower half, or the upper with u mirrored. */
function tailIntegrals(one: ValueDistribution, order: number, isUpper: boolean): number[] {
  const { quantile } = distributions[one.shape];
  const values = parameterValues(one);
  return Array.from({ length: SEGMENTS }, (_, segment) => {
    let sum = 0;
    RULE.nodes.forEach((node, k) => {
      const u = Math.exp(-(segment + (1 + node) / 2)) / 2;
      const z = quantile(isUpper ? 1 - u : u, values);
      sum += (RULE.weights[k] / 2) * u * z ** order;
    });
    return sum;
  });
}

/**
 * The integral of Q^order over one half of (0, 1). The segments of a power-law tail form a geometric series: its rest is
 * added, and the integral is infinite where the series diverges.
 */
function halfMoment(one: ValueDistribution, order: number, isUpper: boolean): number {
  const parts = tailIntegrals(one, order, isUpper);
  const last = parts[SEGMENTS - 1];
  const ratio = last === 0 ? 0 : last / parts[SEGMENTS - 2];
  if (ratio > 0.97) return Math.sign(last) * Infinity;
  return parts.reduce((a, b) => a + b, 0) + (last * ratio) / (1 - ratio);
}

/**
 * Kolmogorov's distance between samples and the law is at most this except with probability 1e-9 (Dvoretzky, Kiefer and
 * Wolfowitz 1956 with the constant of Massart 1990): 2 exp(-2 n d^2) = 1e-9.
 */
const distanceBound = (n: number): number => Math.sqrt(Math.log(2e9) / (2 * n));

/** Checks |F_n(x) - F(x)| <= distance for all x, by quantiles: Q(i / n - d) <= x_(i) <= Q((i - 1) / n + d). */
function expectLaw(samples: ArrayLike<number>, one: ValueDistribution, resolution: number): void {
  const sorted = Float64Array.from(samples).toSorted();
  const n = sorted.length;
  const distance = distanceBound(n) + resolution;
  const { quantile } = distributions[one.shape];
  const values = parameterValues(one);
  let outside = 0;
  sorted.forEach((x, at) => {
    const [low, high] = [(at + 1) / n - distance, at / n + distance];
    // Rounding to float32 may move a sample beyond an atom or an end of the law.
    const slack = resolution * Math.max(1, Math.abs(x));
    if (low > 0 && x < quantile(low, values) - slack) outside++;
    if (high < 1 && x > quantile(high, values) + slack) outside++;
  });
  expect(outside).toBe(0);
}

/** `count` values of the lanes, from a module compiled for them alone. */
function laneSamples(one: ValueDistribution, isFused: boolean, count: number): Float32Array {
  const { lanes } = distributions[one.shape];
  const module = moduleBuilder();
  const seed = defineSeeding(module, 16);
  const start = 16 + RANDOM_STATE;
  module.define(
    [],
    null,
    (body) => {
      body.call(seed, i32.const(0), i32.const(0));
      const math = arithmetic(isFused);
      const random = randomLanes(body, 16);
      const at = body.hold(i32.const(start));
      body.doWhile(() => {
        const w = body.hold(toUniform(random.words()));
        const value =
          typeof lanes === 'function'
            ? lanes({ body, math, w, words: random.words }, parameterValues(one))
            : math.multiplyAdd(w, f32x4.const(lanes!.factor), f32x4.const(lanes!.offset));
        body.store(at, 0, value);
        body.set(at, i32.add(at, i32.const(16)));
        return i32.ltU(at, i32.const(start + 4 * count));
      });
    },
    'go',
  );
  const engine = webAssembly()!;
  const memory = new engine.Memory({ initial: 64 });
  const { exports } = new engine.Instance(new engine.Module(module.bytes(64)), {
    env: { memory },
  });
  new Uint32Array(memory.buffer, 0, 4).set([1, 2, 3, 4]);
  exports.go();
  return new Float32Array(memory.buffer, start, count).slice();
}

describe.each(titled)('%s', (_title, one) => {
  const { quantile, sample, lanes } = distributions[one.shape];
  const values = parameterValues(one);

  it('is accepted', () => {
    checkValueDistribution(one);
  });

  it('has a quantile that does not decrease', () => {
    let before = -Infinity;
    for (let k = 1; k < 1000; k++) {
      const z = quantile(k / 1000, values);
      expect(z).toBeGreaterThanOrEqual(before);
      before = z;
    }
  });

  it.each([0, 1, 2, 3, 4, 5, 6])('has the moment of order %i of its quantile', (order) => {
    const expected = halfMoment(one, order, false) + halfMoment(one, order, true);
    const actual = rawMoment(one, order);
    if (!Number.isFinite(expected)) {
      expect(actual).toBe(expected);
      return;
    }
    const size = Math.max(1, Math.abs(halfMoment(one, order, true)));
    expect(Math.abs(actual - expected) / size).toBeLessThan(1e-3);
  });

  it('has float64 samples that follow its law', () => {
    const g = generator(12);
    const samples = Float64Array.from({ length: 10_000 }, () => sample(g, values));
    expectLaw(samples, one, 0);
  });

  it.runIf(lanes !== undefined).each(capability() === 'fma' ? [false, true] : [false])(
    'has float32 samples that follow its law, fused: %s',
    (isFused) => {
      expectLaw(laneSamples(one, isFused, 10_000), one, 2 ** -22);
    },
  );

  it('has plain data of its own fields', () => {
    expect(valueDistribution({ ...one, density: 1 } as ValueDistribution)).toEqual(one);
  });
});

describe('distributions with a parameter for kurtosis', () => {
  it.each(distributionNames.filter((name) => distributions[name].byKurtosis !== undefined))(
    '%s has the kurtosis asked for',
    (shape) => {
      const { above, parameters } = distributions[shape].byKurtosis!;
      for (const kurtosis of [above + 0.01, above + 1, 10 * above]) {
        const one = { shape, ...parameters(kurtosis) };
        expect(rawMoment(one, 4) / rawMoment(one, 2) ** 2 / kurtosis).toBeCloseTo(1, 10);
      }
    },
  );
});

describe('quantiles', () => {
  const student = (u: number, degreesOfFreedom: number): number =>
    distributions['student-t'].quantile(u, { degreesOfFreedom });
  const gaussian = (u: number): number => distributions.gaussian.quantile(u, none);

  /** The closed form for 4 degrees of freedom (Shaw 2006). */
  function qOf(u: number): number {
    const root = Math.sqrt(4 * u * (1 - u));
    return Math.cos(Math.acos(root) / 3) / root;
  }

  it('are antisymmetric for distributions with odd moments 0', () => {
    const symmetric = cases.filter((one) => rawMoment(one, 1) === 0);
    expect(symmetric.length).toBeGreaterThan(4);
    for (const one of symmetric) {
      const values = parameterValues(one);
      const { quantile } = distributions[one.shape];
      for (const u of [2 ** -40, 0.01, 0.25, 0.375])
        expect(quantile(1 - u, values)).toBeCloseTo(-quantile(u, values), 12);
    }
  });

  it("agree with tables of Student's t and with the normal distribution function", () => {
    // 95 % of 5, 97.5 % of 2 and 75 % of 1 degrees of freedom (Cauchy).
    expect(student(0.95, 5)).toBeCloseTo(2.015048373333024, 10);
    expect(student(0.975, 2)).toBeCloseTo(4.302652729749464, 10);
    expect(student(0.75, 1)).toBeCloseTo(1, 12);
    expect(student(1e-9, 4)).toBeCloseTo(-2 * Math.sqrt(qOf(1e-9) - 1), 9);
    for (const z of [-6, -1, 0.3, 4]) expect(gaussian(normalCdf(z))).toBeCloseTo(z, 9);
    for (const u of [0.001, 0.3, 0.9]) expect(student(u, 1e7)).toBeCloseTo(gaussian(u), 5);
  });
});

describe('rawMoment', () => {
  it.each([
    ['uniform', [1, 0, 1 / 3, 0, 1 / 5, 0, 1 / 7, 0, 1 / 9]],
    ['exponential', [1, 1, 2, 6, 24, 120, 720, 5040, 40320]],
    ['uniform-positive', [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6, 1 / 7, 1 / 8, 1 / 9]],
    ['gaussian', [1, 0, 1, 0, 3, 0, 15, 0, 105]],
    ['laplace', [1, 0, 2, 0, 24, 0, 720, 0, 40320]],
    ['rademacher', [1, 0, 1, 0, 1, 0, 1, 0, 1]],
  ] as const)('of %s is known', (shape, expected) => {
    expect(expected.map((_, order) => rawMoment({ shape }, order))).toEqual(expected);
  });

  it('of student-t exists below its degrees of freedom', () => {
    const moment = (order: number, degreesOfFreedom?: number): number =>
      rawMoment(valueDistribution({ shape: 'student-t', degreesOfFreedom } as never), order);
    expect(moment(2, 6)).toBe(1.5);
    expect(moment(5, 6)).toBe(0);
    expect(moment(6, 6)).toBe(Infinity);
    expect(moment(7, 6)).toBeNaN();
    expect(moment(2)).toBe(moment(2, 5));
  });

  it('rejects an order that is not a non-negative integer', () => {
    for (const order of [-1, 1.5, NaN])
      expect(() => rawMoment({ shape: 'uniform' }, order)).toThrow(RangeError);
  });
});

describe('checkMoment', () => {
  it('names the parameter to change', () => {
    checkMoment({ shape: 'student-t' }, 4, 'kurtosis');
    const heavy = { shape: 'student-t', degreesOfFreedom: 4 } as const;
    expect(() => checkMoment(heavy, 4, 'kurtosis')).toThrow(
      'degreesOfFreedom: must be above 4 for kurtosis, which needs a finite E[z^4]; got 4',
    );
  });
});
