import { describe, expect, it } from 'vitest';
import {
  cosineOfTurns,
  exp2,
  log2,
  logOneMinus,
  normalDistribution,
} from '../../numerics/src/lanes/elementary.ts';
import { arithmetic, type Arithmetic } from '../../numerics/src/lanes/arithmetic.ts';
import { fourNormals } from '../../numerics/src/lanes/four-normals.ts';
import {
  defineSeeding,
  randomLanes,
  toOpenUniform,
  toUniform,
} from '../../numerics/src/lanes/random-lanes.ts';
import { capability } from '../../numerics/src/wasm/capabilities.ts';
import { webAssembly } from '../../numerics/src/wasm/engine.ts';
import { moduleBuilder, type Body, type Local } from '../../numerics/src/wasm/module.ts';
import { f32x4, i32, i32x4, v128, type V128 } from '../../numerics/src/wasm/value.ts';
import { activationLanes, activationNames, activations } from '../src/activations/registry.ts';
import { normalCdf } from '@polysem/numerics/elementary';
import { generator, childGenerator, nextUint32 } from '@polysem/numerics/random';

const engine = webAssembly()!;
const ULP = 2 ** -23;
const roundings = capability() === 'fma' ? [true, false] : [false];

/** Wraps a function of four lanes as a function of float32 arrays. */
function compileLanes(
  isFused: boolean,
  write: (body: Body, math: Arithmetic, x: Local<'v128'>) => V128,
): (x: Float32Array) => Float32Array {
  const module = moduleBuilder();
  module.define(
    ['i32'],
    null,
    (body, end) => {
      const at = body.hold(i32.const(0));
      body.doWhile(() => {
        const x = body.hold(v128.load(at));
        body.store(at, 0, write(body, arithmetic(isFused), x));
        body.set(at, i32.add(at, i32.const(16)));
        return i32.ltU(at, end);
      });
    },
    'go',
  );
  const memory = new engine.Memory({ initial: 64 });
  const { exports } = new engine.Instance(new engine.Module(module.bytes(64)), {
    env: { memory },
  });
  return (x) => {
    const there = new Float32Array(memory.buffer, 0, x.length);
    there.set(x);
    exports.go(4 * x.length);
    return there.slice();
  };
}

/** Evenly spaced float32 numbers that fill whole vectors. */
function spaced(from: number, to: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

describe.each(roundings)('elementary functions, fused: %s', (isFused) => {
  it('computes log2(1 - w) to 4 ulp, accurate near 0', () => {
    const log = compileLanes(isFused, (body, math, x) => logOneMinus(body, math, x));
    const w = Float32Array.from([
      ...spaced(0, 1 - 2 ** -24, 9996),
      2 ** -32,
      2 ** -24,
      1e-6,
      1 - 2 ** -24,
    ]);
    const y = log(w);
    w.forEach((x, i) => {
      const exact = Math.log1p(-x) / Math.LN2;
      expect(Math.abs(y[i] - exact), `w = ${x}`).toBeLessThanOrEqual(4 * ULP * Math.abs(exact));
    });
  });

  it('computes log2(x) to 4 ulp, or 4 ulp of 1 - x near 1', () => {
    const log = compileLanes(isFused, (body, math, x) => log2(body, math, x));
    const x = Float32Array.from([
      ...spaced(2 ** -20, 1, 9992),
      2 ** -126,
      2 ** -32,
      2 ** -24,
      1e-6,
      1 - 2 ** -24,
      3,
      1e30,
      1,
    ]);
    log(x).forEach((y, i) => {
      const exact = Math.log2(x[i]);
      expect(Math.abs(y - exact), `x = ${x[i]}`).toBeLessThanOrEqual(4 * ULP * Math.abs(exact));
    });
  });

  it('computes 2^x to 4 ulp and clamps beyond its range', () => {
    const power = compileLanes(isFused, (body, math, x) => exp2(body, math, x));
    const x = spaced(-126, 127, 10_000);
    power(x).forEach((y, i) => {
      expect(Math.abs(y / 2 ** x[i] - 1), `x = ${x[i]}`).toBeLessThanOrEqual(4 * ULP);
    });
    expect(Array.from(power(Float32Array.of(-1000, 1000, -Infinity, 0)))).toEqual([
      2 ** -126,
      2 ** 127,
      2 ** -126,
      1,
    ]);
  });

  it('computes cos(2 pi x) on one turn to 2^-22', () => {
    const cosine = compileLanes(isFused, (body, math, x) => cosineOfTurns(body, math, x));
    const x = spaced(0, 1, 10_000);
    cosine(x).forEach((y, i) => {
      expect(Math.abs(y - Math.cos(2 * Math.PI * x[i])), `x = ${x[i]}`).toBeLessThanOrEqual(
        2 * ULP,
      );
    });
  });

  it('computes Phi and phi to 8 ulp near 0, limited by rounding of x^2 / 2 in the tail', () => {
    const cdf = compileLanes(isFused, (body, math, x) => normalDistribution(body, math, x).cdf);
    const density = compileLanes(
      isFused,
      (body, math, x) => normalDistribution(body, math, x).density,
    );
    const x = spaced(-12, 12, 10_000);
    const [p, d] = [cdf(x), density(x)];
    x.forEach((at, i) => {
      const tolerance = (8 + (at * at) / 2) * ULP;
      expect(Math.abs(p[i] / normalCdf(at) - 1), `x = ${at}`).toBeLessThanOrEqual(tolerance);
      const exact = Math.exp((-at * at) / 2) / Math.sqrt(2 * Math.PI);
      expect(Math.abs(d[i] / exact - 1), `x = ${at}`).toBeLessThanOrEqual(tolerance);
    });
  });

  it('keeps phi far above subnormal numbers in the far tail, and Phi within 2e-32 of 0 and 1', () => {
    const cdf = compileLanes(isFused, (body, math, x) => normalDistribution(body, math, x).cdf);
    const density = compileLanes(
      isFused,
      (body, math, x) => normalDistribution(body, math, x).density,
    );
    const x = Float32Array.of(-1e5, -100, -13, 13, 100, 1e5);
    for (const d of density(x)) {
      expect(d).toBeGreaterThan(1e-32);
      expect(d).toBeLessThan(2e-32);
    }
    cdf(x).forEach((p, i) => {
      expect(Math.abs(p - (x[i] > 0 ? 1 : 0)), `x = ${x[i]}`).toBeLessThan(2e-32);
    });
  });

  it.each(activationNames.filter((name) => activations[name].lanes !== undefined))(
    '%s and its slope',
    (name) => {
      const { value, slope } = activations[name];
      const lanes = activationLanes(name);
      const alone = compileLanes(isFused, (body, math, x) => lanes.value(body, math, x));
      const values = compileLanes(isFused, (body, math, x) => lanes.withSlope(body, math, x).value);
      const slopes = compileLanes(isFused, (body, math, x) =>
        lanes.withSlope(body, math, x).backward(f32x4.const(1)),
      );
      const x = spaced(-6, 6, 4000);
      const [a, y, s] = [alone(x), values(x), slopes(x)];
      x.forEach((at, i) => {
        // A few roundings of terms of the size of x^2 at most.
        const tolerance = 16 * ULP * Math.max(1, at * at);
        expect(Math.abs(y[i] - value(at)), `f(${at})`).toBeLessThanOrEqual(tolerance);
        expect(a[i]).toBe(y[i]);
        expect(Math.abs(s[i] - slope(at)), `f'(${at})`).toBeLessThanOrEqual(tolerance);
      });
      const [atNaN] = values(Float32Array.of(NaN, 0, 0, 0));
      expect(atNaN).toBeNaN();
      expect(values(Float32Array.of(0, 0, 0, 0))[0]).toBe(Math.fround(value(0)));
      expect(lanes.isRectified).toBe(
        [-3, -1, -0.1, 0].every((v) => value(v) === 0 && slope(v) === 0),
      );
    },
  );
});

describe('random lanes', () => {
  /** Draws `count` vectors of words or uniforms from the generators of a stream and step. */
  function draw(
    seed: number,
    stream: number,
    step: number,
    count: number,
    form: (words: V128) => V128,
  ) {
    const module = moduleBuilder();
    const seeding = defineSeeding(module, 64);
    module.define(
      ['i32'],
      null,
      (body, at) => {
        body.call(seeding, i32.const(0), at);
        const random = randomLanes(body, 64);
        for (let k = 0; k < count; k++)
          body.store(i32.const(0), 512 + 16 * k, form(random.words()));
        random.save();
      },
      'go',
    );
    const memory = new engine.Memory({ initial: 1 });
    const { exports } = new engine.Instance(new engine.Module(module.bytes(1)), {
      env: { memory },
    });
    const { key, counter } = childGenerator(generator(seed), stream);
    new Uint32Array(memory.buffer, 0, 4).set([key[0], key[1], counter[2], counter[3]]);
    exports.go(step);
    return memory.buffer.slice(512, 512 + 16 * count);
  }

  /** xoshiro128+ as published, seeded by four words. */
  function xoshiro(s: Uint32Array): () => number {
    return () => {
      const result = (s[0] + s[3]) >>> 0;
      const t = s[1] << 9;
      s[2] ^= s[0];
      s[3] ^= s[1];
      s[1] ^= s[2];
      s[0] ^= s[3];
      s[2] ^= t;
      s[3] = (s[3] << 11) | (s[3] >>> 21);
      return result;
    };
  }

  it.each([0, 1, 77, 2 ** 29 + 5])(
    'are xoshiro128+ seeded by blocks of Philox, step %i',
    (step) => {
      const words = new Uint32Array(draw(9, 4, step, 20, (w) => w));
      const g = childGenerator(generator(9), 4);
      // Blocks 8 step .. 8 step + 7 of the stream, from the generator.
      g.counter[0] = (8 * step) >>> 0;
      g.counter[1] = Math.floor((8 * step) / 2 ** 32);
      const lanes = Array.from({ length: 8 }, () =>
        xoshiro(Uint32Array.from({ length: 4 }, () => nextUint32(g))),
      );
      expect(Array.from(words)).toEqual(Array.from({ length: 80 }, (_, i) => lanes[i % 8]()));
    },
  );

  it('make uniform numbers in (0, 1) from the upper 31 bits', () => {
    const words = new Uint32Array(draw(3, 0, 5, 10, (w) => w));
    const uniforms = new Float32Array(draw(3, 0, 5, 10, toOpenUniform));
    expect(Array.from(uniforms)).toEqual(
      Array.from(words, (w) => Math.fround(Math.fround(w >>> 1) + 0.5) * 2 ** -31),
    );
    const end = (word: number): number =>
      new Float32Array(draw(3, 0, 5, 1, () => toOpenUniform(i32x4.const(word))))[0];
    expect([end(0), end(-1)]).toEqual([2 ** -32, 1 - 2 ** -24]);
  });

  it.each(roundings)('make independent standard normals, fused: %s', (isFused) => {
    const module = moduleBuilder();
    const seeding = defineSeeding(module, 64);
    const count = 4096;
    module.define(
      ['i32'],
      null,
      (body, step) => {
        body.call(seeding, i32.const(0), step);
        const random = randomLanes(body, 64);
        const at = body.hold(i32.const(0));
        body.doWhile(() => {
          const normals = fourNormals(body, arithmetic(isFused), random.words);
          normals.forEach((normal, k) => body.store(at, 512 + 16 * k, normal));
          body.set(at, i32.add(at, i32.const(64)));
          return i32.ltU(at, i32.const(4 * count));
        });
      },
      'go',
    );
    const memory = new engine.Memory({ initial: 1 });
    const { exports } = new engine.Instance(new engine.Module(module.bytes(1)), {
      env: { memory },
    });
    const all: number[] = [];
    for (let step = 0; step < 32; step++) {
      exports.go(step);
      all.push(...new Float32Array(memory.buffer, 512, count));
    }
    const n = all.length;
    const mean = (f: (x: number, i: number) => number): number =>
      all.reduce((total, x, i) => total + f(x, i), 0) / n;
    // Six standard errors of x, x^2, x^3 and x^4, which have variances 1, 2, 15 and 96.
    for (const [power, exact, variance] of [
      [1, 0, 1],
      [2, 1, 2],
      [3, 0, 15],
      [4, 3, 96],
    ])
      expect(Math.abs(mean((x) => x ** power) - exact)).toBeLessThan(6 * Math.sqrt(variance / n));
    // Cosine and sine of one angle, lanes, pairs, and squares, which share a radius.
    for (const lag of [1, 2, 4, 8, 12, 16]) {
      const after = (i: number): number => all[(i + lag) % n];
      expect(Math.abs(mean((x, i) => x * after(i)))).toBeLessThan(6 / Math.sqrt(n));
      const squares = mean((x, i) => (x * x - 1) * (after(i) ** 2 - 1));
      expect(Math.abs(squares)).toBeLessThan((6 * 2) / Math.sqrt(n));
    }
    for (const limit of [-4, -3, -1, 0.5, 2]) {
      const p = normalCdf(limit);
      const below = mean((x) => (x < limit ? 1 : 0));
      expect(Math.abs(below - p)).toBeLessThan(6 * Math.sqrt((p * (1 - p)) / n) + 6 / n);
    }
  });

  it('make uniform numbers from the upper 24 bits', () => {
    const words = new Uint32Array(draw(3, 0, 5, 10, (w) => w));
    const uniforms = new Float32Array(draw(3, 0, 5, 10, toUniform));
    expect(Array.from(uniforms)).toEqual(Array.from(words, (w) => (w >>> 8) / 2 ** 24));
  });
});
