import fc from 'fast-check';

/** Importances over two and a half decades. */
export const anyImportance = fc.double({ min: 0.05, max: 20, noNaN: true });
/** Below, at, just around and above 3, and at the lower limit 1. */
export const anyKurtosis = fc.oneof(
  fc.double({ min: 1, max: 3, noNaN: true }),
  fc.double({ min: 3, max: 40, noNaN: true }),
  fc.constantFrom(1, 3, 3 - 1e-9, 3 + 1e-9, 2.9, 3.1),
);

/** Allocation problems of up to `most` features, with one kurtosis per feature. */
export function problems(kurtosis: fc.Arbitrary<number>, most: number, importance = anyImportance) {
  return fc.integer({ min: 1, max: most }).chain((features) =>
    fc.record({
      importance: fc.array(importance, { minLength: features, maxLength: features }),
      kurtosis: fc.array(kurtosis, { minLength: features, maxLength: features }),
      dims: fc.integer({ min: 1, max: features }),
    }),
  );
}
