/**
 * A WebAssembly assembler: modules, values, memory layout, capabilities of the engine.
 *
 * @module
 */
export { capability } from './capabilities.ts';
export { type SharedMemory, webAssembly, type WebAssemblyEngine } from './engine.ts';
export { hasSimd } from './has-simd.ts';
export { memoryLayout, type MemoryLayout } from './layout.ts';
export {
  type Body,
  called,
  type FunctionHandle,
  type Local,
  moduleBuilder,
  type ModuleBuilder,
} from './module.ts';
export {
  f32,
  type F32,
  f32x4,
  f64,
  type F64,
  f64x2,
  i32,
  type I32,
  i32x4,
  v128,
  type V128,
} from './value.ts';
export { expectWideVectors, wideVectors } from './wide-vectors.ts';
