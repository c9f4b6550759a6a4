import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('stream-memory.mjs', import.meta.url));
const DIMS = 64;
const MIB = 2 ** 20;
/** Capacity, leverage, interference, squared norm and participation in float64. */
const FIGURES = 5 * 8;

interface Measured {
  /** The most bytes that were live beside those before, and those of WebAssembly's memories. */
  readonly live: number;
  readonly linear: number;
  /** Count of input numbers per task. */
  readonly numbers: Readonly<Record<string, number>>;
  readonly measured: number;
}

/** Measures so many features in a process of its own, where bytes are counted and the same on any machine. */
function measured(features: number): Measured {
  const flags = ['--expose-gc', '--single-threaded-gc'];
  const out = execFileSync(process.execPath, [...flags, script, `${features}`, `${DIMS}`], {
    encoding: 'utf8',
  });
  return JSON.parse(out) as Measured;
}

describe('a measurement of many features', () => {
  it('takes bounded memory beside its figures, and work in proportion', () => {
    const counts = [50_000, 200_000];
    const [few, many] = counts.map(measured);
    const besides = [few, many].map(({ live }, i) => live - FIGURES * counts[i]);
    // The matrices are 12 and 49 MiB; blocks are of 2 MiB, of which three may be live, and half as much again for the rest.
    for (const beside of besides) expect(beside).toBeLessThan(9 * MIB);
    // Four times the features change nothing but the figures, and what V8 says of its heap.
    expect(besides[1] - besides[0]).toBeLessThan(2 * MIB);
    expect([many.measured, many.linear]).toEqual([200_000, few.linear]);
    expect(many.linear).toBeLessThan(9 * MIB);
    // Every feature is summed once and judged once; samples of at most 1024 vectors say how precisely.
    for (const task of ['addToRows', 'figures']) {
      for (const [i, { numbers }] of [few, many].entries()) {
        expect(numbers[task], task).toBeGreaterThanOrEqual(counts[i] * DIMS);
        expect(numbers[task], task).toBeLessThanOrEqual((counts[i] + 1024) * DIMS);
      }
    }
    // All else does not grow with the features.
    const rest = [few, many].map(({ numbers }) =>
      Object.entries(numbers).filter(([task]) => !['addToRows', 'figures'].includes(task)),
    );
    expect(rest[1]).toEqual(rest[0]);
  });
});
