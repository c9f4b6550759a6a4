/** Bytes in nested lists, so that code can be composed without copying. Flattened once, at the end. */
export type Bytes = readonly (number | Bytes)[];

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

/** The four bytes of a float32. */
export function float32(value: number): number[] {
  return Array.from(new Uint8Array(Float32Array.of(value).buffer));
}

/** The eight bytes of a float64. */
export function float64(value: number): number[] {
  return Array.from(new Uint8Array(Float64Array.of(value).buffer));
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
export function flatten(bytes: Bytes): number[] {
  const out: number[] = [];
  const visit = (list: Bytes): void => {
    for (const item of list) {
      if (typeof item === 'number') out.push(item);
      else visit(item);
    }
  };
  visit(bytes);
  return out;
}
