import type { LargeMachine } from './large-machine.ts';
import { PANEL_ROWS } from './large-shape.ts';
import { gatherTasks, panelAddress, partTasks } from './large-tasks.ts';

/** Computes the batch of a step. Returns its mean loss, and leaves the gradient in memory if it is wanted. */
export function computeBatch(
  machine: LargeMachine,
  batch: number,
  step: number,
  wantsGradient: boolean,
): number {
  const { shape, memory, buffer, run } = machine;
  const panels = Math.ceil(batch / PANEL_ROWS);
  let sum = 0;
  for (let first = 0; first < panels; first += shape.slots) {
    const count = Math.min(shape.slots, panels - first);
    const number = step * panels + first;
    run({ kind: 'forward', count, number, rows: batch - first * PANEL_ROWS, wantsGradient });
    for (let slot = 0; slot < count; slot++) {
      sum += new Float64Array(buffer, panelAddress(memory, slot) + memory.panel.loss, 1)[0];
    }
    if (!wantsGradient) continue;
    run({ kind: 'gather', count: gatherTasks(shape), panels: count, isFirst: first === 0 });
  }
  return sum / batch;
}

/** Computes the squared norm of the gradient in memory. */
export function squaredNormOf({ shape, memory, buffer, run }: LargeMachine): number {
  const count = partTasks(shape);
  run({ kind: 'norm', count });
  return new Float64Array(buffer, memory.norms, count).reduce((sum, part) => sum + part, 0);
}

/** Takes a step of the optimiser. `table` is the byte offset of the step in the table of learning rates. */
export function updateParameters(
  { shape, run }: LargeMachine,
  squaredNorm: number,
  table: number,
): void {
  run({ kind: 'update', count: partTasks(shape), squaredNorm, table });
}

/** Samples a panel; returns the active features of each row, in ascending order. */
export function readPanel(
  { shape, memory, buffer, functions }: LargeMachine,
  number: number,
  rows: number,
): { feature: number; value: number }[][] {
  const address = panelAddress(memory, 0);
  functions.sample(number, address, rows);
  const { starts, rows: rowsOf, numbers } = memory.panel.active;
  const ends = new Int32Array(buffer, address + starts, shape.features + 1);
  const rowList = new Int32Array(buffer, address + rowsOf);
  const values = new Float32Array(buffer, address + numbers);
  const found = Array.from({ length: rows }, (): { feature: number; value: number }[] => []);
  for (let feature = 0; feature < shape.features; feature++) {
    for (let at = ends[feature] / 4; at < ends[feature + 1] / 4; at++)
      found[rowList[at] / 4].push({ feature, value: values[at] });
  }
  return found;
}
