import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('stream-memory.mjs', import.meta.url));
const DIMS = 64;
const MIB = 2 ** 20;
/** Capacity, leverage, interference, squared norm and participation in float64. */
const FIGURES = 5 * 8;

interface Measured {
  /** Peak of live bytes above the start, and bytes of WebAssembly memories. */
  readonly live: number;
  readonly linear: number;
  /** Count of input numbers per task. */
  readonly numbers: Readonly<Record<string, number>>;
  readonly measured: number;
}

/**
 * Measures this number of features in a separate process, where byte counts do not depend on the
 * machine.
 */
function measured(features: number): Measured {
  const flags = ['--expose-gc', '--single-threaded-gc'];
  const out = execFileSync(process.execPath, [...flags, script, `${features}`, `${DIMS}`], {
    encoding: 'utf8',
  });
  return JSON.parse(out) as Measured;
}

describe('the memory of measureStream', () => {
  it('is bounded except for the results, and its work is proportional to the features', () => {
    const counts = [50_000, 200_000];
    const [few, many] = counts.map(measured);
    const besides = [few, many].map(({ live }, i) => live - FIGURES * counts[i]);
    // The matrices have 12 and 49 MiB. Chunks have 2 MiB and up to three are live; the rest takes
    // half as much.
    for (const beside of besides) expect(beside).toBeLessThan(9 * MIB);
    // Four times the features change only the results and the overhead of V8's heap.
    expect(besides[1] - besides[0]).toBeLessThan(2 * MIB);
    expect([many.measured, many.linear]).toEqual([200_000, few.linear]);
    expect(many.linear).toBeLessThan(9 * MIB);
    // Every feature is summed once and measured once, plus samples of at most 1024 vectors that
    // determine the precision.
    for (const task of ['addToRows', 'figures']) {
      for (const [i, { numbers }] of [few, many].entries()) {
        expect(numbers[task], task).toBeGreaterThanOrEqual(counts[i] * DIMS);
        expect(numbers[task], task).toBeLessThanOrEqual((counts[i] + 1024) * DIMS);
      }
    }
    // Other tasks do not depend on the number of features.
    const rest = [few, many].map(({ numbers }) =>
      Object.entries(numbers).filter(([task]) => !['addToRows', 'figures'].includes(task)),
    );
    expect(rest[1]).toEqual(rest[0]);
  });
});
