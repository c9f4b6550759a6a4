import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capability } from '../src/wasm/capabilities.ts';
import { flatten, signed, unsigned } from '../src/wasm/encoding.ts';
import { webAssembly } from '../src/wasm/engine.ts';
import { hasSimd } from '../src/wasm/has-simd.ts';
import { memoryLayout } from '../src/wasm/layout.ts';
import { called, moduleBuilder, type ModuleBuilder } from '../src/wasm/module.ts';
import { f32, f32x4, f64, i32, i32x4, v128 } from '../src/wasm/value.ts';

const engine = webAssembly()!;

function link(module: ModuleBuilder) {
  const bytes = module.bytes(1);
  expect(engine.validate(bytes)).toBe(true);
  const memory = new engine.Memory({ initial: 1 });
  const { exports } = new engine.Instance(new engine.Module(bytes), { env: { memory } });
  return { exports, memory: new DataView(memory.buffer) };
}

/** Decodes LEB128 as specified. */
function decode(bytes: readonly number[], isSigned: boolean): number {
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
  }
  const last = bytes[bytes.length - 1];
  return Number(isSigned && (last & 0x40) !== 0 ? value - (1n << shift) : value);
}

describe('encoding', () => {
  it('writes integers in LEB128', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (n) => {
        expect(decode(unsigned(n), false)).toBe(n);
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (n) => {
        expect(decode(signed(n), true)).toBe(n);
        expect(signed(n).length).toBeLessThanOrEqual(5);
      }),
    );
    expect(signed(-1)).toEqual([0x7f]);
    expect(unsigned(624485)).toEqual([0xe5, 0x8e, 0x26]);
  });

  it('flattens nested lists in order', () => {
    expect(Array.from(flatten([1, [2, [3], [], Uint8Array.of(4, 5)], 6]))).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
  });
});

describe('moduleBuilder', () => {
  it('encodes constants of every sign and size', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ noNaN: true }), (n, x) => {
        const module = moduleBuilder();
        module.define([], 'i32', (body) => body.return(i32.const(n)), 'integer');
        module.define([], 'f64', (body) => body.return(f64.const(x)), 'float');
        const { exports } = link(module);
        expect(exports.integer()).toBe(n | 0);
        expect(exports.float()).toBe(x);
      }),
      { numRuns: 50 },
    );
  });

  it('runs loops, branches, calls and stores', () => {
    const module = moduleBuilder();
    const collatz = module.define(['i32'], 'i32', (body, n) => {
      const steps = body.hold(i32.const(0));
      body.while(
        () => i32.ne(n, i32.const(1)),
        () => {
          body.if(
            i32.and(n, i32.const(1)),
            () => body.set(n, i32.add(i32.mul(n, i32.const(3)), i32.const(1))),
            () => body.set(n, i32.shrU(n, i32.const(1))),
          );
          body.set(steps, i32.add(steps, i32.const(1)));
        },
      );
      body.return(steps);
    });
    module.define(
      ['i32'],
      null,
      (body, last) => {
        const n = body.hold(i32.const(1));
        body.doWhile(() => {
          body.store(i32.shl(n, i32.const(2)), 0, called(collatz, n));
          body.set(n, i32.add(n, i32.const(1)));
          return i32.ltU(n, i32.add(last, i32.const(1)));
        });
      },
      'fill',
    );
    const { exports, memory } = link(module);
    exports.fill(100);
    for (let n = 1; n <= 100; n++) {
      let [steps, at] = [0, n];
      for (; at !== 1; steps++) at = at % 2 === 1 ? 3 * at + 1 : at / 2;
      expect(memory.getInt32(4 * n, true)).toBe(steps);
    }
  });

  it('counts trailing zeros and truncates numbers', () => {
    const module = moduleBuilder();
    module.define(['i32'], 'i32', (body, n) => body.return(i32.trailingZeros(n)), 'zeros');
    module.define(['f64'], 'i32', (body, x) => body.return(i32.fromF64(x)), 'whole');
    const { exports } = link(module);
    expect([0, 1, 8, -16, 2 ** 31].map((n) => exports.zeros(n))).toEqual([32, 0, 3, 4, 31]);
    expect([0.9, -0.9, 7.5, 1e20, NaN].map((x) => exports.whole(x))).toEqual([
      0,
      0,
      7,
      2 ** 31 - 1,
      0,
    ]);
  });

  it('holds each vector constant once, from the start of the function', () => {
    const module = moduleBuilder();
    const indices: number[] = [];
    module.define(
      ['i32'],
      'f32',
      (body, n) => {
        const sum = body.hold(f32x4.const(0));
        body.while(
          () => n,
          () => {
            body.scope(() => {
              const [one, again, other] = [1, 1, 2].map((x) => body.constant(f32x4.const(x)));
              indices.push(one.index, again.index, other.index);
              // A local variable of the scope must not replace a constant.
              const held = body.hold(f32x4.mul(one, other));
              body.set(sum, f32x4.add(sum, f32x4.add(held, again)));
            });
            body.set(n, i32.sub(n, i32.const(1)));
          },
        );
        body.return(f32x4.lane(sum, 0));
      },
      'go',
    );
    const { exports } = link(module);
    expect([0, 1, 5].map((n) => exports.go(n))).toEqual([0, 3, 15]);
    expect(indices[0]).toBe(indices[1]);
    expect(indices[2]).not.toBe(indices[0]);
  });

  it('reuses local variables of closed scopes only', () => {
    const module = moduleBuilder();
    const indices: number[] = [];
    module.define(
      [],
      'i32',
      (body) => {
        const kept = body.hold(i32.const(40));
        body.scope(() => {
          indices.push(body.hold(i32.const(1)).index);
        });
        body.scope(() => {
          indices.push(body.hold(i32.const(2)).index, body.hold(i32.const(3)).index);
        });
        body.return(i32.add(kept, i32.const(2)));
      },
      'go',
    );
    expect(link(module).exports.go()).toBe(42);
    expect(indices).toEqual([1, 1, 2]);
  });

  it('clears memory and shuffles lanes', () => {
    const module = moduleBuilder();
    module.define(
      [],
      null,
      (body) => {
        const here = i32.const(0);
        body.store(here, 0, v128.floats(1, 2, 3, 4));
        body.store(here, 16, v128.floats(5, 6, 7, 8));
        const [a, b] = [v128.load(here, 0), v128.load(here, 16)];
        body.store(here, 32, v128.shuffle(a, b, [3, 4, 0, 7]));
        body.store(here, 48, v128.select(a, b, f32x4.gt(a, f32x4.const(2.5))));
        body.store(here, 64, i32x4.bitmask(f32x4.gt(a, f32x4.const(2.5))));
        body.store(here, 68, f32.load(here, 4));
        body.clear(i32.const(16), i32.const(8));
      },
      'go',
    );
    const { exports, memory } = link(module);
    exports.go();
    const floats = (at: number) => [0, 1, 2, 3].map((k) => memory.getFloat32(at + 4 * k, true));
    expect(floats(32)).toEqual([4, 5, 1, 8]);
    expect(floats(48)).toEqual([5, 6, 3, 4]);
    expect(memory.getInt32(64, true)).toBe(0b1100);
    expect(memory.getFloat32(68, true)).toBe(2);
    expect(floats(16)).toEqual([0, 0, 7, 8]);
  });
});

describe('memoryLayout', () => {
  it('reserves disjoint, aligned addresses with a line of padding each', () => {
    const { take, size } = memoryLayout();
    let end = 0;
    for (const bytes of [1, 64, 65, 0, 1000]) {
      const at = take(bytes);
      expect(at % 64).toBe(0);
      expect(at).toBeGreaterThanOrEqual(end);
      end = at + bytes + 64;
      expect(size()).toBeGreaterThanOrEqual(end);
    }
  });
});

describe('capability', () => {
  it('includes SIMD in every supported engine', () => {
    expect(['simd', 'fma']).toContain(capability());
    expect(hasSimd()).toBe(true);
  });

  it('reports none without WebAssembly', () => {
    const kept: unknown = Reflect.get(globalThis, 'WebAssembly');
    try {
      Reflect.set(globalThis, 'WebAssembly', undefined);
      expect(capability()).toBe('none');
      expect(hasSimd()).toBe(false);
    } finally {
      Reflect.set(globalThis, 'WebAssembly', kept);
    }
  });
});
