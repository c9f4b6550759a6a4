import { webAssembly, type WebAssemblyEngine } from '../../wasm/engine.ts';
import { moduleBuilder } from '../../wasm/module.ts';
import { giveBack, takeMemory } from '../../wasm/reused-memory.ts';
import { wideVectors } from '../../wasm/wide-vectors.ts';
import { defineInterleave, defineRotate, defineSpread } from './emit-packing.ts';
import { defineProduct } from './emit-product.ts';
import { defineGapProducts, defineSecularSums, defineSecularVectors } from './emit-secular.ts';
import { defineCombine, defineDots, defineSymmetricProduct } from './emit-vectors.ts';

const PAGE = 65536;
/** A memory of this size is kept for the next small matrix, since allocating one costs more than the eigenvalues. */
const KEPT_PAGES = 64;
/** The limit of 32-bit addresses. */
const MOST_PAGES = 65535;

type Names =
  | 'multiplyAdd'
  | 'multiplySubtract'
  | 'symmetricProduct'
  | 'dots'
  | 'combine'
  | 'spread4'
  | 'spread8'
  | 'interleave'
  | 'separate'
  | 'rotate'
  | 'secularSums'
  | 'gapProducts'
  | 'secularVectors';

/** The compiled routines and their memory. The emitting files document each routine. */
export interface Program extends Readonly<Record<Names, (...args: number[]) => number>> {
  readonly numbers: Float64Array;
  /** Ends the use of the memory, so that the next kernel can take it. */
  readonly close: () => unknown;
}

let compiled: { readonly isWide: boolean; readonly module: object } | null = null;
let kept: { readonly isWide: boolean; readonly program: Program } | null = null;

/**
 * The routines with a memory of at least `bytes`, filled with zeros; null if there is no WebAssembly with SIMD or not enough
 * memory. Close it after use: the next call may return a small program again, and take the memory of a large one.
 */
export function program(bytes: number, isWide: boolean = wideVectors()): Program | null {
  const engine = webAssembly();
  const pages = Math.ceil(bytes / PAGE);
  if (engine === null || pages > MOST_PAGES) return null;
  const isSmall = pages <= KEPT_PAGES;
  if (isSmall && kept?.isWide === isWide) {
    kept.program.numbers.fill(0, 0, bytes / 8);
    return kept.program;
  }
  const module = moduleOf(engine, isWide);
  if (module === null) return null;
  const made = instance(engine, module, isSmall ? KEPT_PAGES : pages);
  if (isSmall && made !== null) kept = { isWide, program: made };
  return made;
}

function moduleOf(engine: WebAssemblyEngine, isWide: boolean): object | null {
  if (compiled?.isWide !== isWide) {
    const bytes = write(isWide);
    if (!engine.validate(bytes)) return null;
    compiled = { isWide, module: new engine.Module(bytes) };
  }
  return compiled.module;
}

function instance(engine: WebAssemblyEngine, module: object, pages: number): Program | null {
  try {
    const memory = takeMemory(engine, pages * PAGE);
    const { exports } = new engine.Instance(module, { env: { memory } });
    return {
      ...(exports as Record<Names, (...args: number[]) => number>),
      numbers: new Float64Array(memory.buffer),
      close: () => pages > KEPT_PAGES && giveBack(memory),
    };
  } catch (error) {
    // Thrown by engines that cannot allocate the memory.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function write(isWide: boolean): Uint8Array<ArrayBuffer> {
  const module = moduleBuilder();
  defineProduct(module, isWide, 'add');
  defineProduct(module, isWide, 'subtract');
  defineSymmetricProduct(module, isWide);
  defineDots(module);
  defineCombine(module);
  defineSpread(module, 4);
  defineSpread(module, 8);
  defineInterleave(module);
  defineRotate(module);
  defineSecularSums(module);
  defineGapProducts(module);
  defineSecularVectors(module);
  return module.bytes(1);
}
