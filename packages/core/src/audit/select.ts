/** The indices below `count` that satisfy a condition. */
export function indicesWhere(count: number, keep: (i: number) => boolean): Int32Array {
  const found = new Int32Array(count);
  let kept = 0;
  for (let i = 0; i < count; i++) if (keep(i)) found[kept++] = i;
  return found.slice(0, kept);
}

/** The values at the given indices. A loop, because `Float64Array.from` would use a slow iterator. */
export function valuesAt(values: Float64Array, indices: Int32Array | Uint32Array): Float64Array {
  const result = new Float64Array(indices.length);
  for (let at = 0; at < indices.length; at++) result[at] = values[indices[at]];
  return result;
}
