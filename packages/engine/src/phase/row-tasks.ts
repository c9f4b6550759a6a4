import type { Kernel } from '../kernels/kernel.ts';
import { holdPoint, type HeldPoint, type HoldTask } from './hold-point.ts';
import { phaseRow, type PhaseRow } from './phase-row.ts';
import type { PhaseTask } from './plan-phase.ts';
import { trainRow, type RowTask, type TrainedRow } from './train-row.ts';

/** Tasks that compute one row of a phase diagram, or one point of a curve, with their input and result; all plain data. */
export interface RowTasks {
  /** Trains the cells of a row of a grid (`trainRow`). */
  readonly trainRow: { readonly input: RowTask; readonly answer: TrainedRow };
  /** Predicts a row of the quadratic model, and trains it if asked for (`phaseRow`). */
  readonly phaseRow: { readonly input: PhaseTask; readonly answer: PhaseRow };
  /** Trains one point of the curve of loss against held capacity (`holdPoint`). */
  readonly holdPoint: { readonly input: HoldTask; readonly answer: HeldPoint };
}

const functions: {
  readonly [K in keyof RowTasks]: (
    kernel: Kernel,
    input: RowTasks[K]['input'],
  ) => RowTasks[K]['answer'];
} = {
  trainRow,
  holdPoint,
  // The losses of the quadratic model are computed in float64 whatever the kernel.
  phaseRow: (_kernel, task) => phaseRow(task),
};

/**
 * True if a name is that of a row task.
 *
 * @param name any name.
 * @returns true for the members of `RowTasks`.
 *
 * @example
 * ```js
 * import { isRowTask } from 'polysem/phase';
 * isRowTask('phaseRow'); // true
 * isRowTask('measure'); // false
 * ```
 */
export function isRowTask(name: string): name is keyof RowTasks {
  return Object.hasOwn(functions, name);
}

/**
 * Computes one row of a phase diagram. The result depends only on the task and the kernel.
 *
 * @param kernel the kernel that evaluates losses; `phaseRow` does not use it.
 * @param name which kind of row to compute.
 * @param input the row.
 * @returns the result of `trainRow`, `phaseRow` or `holdPoint`.
 *
 * @example
 * ```js
 * import { typescriptKernel } from 'polysem/kernels';
 * import { computeRow, planPhase } from 'polysem/phase';
 * const density = { from: 1, to: 0.1, count: 2 };
 * const importance = { from: 0.01, to: 100, count: 3 };
 * const spec = { features: 2, dims: 1, shape: 'uniform', density, importance, trained: null, seed: 0 };
 * computeRow(typescriptKernel, 'phaseRow', planPhase(spec).rows[1]).capacity; // [0, 0.5, 1]
 * ```
 */
export function computeRow<K extends keyof RowTasks>(
  kernel: Kernel,
  name: K,
  input: RowTasks[K]['input'],
): RowTasks[K]['answer'] {
  return functions[name](kernel, input);
}
