import { describe, expect, it } from 'vitest';
import { giveBack, takeMemory } from '../src/wasm/reused-memory.ts';
import { webAssembly, type WebAssemblyEngine } from '../src/wasm/engine.ts';

const PAGE = 65536;
const engine = webAssembly() as WebAssemblyEngine;

describe('takeMemory', () => {
  it('reuses a memory that was handed back, with zeros in it', () => {
    const first = takeMemory(engine, 3 * PAGE);
    new Uint8Array(first.buffer).fill(7);
    giveBack(first);
    const second = takeMemory(engine, PAGE + 1);
    expect(second).toBe(first);
    expect(new Uint8Array(second.buffer, 0, PAGE + 1).every((byte) => byte === 0)).toBe(true);
  });

  it('gives a memory to one user at a time', () => {
    const first = takeMemory(engine, PAGE);
    giveBack(first);
    expect(takeMemory(engine, PAGE)).toBe(first);
    expect(takeMemory(engine, PAGE)).not.toBe(first);
  });

  it('grows a memory that is too small', () => {
    const small = takeMemory(engine, PAGE);
    new Uint8Array(small.buffer).fill(7);
    giveBack(small);
    const large = takeMemory(engine, 64 * PAGE);
    expect(large).toBe(small);
    expect(large.buffer.byteLength).toBeGreaterThanOrEqual(64 * PAGE);
    expect(new Uint8Array(large.buffer).every((byte) => byte === 0)).toBe(true);
  });
});
