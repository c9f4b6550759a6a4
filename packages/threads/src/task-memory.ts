/**
 * Frees the memory of the chunk of features in the input of a task at once, where the engine can (Node 22, Chromium 114).
 * Memory that several threads share stays.
 */
export function freeChunk(input: unknown): void {
  if (typeof input !== 'object' || input === null || !('chunk' in input)) return;
  const { buffer } = input.chunk as Float32Array | Float64Array;
  (buffer as { transfer?: (bytes: number) => unknown }).transfer?.(0);
}

/** The buffers of an answer's arrays. They can be transferred, since nothing else uses them. */
export function buffersOf(answer: unknown): readonly ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const search = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) {
      const { buffer, byteLength } = value;
      if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) found.add(buffer);
    } else if (typeof value === 'object' && value !== null) {
      for (const part of Object.values(value)) search(part);
    }
  };
  search(answer);
  return [...found];
}
