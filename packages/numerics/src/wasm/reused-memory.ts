import type { WebAssemblyEngine } from './engine.ts';

const PAGE = 65536;

interface Memory {
  readonly buffer: ArrayBuffer;
  readonly grow: (pages: number) => number;
}

/** A WebAssembly memory that its user hands back when it is done. */
export interface ReusedMemory {
  readonly memory: object;
  readonly buffer: ArrayBuffer;
  /** Offers the memory to the next kernel. It must not be used afterwards; a second call does nothing. */
  readonly giveBack: () => void;
}

/** The memory that a kernel of this thread handed back last, unless the garbage collector has freed it since. */
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
export function takeMemory(engine: WebAssemblyEngine, bytes: number): ReusedMemory {
  const pages = Math.ceil(bytes / PAGE);
  const memory: Memory = spare?.deref() ?? new engine.Memory({ initial: pages });
  spare = undefined;
  new Uint8Array(memory.buffer).fill(0, 0, bytes);
  memory.grow(Math.max(0, pages - memory.buffer.byteLength / PAGE));
  let isTaken = true;
  return {
    memory,
    buffer: memory.buffer,
    giveBack: () => {
      if (isTaken) spare = new WeakRef(memory);
      isTaken = false;
    },
  };
}
