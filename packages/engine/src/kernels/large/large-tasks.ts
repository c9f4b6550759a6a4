import { floats } from '../program/kernel-memory.ts';
import { PART_BYTES, type LargeMemory } from './large-memory.ts';
import type { LargeFunctions } from './large-program.ts';
import { PANEL_ROWS, type LargeShape } from './large-shape.ts';

/** Features whose gradient one task computes. */
const GATHERED = 64;

/** Tasks that do not depend on each other. Any thread may do any of them, with the same result. */
export type Tasks =
  /** Samples panels and computes their losses and lists. Task k has panel `number` + k of the stream. */
  | {
      readonly kind: 'forward';
      readonly count: number;
      readonly number: number;
      /** Rows of all panels together. */
      readonly rows: number;
      readonly wantsGradient: boolean;
    }
  /** Adds the sums over `panels` panels to the gradient; the first such tasks of a batch start from 0. */
  | {
      readonly kind: 'gather';
      readonly count: number;
      readonly panels: number;
      readonly isFirst: boolean;
    }
  /** Computes the squared norm of each part of the gradient. */
  | { readonly kind: 'norm'; readonly count: number }
  /** Updates the parameters. `table` is the byte offset of the step in the table of learning rates. */
  | {
      readonly kind: 'update';
      readonly count: number;
      readonly squaredNorm: number;
      readonly table: number;
    };

/** Number of tasks that compute the gradient. */
export function gatherTasks({ features }: LargeShape): number {
  return Math.ceil(features / GATHERED);
}

/** Number of tasks that compute the norm of the gradient, and of those that update the parameters. */
export function partTasks({ parameters }: LargeShape): number {
  return Math.ceil(floats(parameters.size) / PART_BYTES);
}

/** A large model in memory, with the functions of a thread. */
export interface LargeThread {
  readonly shape: LargeShape;
  readonly memory: LargeMemory;
  readonly buffer: ArrayBufferLike;
  readonly functions: LargeFunctions;
}

/** Address of a panel. */
export function panelAddress({ panels, panel }: LargeMemory, slot: number): number {
  return panels + slot * panel.bytes;
}

/** Does one of some tasks. */
export function doTask(
  { shape, memory, buffer, functions }: LargeThread,
  tasks: Tasks,
  k: number,
): void {
  switch (tasks.kind) {
    case 'forward': {
      const panel = panelAddress(memory, k);
      const rows = Math.min(PANEL_ROWS, tasks.rows - k * PANEL_ROWS);
      functions.sample(tasks.number + k, panel, rows);
      return functions.forward(panel, rows, tasks.wantsGradient ? 1 : 0);
    }
    case 'gather': {
      const from = 4 * GATHERED * k;
      const to = Math.min(4 * shape.features, from + 4 * GATHERED);
      const end = panelAddress(memory, tasks.panels);
      return functions.gather(from, to, end, tasks.isFirst ? 1 : 0);
    }
    case 'norm': {
      const [from, to] = partOf(shape, k);
      new Float64Array(buffer, memory.norms)[k] = functions.norm(from, to);
      return;
    }
    case 'update': {
      const [from, to] = partOf(shape, k);
      return functions.update(tasks.squaredNorm, tasks.table, from, to);
    }
  }
}

function partOf({ parameters }: LargeShape, k: number): [number, number] {
  return [k * PART_BYTES, Math.min(floats(parameters.size), (k + 1) * PART_BYTES)];
}
