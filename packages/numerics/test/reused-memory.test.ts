import { describe, expect, it } from 'vitest';
import { takeMemory } from '../src/wasm/reused-memory.ts';
import { webAssembly, type WebAssemblyEngine } from '../src/wasm/engine.ts';

const PAGE = 65536;
const engine = webAssembly() as WebAssemblyEngine;

describe('takeMemory', () => {
  it('reuses a memory that was handed back, with zeros in it', () => {
    const first = takeMemory(engine, 3 * PAGE);
    new Uint8Array(first.buffer).fill(7);
    first.giveBack();
    const second = takeMemory(engine, PAGE + 1);
    expect(second.memory).toBe(first.memory);
    expect(new Uint8Array(second.buffer, 0, PAGE + 1).every((byte) => byte === 0)).toBe(true);
    second.giveBack();
  });

  it('gives a memory to one user at a time, even if it was handed back twice', () => {
    const first = takeMemory(engine, PAGE);
    first.giveBack();
    first.giveBack();
    const memories = [takeMemory(engine, PAGE), takeMemory(engine, PAGE)];
    expect(memories[0].memory).not.toBe(memories[1].memory);
    for (const memory of memories) memory.giveBack();
  });

  it('grows a memory that is too small', () => {
    const small = takeMemory(engine, PAGE);
    new Uint8Array(small.buffer).fill(7);
    small.giveBack();
    const large = takeMemory(engine, 64 * PAGE);
    expect(large.memory).toBe(small.memory);
    expect(large.buffer.byteLength).toBeGreaterThanOrEqual(64 * PAGE);
    expect(new Uint8Array(large.buffer).every((byte) => byte === 0)).toBe(true);
  });
});
