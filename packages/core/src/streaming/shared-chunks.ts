import type { Vectors } from '@polysem/numerics/dense';

/** Copies of chunks that all workers read, in memory that they share where the engine has it. */
export interface SharedChunks {
  /** Copies a chunk; where memory cannot be shared, returns the chunk itself, which messages then copy. */
  readonly share: (chunk: Vectors) => Vectors;
  /** Lets a later chunk overwrite a copy that no worker needs any more. */
  readonly release: (shared: Vectors) => void;
}

/** Makes the copies of a pass. There are as many as chunks in use at once, and they are used again and again. */
export function sharedChunks(): SharedChunks {
  if (typeof SharedArrayBuffer === 'undefined')
    return { share: (chunk) => chunk, release: () => {} };
  const free: SharedArrayBuffer[] = [];
  return {
    share: (chunk) => {
      const spare = free.pop();
      const buffer =
        spare !== undefined && spare.byteLength >= chunk.byteLength
          ? spare
          : new SharedArrayBuffer(chunk.byteLength);
      const shared =
        chunk instanceof Float32Array
          ? new Float32Array(buffer, 0, chunk.length)
          : new Float64Array(buffer, 0, chunk.length);
      shared.set(chunk);
      return shared;
    },
    release: ({ buffer }) => {
      if (buffer instanceof SharedArrayBuffer) free.push(buffer);
    },
  };
}
