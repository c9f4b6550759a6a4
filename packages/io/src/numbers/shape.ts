/**
 * The number of elements of a shape: the product of its sizes, 1 for the empty shape.
 *
 * Returns undefined where the product, taken left to right, leaves the safe integers; every such
 * shape is a lie, for no file holds that many elements.
 */
export function elementCount(shape: readonly number[]): number | undefined {
  let count = 1;
  for (const size of shape) {
    count *= size;
    // The product of two safe integers rounds to at least 2^53 if it exceeds it, so this is exact.
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}

/** Whether a value is a shape: a list of non-negative safe integers. */
export function isShape(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)
  );
}

/** A shape as messages print it, at most eight axes of it: `[3, 4]`. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.slice(0, 8).join(', ')}${shape.length > 8 ? ', …' : ''}]`;
}
