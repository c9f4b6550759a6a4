import { afterEach, describe, expect, test, vi } from 'vitest';
import { bytesSource, FormatError, openTensors, readTable } from '../src/index.ts';
import { parseLabels } from '../src/labels/index.ts';
import { concat } from './helpers.ts';

afterEach(() => void vi.restoreAllMocks());

/** Counts the characters and items that searching, cutting and joining functions look at. */
async function work(run: () => Promise<unknown>): Promise<number> {
  let total = 0;
  const watch = <K extends string>(
    owner: Record<K, (...words: never[]) => unknown>,
    names: readonly K[],
    cost: (self: { length: number }, words: readonly unknown[], result: unknown) => number,
  ): void => {
    for (const name of names) {
      const real = owner[name];
      owner[name] = function watched(this: { length: number }, ...words: never[]) {
        const result = real.apply(this, words);
        total += cost(this, words, result);
        return result;
      };
      undo.push(() => {
        owner[name] = real;
      });
    }
  };
  const undo: (() => void)[] = [];
  const found = (self: { length: number }, [, from = 0]: readonly unknown[], at: unknown): number =>
    (at as number) < 0 ? self.length - (from as number) : (at as number) - (from as number) + 1;
  const whole = (self: { length: number }): number => self.length;
  const result = (_: unknown, __: unknown, got: unknown): number => (got as string).length;
  const text = String.prototype as unknown as Record<string, () => unknown>;
  const list = Array.prototype as unknown as Record<string, () => unknown>;
  watch(text, ['indexOf'], found);
  watch(text, ['slice', 'replaceAll', 'replace'], result);
  watch(text, ['split', 'trim', 'includes'], whole);
  watch(list, ['indexOf', 'includes'], (self, _, at) =>
    typeof at === 'number' && at >= 0 ? at + 1 : self.length,
  );
  watch(list, ['lastIndexOf'], (self, _, at) => self.length - (at as number));
  try {
    await run().catch((error: unknown) => {
      if (!(error instanceof FormatError)) throw error;
    });
  } finally {
    for (const each of undo) each();
  }
  return total;
}

const row = (count: number, of: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => of(i)).join(',');

describe('twice the text takes twice the work', () => {
  test.each<[string, (n: number) => string]>([
    ['quotes in a cell without quotes', (n) => `1,5${'"'.repeat(n)}\n`],
    ['quotes in a cell with quotes', (n) => `a,b\n1,"${'""'.repeat(n)}"\n`],
    ['cells with quotes', (n) => `${row(n, (i) => `"c${i}"`)}\n${row(n, () => '"1"')}\n`],
    ['columns', (n) => `${row(n, (i) => `c${i}`)}\n${row(n, (i) => `${i / 8}`)}\n`],
    ['cells of several lines', (n) => `a,b\n${'"x\ny",1\n'.repeat(n)}`],
    ['lines of one cell', (n) => `a,b\n"${'x\n'.repeat(Math.min(90, n))}",${'1'.repeat(n)}\n`],
  ])('%s', async (_, textOf) => {
    const readers: ((text: string) => Promise<unknown>)[] = [
      (text) => openTensors(bytesSource('x.csv', concat(text))),
      (text) => readTable(bytesSource('x', concat(text))),
      async (text) => parseLabels(text, 'x.csv'),
    ];
    for (const read of readers) {
      /* oxlint-disable no-await-in-loop -- counts are global */
      const once = await work(() => read(textOf(2000)));
      const twice = await work(() => read(textOf(4000)));
      /* oxlint-enable no-await-in-loop */
      expect(once).toBeGreaterThan(1000);
      expect(twice).toBeLessThan(2.3 * once);
    }
  });

  test('a table of 33,000 columns', async () => {
    const text = `${row(33_000, (i) => `c${i}`)}\n${row(33_000, (i) => `${i / 8}`)}\n`;
    const count = await work(() => readTable(bytesSource('x', concat(text))));
    expect(count).toBeLessThan(20 * text.length);
  });

  test('the line of a row is found without a walk over all rows', async () => {
    const { place } = await readTable(
      bytesSource('x', concat(`a,b\n${'"x\ny",1\nz,2\n'.repeat(500)}`)),
    );
    expect([0, 1, 2, 999].map(place)).toEqual(['line 2', 'line 4', 'line 5', 'line 1501']);
  });
});
