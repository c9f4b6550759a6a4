import { describe, expect, it, vi } from 'vitest';
import { sharedChunks } from '../src/streaming/shared-chunks.ts';

describe('sharedChunks', () => {
  it('copies chunks of either precision, and reuses copies that were released', () => {
    const { share, release } = sharedChunks();
    const first = share(Float32Array.of(1, 2, 3, 4));
    const other = share(Float32Array.of(5));
    expect(first).toEqual(new Float32Array([1, 2, 3, 4]));
    expect(other.buffer).not.toBe(first.buffer);
    release(first);
    const second = share(Float64Array.of(6, 7));
    expect(second.buffer).toBe(first.buffer);
    expect(second).toEqual(new Float64Array([6, 7]));
    release(second);
    expect(share(Float64Array.of(1, 2, 3))).toEqual(new Float64Array([1, 2, 3]));
  });

  it('returns the chunk itself where memory cannot be shared', () => {
    vi.stubGlobal('SharedArrayBuffer', undefined);
    try {
      const { share, release } = sharedChunks();
      const chunk = Float32Array.of(1, 2);
      expect(share(chunk)).toBe(chunk);
      release(chunk);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
