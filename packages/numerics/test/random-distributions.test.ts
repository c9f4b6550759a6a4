import { describe, expect, it } from 'vitest';
import {
  bernoulli,
  exponential,
  gamma,
  geometric,
  integerBelow,
  laplace,
  normal,
  studentT,
  uniform,
  uniformBetween,
} from '../src/random/distributions.ts';
import { fillNormal, fillUniform } from '../src/random/fill.ts';
import { generator, childGenerator, type Generator } from '../src/random/generator.ts';
import { permutation, shuffle } from '../src/random/shuffle.ts';

/** Distribution function of the standard normal (Marsaglia 2004), accurate to double precision below 7. */
function normalCdf(x: number): number {
  let sum = x;
  let term = x;
  for (let i = 3; Math.abs(term) > 1e-17 * Math.abs(sum); i += 2) {
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

const clamp = (x: number): number => Math.min(1, Math.max(0, x));
const exponentialCdf = (x: number): number => clamp(-Math.expm1(-x));

const continuous: readonly {
  name: string;
  draw: (g: Generator) => number;
  cdf: (x: number) => number;
  /** E[x], E[x^2], E[x^3], E[x^4]; absent if the tails are too heavy. */
  raw?: readonly number[];
}[] = [
  { name: 'uniform', draw: uniform, cdf: clamp, raw: [1 / 2, 1 / 3, 1 / 4, 1 / 5] },
  {
    name: 'uniformBetween(-2, 4)',
    draw: (g) => uniformBetween(g, -2, 4),
    cdf: (x) => clamp((x + 2) / 6),
    raw: [1, 4, 10, 35.2],
  },
  { name: 'normal', draw: normal, cdf: normalCdf, raw: [0, 1, 0, 3] },
  { name: 'exponential', draw: exponential, cdf: exponentialCdf, raw: [1, 2, 6, 24] },
  {
    name: 'laplace',
    draw: laplace,
    cdf: (x) => (x < 0 ? Math.exp(x) / 2 : 1 - Math.exp(-x) / 2),
    raw: [0, 2, 0, 24],
  },
  { name: 'gamma(1)', draw: (g) => gamma(g, 1), cdf: exponentialCdf, raw: [1, 2, 6, 24] },
  {
    name: 'gamma(1/2), half a squared normal',
    draw: (g) => gamma(g, 0.5),
    cdf: (x) => 2 * normalCdf(Math.sqrt(2 * x)) - 1,
    raw: [0.5, 0.75, 1.875, 6.5625],
  },
  {
    name: 'gamma(3)',
    draw: (g) => gamma(g, 3),
    cdf: (x) => 1 - Math.exp(-x) * (1 + x + (x * x) / 2),
    raw: [3, 12, 60, 360],
  },
  {
    name: 'studentT(2)',
    draw: (g) => studentT(g, 2),
    cdf: (x) => 0.5 + x / (2 * Math.sqrt(2 + x * x)),
  },
  {
    name: 'studentT(4)',
    draw: (g) => studentT(g, 4),
    cdf: (x) => {
      const t = x / Math.sqrt(4 + x * x);
      return 0.5 + 0.75 * (t - (t * t * t) / 3);
    },
  },
];

function first(draw: (g: Generator) => number): number[] {
  const g = generator(1);
  return [draw(g), draw(g)];
}

describe('continuous distributions', () => {
  it.each(continuous)('$name follows its distribution function', ({ draw, cdf }) => {
    const n = 50_000;
    const g = generator(42);
    const sorted = Float64Array.from({ length: n }, () => draw(g)).toSorted();
    let distance = 0;
    sorted.forEach((x, i) => {
      const f = cdf(x);
      distance = Math.max(distance, f - i / n, (i + 1) / n - f);
    });
    // Dvoretzky-Kiefer-Wolfowitz-Massart: P(distance > e) <= 2 exp(-2 n e^2), here 1e-6.
    expect(distance).toBeLessThan(Math.sqrt(Math.log(2e6) / (2 * n)));
  });

  it.each(continuous.filter(({ raw }) => raw))(
    '$name has the expected first and second moments',
    (entry) => {
      const n = 50_000;
      const g = generator(7);
      const [m1, m2, , m4] = entry.raw!;
      let sum = 0;
      let squares = 0;
      for (let i = 0; i < n; i++) {
        const x = entry.draw(g);
        sum += x;
        squares += x * x;
      }
      expect(Math.abs(sum / n - m1)).toBeLessThan(5 * Math.sqrt((m2 - m1 * m1) / n));
      expect(Math.abs(squares / n - m2)).toBeLessThan(5 * Math.sqrt((m4 - m2 * m2) / n));
    },
  );

  it('draws independent numbers in a pair of normals', () => {
    const n = 100_000;
    const g = generator(5);
    let product = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const x = normal(g);
      const y = normal(g);
      product += x * y;
      squares += (x * x - 1) * (y * y - 1);
    }
    expect(Math.abs(product)).toBeLessThan(5 * Math.sqrt(n));
    expect(Math.abs(squares)).toBeLessThan(5 * 2 * Math.sqrt(n));
  });

  it('gives the pinned numbers', () => {
    expect(first(uniform)).toEqual([0.8902591757080309, 0.585725953513891]);
    expect(first((g) => integerBelow(g, 1000))).toEqual([890, 894]);
    expect(first((g) => geometric(g, 0.1))).toEqual([20, 8]);
    const close = (draw: (g: Generator) => number, expected: number[]): void =>
      first(draw).forEach((x, i) => expect(x).toBeCloseTo(expected[i], 13));
    close(normal, [0.925014703012173, 0.20319257653896444]);
    close(exponential, [2.2096338360621393, 0.8812275761137078]);
    close(laplace, [1.516486655502194, 0.1880803955537625]);
    close((g) => gamma(g, 2.5), [3.833384107864217, 2.479731536761486]);
    close((g) => studentT(g, 5), [0.9287873838071107, -0.3412793313252298]);
  });

  it('rejects parameters out of range', () => {
    const g = generator(0);
    for (const shape of [0, -1, NaN, Infinity]) {
      expect(() => gamma(g, shape)).toThrow(RangeError);
      expect(() => studentT(g, shape)).toThrow(RangeError);
    }
  });
});

describe('uniform', () => {
  it('uses all 53 bits and stays below 1', () => {
    const g = generator(0);
    g.block.fill(0xffffffff);
    g.used = 0;
    expect(uniform(g)).toBe(1 - 2 ** -53);
    g.block.set([0, 64], 2);
    expect(uniform(g)).toBe(2 ** -53);
  });
});

describe('discrete distributions', () => {
  it.each([0, 1e-3, 0.3, 1])('bernoulli(%s) has the expected mean', (p) => {
    const n = 100_000;
    const g = generator(8);
    let hits = 0;
    for (let i = 0; i < n; i++) if (bernoulli(g, p)) hits++;
    expect(Math.abs(hits / n - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / n));
  });

  it.each([0.01, 0.3, 0.9, 1])(
    'geometric(%s) follows the distribution of failures before success',
    (p) => {
      const n = 50_000;
      const g = generator(9);
      let sum = 0;
      let zeros = 0;
      for (let i = 0; i < n; i++) {
        const gap = geometric(g, p);
        sum += gap;
        if (gap === 0) zeros++;
      }
      expect(Math.abs(sum / n - (1 - p) / p)).toBeLessThanOrEqual((5 * Math.sqrt((1 - p) / n)) / p);
      expect(Math.abs(zeros / n - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / n));
    },
  );

  it.each([1, 7, 3 * 2 ** 30, 2 ** 32])(
    'integerBelow(%s) falls in each third equally often',
    (n) => {
      const draws = 60_000;
      const g = generator(10);
      let low = 0;
      let strays = 0;
      for (let i = 0; i < draws; i++) {
        const drawn = integerBelow(g, n);
        if (!(drawn >= 0 && drawn < n && Number.isInteger(drawn))) strays++;
        if (drawn < n / 3) low++;
      }
      expect(strays).toBe(0);
      const p = Math.ceil(n / 3) / n;
      expect(Math.abs(low / draws - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / draws));
    },
  );

  it('gives every order of four items equally often', () => {
    const draws = 48_000;
    const g = generator(12);
    const counts = new Map<string, number>();
    for (let i = 0; i < draws; i++) {
      const order = permutation(g, 4).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const p = 1 / 24;
    for (const count of counts.values()) {
      expect(Math.abs(count / draws - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / draws));
    }
  });

  it('shuffles arrays and typed arrays in the same way', () => {
    const list = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    shuffle(generator(1), list);
    const typed = Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7);
    shuffle(generator(1), typed);
    expect(list.map((c) => c.charCodeAt(0) - 97)).toEqual(Array.from(typed));
    expect(Array.from(permutation(generator(1), 8))).toEqual(Array.from(typed));
    expect(Array.from(typed)).toEqual([1, 0, 4, 2, 5, 3, 6, 7]);
    expect(permutation(generator(1), 0)).toHaveLength(0);
  });

  it('rejects parameters out of range', () => {
    const g = generator(0);
    for (const n of [0, -1, 1.5, NaN, 2 ** 32 + 1]) {
      expect(() => integerBelow(g, n)).toThrow(RangeError);
    }
    for (const p of [0, -0.1, 1.1, NaN]) expect(() => geometric(g, p)).toThrow(RangeError);
    for (const n of [-1, 0.5, NaN, 2 ** 32]) expect(() => permutation(g, n)).toThrow(RangeError);
  });
});

describe('fillUniform and fillNormal', () => {
  it('give the same numbers as single calls', () => {
    const uniforms = new Float64Array(101);
    fillUniform(childGenerator(generator(3), 1), uniforms);
    const g = childGenerator(generator(3), 1);
    expect(Array.from(uniforms)).toEqual(Array.from(uniforms, () => uniform(g)));
    const normals = new Float64Array(101);
    const singles = new Float32Array(101);
    fillNormal(generator(4), normals);
    fillNormal(generator(4), singles);
    const h = generator(4);
    expect(Array.from(normals)).toEqual(Array.from(normals, () => normal(h)));
    expect(Array.from(singles)).toEqual(Array.from(normals, Math.fround));
  });
});
