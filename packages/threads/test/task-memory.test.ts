import { describe, expect, it } from 'vitest';
import { buffersOf, freeChunk } from '../src/task-memory.ts';

describe('freeChunk', () => {
  it('frees the chunk of a task', () => {
    const chunk = Float32Array.of(1, 2, 3);
    const canTransfer = 'transfer' in chunk.buffer;
    freeChunk({ chunk, count: 1 });
    expect(chunk.byteLength).toBe(canTransfer ? 0 : 12);
  });

  it('keeps memory that threads share, and inputs without a chunk', () => {
    const shared = new Float32Array(new SharedArrayBuffer(8));
    freeChunk({ chunk: shared, count: 1 });
    expect(shared.byteLength).toBe(8);
    freeChunk(null);
    freeChunk({ matrix: shared });
  });
});

describe('buffersOf', () => {
  it('finds whole buffers, each once', () => {
    const whole = Float64Array.of(1, 2);
    const part = new Float64Array(4).subarray(1, 3);
    const shared = new Float64Array(new SharedArrayBuffer(8));
    expect(buffersOf({ whole, again: [whole], part, shared, count: 3 })).toEqual([whole.buffer]);
  });
});
