import type { Arithmetic } from '@polysem/numerics/lanes';
import type { ModuleBuilder } from '@polysem/numerics/wasm';
import type { Drawing } from './drawing.ts';
import type { KernelMemory, SparsePanel } from './kernel-memory.ts';
import type { Structure } from './structure.ts';

/** Module under construction, with what all of its functions depend on. */
export interface KernelContext {
  readonly module: ModuleBuilder;
  readonly math: Arithmetic;
  readonly structure: Structure;
  readonly memory: KernelMemory;
}

/** Context of a kernel that samples its inputs. */
export interface SamplingContext extends KernelContext {
  readonly drawing: Drawing;
}

/** Context of a kernel of the method `sparse`. */
export interface SparseContext extends KernelContext {
  readonly panel: SparsePanel;
}
