import type { Precision } from './precision.ts';
import { capability } from '../wasm/capabilities.ts';
import { webAssembly } from '../wasm/engine.ts';
import { moduleBuilder, type ModuleBuilder } from '../wasm/module.ts';
import { giveBack, takeMemory } from '../wasm/reused-memory.ts';
import { wideVectors } from '../wasm/wide-vectors.ts';
import { numberFormat, type NumberFormat } from './number-format.ts';

/** The machine that code is generated for. */
export interface Machine {
  readonly format: NumberFormat;
  /** The float64 format, also if the kernel uses float32. */
  readonly wideFormat: NumberFormat;
  /** True if multiply-adds round once. */
  readonly isFused: boolean;
  /** True if the engine combines pairs of vectors. */
  readonly isWide: boolean;
  /** Rows of a register tile: columns of a strip of A. */
  readonly rows: number;
}

/** Compiled code with its own memory. */
export interface Program {
  readonly call: Readonly<Record<string, (...args: number[]) => number>>;
  readonly buffer: ArrayBuffer;
  /** Hands the memory to the next kernel; called once, after all use of the program. */
  readonly close: () => void;
}

/** Address of a scratch tile, below all other data. */
export const SCRATCH = 64;
/** Address where other data begins. */
export const MEMORY_FROM = 1024;

const compiled = new Map<string, object>();

let can: ReturnType<typeof capability> | null = null;

/** A machine whose multiply-adds round once or twice, and whose engine combines pairs of vectors or does not. */
export function machineOf(precision: Precision, isFused: boolean, isWide: boolean): Machine {
  return {
    format: numberFormat(precision, isFused),
    wideFormat: numberFormat('float64', isFused),
    isFused,
    isWide,
    rows: isWide ? 6 : 4,
  };
}

/** The machine that runs this code, or null if it has no SIMD. */
export function machineFor(precision: Precision): Machine | null {
  can ??= capability();
  return can === 'none' ? null : machineOf(precision, can === 'fma', wideVectors());
}

/**
 * Compiles the code that `define` writes, once per name and machine, and links it with a memory of zeros.
 *
 * @param bytes size of the memory.
 * @throws RangeError if the engine cannot allocate the memory.
 */
export function linkProgram(
  name: string,
  machine: Machine,
  bytes: number,
  define: (module: ModuleBuilder, machine: Machine) => void,
): Program {
  const engine = webAssembly();
  if (engine === null) throw new Error('this JavaScript engine has no WebAssembly');
  const key = [name, machine.format.precision, machine.isFused, machine.isWide].join();
  let code = compiled.get(key);
  if (code === undefined) {
    const module = moduleBuilder();
    define(module, machine);
    code = new engine.Module(module.bytes(1));
    compiled.set(key, code);
  }
  const memory = takeMemory(engine, bytes);
  const { exports } = new engine.Instance(code, { env: { memory } });
  return { call: exports, buffer: memory.buffer, close: () => giveBack(memory) };
}
