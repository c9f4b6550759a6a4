/** Bytes in nested lists, so that code can be composed without copying. */
export type Bytes = Uint8Array | readonly (number | Bytes)[];

/** An unsigned integer in LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return bytes;
}

/** A signed 32-bit integer in LEB128. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const isLast = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return bytes;
  }
}

const scratch = new DataView(new ArrayBuffer(8));

/** The four bytes of a float32. */
export function float32(value: number): number[] {
  scratch.setFloat32(0, value, true);
  return [0, 1, 2, 3].map((place) => scratch.getUint8(place));
}

/** The eight bytes of a float64. */
export function float64(value: number): number[] {
  scratch.setFloat64(0, value, true);
  return [0, 1, 2, 3, 4, 5, 6, 7].map((place) => scratch.getUint8(place));
}

/** A list preceded by its length. */
export function vector(items: readonly Bytes[]): Bytes {
  return [...unsigned(items.length), ...items];
}

/** An ASCII name preceded by its length. */
export function name(text: string): Bytes {
  return [...unsigned(text.length), ...Array.from(text, (c) => c.charCodeAt(0))];
}

/** Bytes preceded by their number. */
export function sized(bytes: Bytes): Bytes {
  const flat = flatten(bytes);
  return [...unsigned(flat.length), flat];
}

/** All bytes of nested lists in order. */
export function flatten(bytes: Bytes): Uint8Array<ArrayBuffer> {
  const flat = new Uint8Array(count(bytes));
  write(bytes, flat, 0);
  return flat;
}

function count(bytes: Bytes): number {
  if (bytes instanceof Uint8Array) return bytes.length;
  let total = 0;
  // Indices are faster than an iterator: kernels have a hundred thousand lists.
  for (let i = 0; i < bytes.length; i++) {
    const item = bytes[i];
    total += typeof item === 'number' ? 1 : count(item);
  }
  return total;
}

/** Writes bytes from a place on, and returns the place after them. */
function write(bytes: Bytes, flat: Uint8Array, from: number): number {
  if (bytes instanceof Uint8Array) {
    flat.set(bytes, from);
    return from + bytes.length;
  }
  let place = from;
  for (let i = 0; i < bytes.length; i++) {
    const item = bytes[i];
    if (typeof item === 'number') flat[place++] = item;
    else place = write(item, flat, place);
  }
  return place;
}
