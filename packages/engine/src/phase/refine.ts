import { DISAGREEMENT, type GridSpec } from './grid-spec.ts';
import { planCells } from './plan-grid.ts';
import type { GridDiagram } from './train-grid.ts';
import type { RowTask, TrainedRow } from './train-row.ts';

/** A large change of capacity along a row, located more finely than the grid. */
export interface RefinedStep {
  readonly row: number;
  /** The column before the change. */
  readonly column: number;
  /** The values of x between which the capacity changes most, and the capacities at both. */
  readonly from: number;
  readonly to: number;
  readonly capacityFrom: number;
  readonly capacityTo: number;
}

interface Bracket extends RefinedStep {
  readonly start: Float32Array;
  readonly end: Float32Array;
}

/**
 * Refines boundaries. Where neighbours along a row differ in capacity by more than `DISAGREEMENT`,
 * a cell at their geometric mean is trained from the optima of both, and the half with the larger
 * change is halved again. After n rounds a boundary is known 2^n times as finely as on the grid; a
 * capacity that still jumps there is discontinuous at that resolution.
 *
 * @param diagram a trained grid.
 * @param trainRows trains rows, in any order, and returns them in the order of the tasks.
 * @param rounds number of times each bracket is halved.
 * @returns one step per boundary.
 * @throws RangeError if the columns are integers (dims or features), or rounds is not a
 *   non-negative integer.
 *
 * @example
 * ```js
 * import { typescriptKernel } from 'polysem/kernels';
 * import { defaultGridTraining, planGrid, refine, trainGrid, trainRow } from 'polysem/phase';
 * const x = { parameter: 'importance', values: [0.01, 1] };
 * const y = { parameter: 'density', values: [0.2] };
 * const architecture = { task: 'computation', activation: 'quadratic' };
 * const inputs = { shape: 'uniform', unitVariance: true, density: 0.2 };
 * const sizes = { features: 2, dims: 1, importance: 1, importancePower: 1, seed: 0 };
 * const spec = { architecture, ...inputs, ...sizes, x, y, training: defaultGridTraining };
 * const train = async (tasks) => tasks.map((task) => trainRow(typescriptKernel, task));
 * const diagram = await trainGrid(planGrid(spec), (_pass, tasks) => train(tasks));
 * const [step] = await refine(diagram, train, 1);
 * [step.from, step.to, step.capacityFrom.toFixed(1), step.capacityTo.toFixed(1)]; // [0.1, 1, '0.0', '0.5']
 * ```
 */
export async function refine(
  diagram: GridDiagram,
  trainRows: (tasks: readonly RowTask[]) => Promise<TrainedRow[]>,
  rounds: number,
): Promise<RefinedStep[]> {
  const { spec } = diagram;
  if (spec.x.parameter === 'dims' || spec.x.parameter === 'features') {
    throw new RangeError(`refine: columns of ${spec.x.parameter} have nothing between them`);
  }
  if (!Number.isInteger(rounds) || rounds < 0)
    throw new RangeError(`refine: rounds must be a whole number, got ${rounds}`);
  let brackets = bracketsOf(diagram);
  for (let round = 0; round < rounds && brackets.length > 0; round++) {
    const rows = [...new Set(brackets.map(({ row }) => row))];
    const inRow = rows.map((row) => brackets.filter((bracket) => bracket.row === row));
    // Each round depends on the one before.
    // oxlint-disable-next-line no-await-in-loop
    const trained = await trainRows(inRow.map((list, k) => taskOf(spec, rows[k], list)));
    brackets = inRow.flatMap((list, k) =>
      list.map((bracket, column) => halved(bracket, trained[k].cells[column].best)),
    );
  }
  return brackets.map(({ start: _start, end: _end, ...step }) => step);
}

function bracketsOf({ spec, capacity, parameters }: GridDiagram): Bracket[] {
  const x = spec.x.values;
  return spec.y.values.flatMap((_, row) =>
    x.slice(1).flatMap((to, column): Bracket[] => {
      const at = row * x.length + column;
      const [start, end] = [parameters[at], parameters[at + 1]];
      const [capacityFrom, capacityTo] = [capacity[at], capacity[at + 1]];
      if (start === null || end === null) return [];
      if (!(Math.abs(capacityTo - capacityFrom) > DISAGREEMENT)) return [];
      return [{ row, column, from: x[column], to, capacityFrom, capacityTo, start, end }];
    }),
  );
}

const middle = ({ from, to }: RefinedStep): number => Math.sqrt(from * to);

/** A task whose columns are the middles of the brackets. */
function taskOf(spec: GridSpec, row: number, brackets: readonly Bracket[]): RowTask {
  const within: GridSpec = {
    ...spec,
    x: { ...spec.x, values: brackets.map(middle) },
    y: { ...spec.y, values: [spec.y.values[row]] },
  };
  const [cells] = planCells(within);
  return {
    spec: within,
    row: 0,
    cells: brackets.map(({ start, end }, column) => ({
      cell: cells[column],
      best: null,
      firstRestart: 0,
      restarts: 0,
      starts: [start, end],
    })),
  };
}

function halved(bracket: Bracket, found: TrainedRow['cells'][number]['best']): Bracket {
  if (found === null) return bracket;
  const [c] = found.capacity;
  const isLeft = Math.abs(c - bracket.capacityFrom) >= Math.abs(bracket.capacityTo - c);
  return isLeft
    ? { ...bracket, to: middle(bracket), capacityTo: c, end: found.parameters }
    : { ...bracket, from: middle(bracket), capacityFrom: c, start: found.parameters };
}
