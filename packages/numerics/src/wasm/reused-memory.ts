import type { WebAssemblyEngine } from './engine.ts';

const PAGE = 65536;

/** A WebAssembly memory of one thread. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  readonly grow: (pages: number) => number;
}

/** The memory that was handed back last in this thread, unless the garbage collector has freed it since. */
let spare: WeakRef<Memory> | undefined;

/**
 * Takes a WebAssembly memory of at least `bytes`, with zeros in these bytes: the one that was handed back last, grown if it
 * is too small, or a new one. WebAssembly memories cannot shrink, and engines free them late, so a computation in several
 * stages needs less memory if each stage hands its memory to the next one.
 *
 * @param engine the engine's WebAssembly interface.
 * @param bytes size of the memory.
 * @returns the memory.
 * @throws RangeError if the engine cannot allocate the memory.
 */
export function takeMemory(engine: WebAssemblyEngine, bytes: number): Memory {
  const pages = Math.ceil(bytes / PAGE);
  const memory = spare?.deref() ?? new engine.Memory({ initial: pages });
  spare = undefined;
  new Uint8Array(memory.buffer).fill(0, 0, bytes);
  memory.grow(Math.max(0, pages - memory.buffer.byteLength / PAGE));
  return memory;
}

/**
 * Hands a memory back, once: its user must not touch it afterwards.
 *
 * @param memory a memory of {@link takeMemory}.
 */
export function giveBack(memory: Memory): void {
  spare = new WeakRef(memory);
}
