/** Vectors of features one after the other, feature-major; numbers beyond those that are asked for are not looked at. */
export type Block = Float32Array | Float64Array;

/** Checks that a block holds `count` features of `dims` numbers. @throws RangeError if not. */
export function assertBlock(caller: string, block: Block, count: number, dims: number): void {
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`${caller}: count must be an integer from 0 on, got ${count}`);
  }
  if (block.length < count * dims) {
    throw new RangeError(
      `${caller}: ${count} features of ${dims} dims need ${count * dims} numbers, got ${block.length}`,
    );
  }
}

/** Checks that a size is a positive integer. @throws RangeError if not. */
export function assertSize(caller: string, field: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new RangeError(`${caller}: ${field} must be a positive integer, got ${value}`);
}

/** Checks that a block has no more features than it may. @throws RangeError if not. */
export function assertMost(caller: string, count: number, most: number): void {
  if (count <= most) return;
  throw new RangeError(`${caller}: a block of ${count} features, it may have ${most}`);
}

/** Whether all numbers of a feature are 0 as float32. */
export function isZero(block: Block, feature: number, dims: number): boolean {
  for (let d = feature * dims; d < (feature + 1) * dims; d++) {
    if (Math.fround(block[d]) !== 0) return false;
  }
  return true;
}
