import type { Precision } from './precision.ts';
import { capability } from '../wasm/capabilities.ts';
import { webAssembly } from '../wasm/engine.ts';
import { moduleBuilder, type ModuleBuilder } from '../wasm/module.ts';
import { wideVectors } from '../wasm/wide-vectors.ts';
import { numberFormat, type NumberFormat } from './number-format.ts';

/** What code is generated for. */
export interface Machine {
  readonly format: NumberFormat;
  /** Float64 numbers, whatever the format. */
  readonly wideFormat: NumberFormat;
  /** Whether multiply-adds round once. */
  readonly isFused: boolean;
  /** Whether the engine pairs vectors. */
  readonly isWide: boolean;
  /** Rows of a register tile, columns of a strip of A. */
  readonly rows: number;
}

/** Code with a memory of its own. */
export interface Program {
  readonly call: Readonly<Record<string, (...args: number[]) => number>>;
  readonly buffer: ArrayBuffer;
}

/** The address of a scratch tile, below all else in memory. */
export const SCRATCH = 64;
/** Where the rest of the memory begins. */
export const MEMORY_FROM = 1024;

const PAGE = 65536;
const compiled = new Map<string, object>();

let can: ReturnType<typeof capability> | null = null;

/** A machine with multiply-adds that round once or twice, and an engine that pairs vectors or does not. */
export function machineOf(precision: Precision, isFused: boolean, isWide: boolean): Machine {
  return {
    format: numberFormat(precision, isFused),
    wideFormat: numberFormat('float64', isFused),
    isFused,
    isWide,
    rows: isWide ? 6 : 4,
  };
}

/** The machine that this is, or null if it has no SIMD. */
export function machineFor(precision: Precision): Machine | null {
  can ??= capability();
  return can === 'none' ? null : machineOf(precision, can === 'fma', wideVectors());
}

/**
 * Compiles what `define` writes, once for each name and machine, and links it with a new memory of so many bytes.
 *
 * @throws RangeError if the engine does not give that much memory.
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
  const memory = new engine.Memory({ initial: Math.ceil(bytes / PAGE) });
  const { exports } = new engine.Instance(code, { house: { memory } });
  return { call: exports, buffer: memory.buffer };
}
