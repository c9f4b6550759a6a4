import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { HeapParts } from '../scripts/lab-soak/heap.d.mts';
import { judge } from '../scripts/lab-soak/judge.mjs';

const heap = fileURLToPath(new URL('../scripts/lab-soak/heap.mjs', import.meta.url));

/** The heap of a small program before and after a statement. */
function parts(before: string, statement: string): [HeapParts, HeapParts] {
  const program = `
    import { getHeapSnapshot } from 'node:v8';
    import { text } from 'node:stream/consumers';
    import { heapParts } from ${JSON.stringify(`file://${heap}`)};
    const measure = async () => heapParts(JSON.parse(await text(getHeapSnapshot())));
    ${before}
    // The first measurement loads what measuring needs.
    await measure();
    const first = await measure();
    ${statement}
    const second = await measure();
    process.stdout.write(JSON.stringify([first, second]));`;
  const flags = ['--input-type=module', '--eval', program];
  return JSON.parse(execFileSync(process.execPath, flags, { encoding: 'utf8' })) as never;
}

describe("the measurement of the lab's long use", () => {
  it('counts each object, function, array and text that a program keeps', () => {
    const [first, second] = parts(
      'globalThis.kept = [];',
      "for (let k = 0; k < 5000; k++) kept.push([() => k, { text: 'text of ' + k }]);",
    );
    // An array, its elements, a function, what it closes over, an object and a text.
    expect(second.objects - first.objects).toBeGreaterThan(5 * 5000);
    expect(second.objects - first.objects).toBeLessThan(7 * 5000);
    expect(second.data - first.data).toBeGreaterThan(5000 * 100);
  });

  it('keeps code that the engine compiles later apart', () => {
    // The engine compiles the body of a function when it is called for the first time.
    const body =
      'function f(x) { const y = { x, a: x.length }; y.b = x[0] + y.a; return [y.b, Math.abs(x[1])]; }';
    const [first, second] = parts(
      `const functions = Array.from({ length: 500 }, (_, k) => new Function('${body} return f; // ' + k)());`,
      'for (const each of functions) each([1, 2]);',
    );
    const code = second.code - first.code;
    expect(code).toBeGreaterThan(500 * 100);
    expect(Math.abs(second.objects - first.objects)).toBeLessThan(500);
    expect(Math.abs(second.data - first.data)).toBeLessThan(code / 4);
  });
});

describe('the judgement of growth', () => {
  const hours = Array.from({ length: 40 }, (_, k) => k / 80);
  /** Noise of mean 0 without a trend. */
  const noise = (k: number): number => [1, -1, -1, 1][k % 4];
  const series = (slope: number, size: number): number[] =>
    hours.map((hour, k) => 8 + slope * hour + size * noise(k));

  it('finds what grows by more than an eighth per hour, beyond its uncertainty', () => {
    const { slope, error, isOver } = judge(hours, series(2, 0.1));
    expect(Math.abs(slope - 2)).toBeLessThan(error);
    expect(isOver).toBe(true);
  });

  it('passes what grows less, or varies too much to say', () => {
    expect(judge(hours, series(0.9, 0.1)).isOver).toBe(false);
    expect(judge(hours, series(-2, 0.1)).isOver).toBe(false);
    expect(judge(hours, series(2, 5)).isOver).toBe(false);
  });

  it('allows first uses once, however long the series', () => {
    expect(judge(hours, series(1.7, 0.1)).isOver).toBe(true);
    expect(judge(hours, series(1.7, 0.1), 1 / 20).isOver).toBe(false);
    for (const times of [1, 16]) {
      const longer = hours.map((hour) => times * hour);
      const [once, without] = [1 / 20, 0].map((first) => judge(longer, series(1, 0), first));
      const added = (once.bound - without.bound) * (longer.at(-1)! - longer[0]);
      expect(added).toBeCloseTo(once.median / 20, 12);
    }
  });
});
