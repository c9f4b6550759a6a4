/**
 * Counts the elements of a shape: the product of its sizes, 1 for the empty shape.
 *
 * Returns undefined if the product exceeds 2^53: no file holds that many elements.
 */
export function elementCount(shape: readonly number[]): number | undefined {
  let count = 1;
  for (const size of shape) {
    count *= size;
    // A product above 2^53 never rounds to a safe integer, so this test is exact.
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}

/** Returns whether a value is an array of non-negative safe integers. */
export function isShape(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)
  );
}

/** Formats a shape for messages, at most eight axes of it: `[3, 4]`. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.slice(0, 8).join(', ')}${shape.length > 8 ? ', …' : ''}]`;
}
