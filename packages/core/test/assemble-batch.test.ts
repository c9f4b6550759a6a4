import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assembleBatch } from '../src/features/assemble.ts';

const ROWS = 4;
const FEATURES = 5;

it('makes a batch of entries in any order: by row, then by feature', () => {
  const cells = fc.shuffledSubarray(Array.from({ length: ROWS * FEATURES }, (_, cell) => cell));
  // Neighbours that are exchanged are the smallest disorder.
  const nearly = fc.tuple(cells, fc.nat()).map(([list, at]) => {
    const sorted = list.toSorted((a, b) => a - b);
    const k = at % Math.max(1, sorted.length - 1);
    return [...sorted.slice(0, k), ...sorted.slice(k, k + 2).toReversed(), ...sorted.slice(k + 2)];
  });
  fc.assert(
    fc.property(fc.oneof(cells, nearly), (drawn) => {
      const batch = assembleBatch(ROWS, FEATURES, {
        rows: drawn.map((cell) => Math.floor(cell / FEATURES)),
        features: drawn.map((cell) => cell % FEATURES),
        values: drawn.map((cell) => cell + 0.5),
      });
      const sorted = drawn.toSorted((a, b) => a - b);
      expect(batch).toEqual({
        rows: ROWS,
        features: FEATURES,
        rowStarts: Uint32Array.from(
          { length: ROWS + 1 },
          (_, row) => sorted.filter((cell) => cell < row * FEATURES).length,
        ),
        indices: Uint32Array.from(sorted, (cell) => cell % FEATURES),
        values: Float64Array.from(sorted, (cell) => cell + 0.5),
      });
    }),
  );
});
