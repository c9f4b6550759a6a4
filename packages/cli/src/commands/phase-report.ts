import { phaseAreas, type GridDiagram, type RefinedStep } from '@polysem/engine/phase';
import type { PhaseDiagram } from '@polysem/runs';
import { number } from '@polysem/reports/text';
import { describeModel } from '@polysem/reports/phase';

/**
 * Cells with a start as good as the best whose capacity differs by more than this count as nearly
 * degenerate.
 */
const APART = 0.05;

/** A predicted diagram as text for users. */
export function describePhase({ spec, capacity, trained }: PhaseDiagram): string {
  const { features, dims, shape, density, importance } = spec;
  const lines = [
    `quadratic computation, ${features} features in ${dims} dimensions, ${shape} inputs; ${importance.count} x ${density.count} cells`,
    `predicted: ${areas(capacity)}`,
  ];
  if (trained !== null) {
    const apart = trained.capacity.map((c, cell) => Math.abs(c - capacity[cell]));
    lines.push(
      `trained:   ${areas(trained.capacity)}`,
      `largest difference of C from the prediction ${number(largest(apart), 3)}, largest relative gap to its loss ${number(largest(trained.gap), 2)}; ${range(trained.restarts)} random starts a cell`,
    );
  }
  return lines.join('\n');
}

/** A trained grid as text for users. */
export function describeGrid(diagram: GridDiagram, steps: readonly RefinedStep[] | null): string {
  const { spec, capacity, standardError, optima, degeneracy, restarts, predicted } = diagram;
  const { x, y } = spec;
  const errors = standardError.filter((e) => !Number.isNaN(e)).toSorted();
  const lines = [
    `${describeModel(spec.architecture)}; ${x.values.length} values of ${x.parameter} x ${y.values.length} of ${y.parameter}`,
    areas(capacity),
    `${range(restarts)} random starts a cell, which ended in ${range(optima)} distinct optima${errors.length === 0 ? '' : `; standard error of C over them ${number(errors[errors.length >> 1], 2)} in the median, ${number(errors[errors.length - 1], 2)} at most`}`,
    `${percent(degeneracy.filter((d) => d > APART).length / degeneracy.length)} of the cells have a start within 1 % of the least loss whose C is more than ${APART} off`,
  ];
  const diverged = capacity.filter((c) => Number.isNaN(c)).length;
  if (diverged > 0) lines.push(`${diverged} cells in which every start diverged`);
  if (predicted !== null) {
    const apart = capacity.map((c, cell) => Math.abs(c - predicted[cell]));
    lines.push(`largest difference of C from the theory's prediction ${number(largest(apart), 3)}`);
  }
  if (steps !== null) {
    const jumps = steps.map(({ capacityFrom, capacityTo }) => Math.abs(capacityTo - capacityFrom));
    lines.push(
      `${steps.length} boundaries along rows refined${steps.length === 0 ? '' : `; C still changes by ${number(largest(jumps), 3)} at most from one end of what is left of them to the other`}`,
    );
  }
  return lines.join('\n');
}

function areas(capacity: ArrayLike<number>): string {
  const { ignored, partial, plateau, full } = phaseAreas(capacity);
  return `C < 0.1 in ${percent(ignored)} of the cells, 0.47 to 0.53 in ${percent(plateau)}, elsewhere between in ${percent(partial)}, above 0.9 in ${percent(full)}`;
}

function percent(share: number): string {
  return `${number(100 * share, 3)} %`;
}

function largest(values: Iterable<number>): number {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return most;
}

function range(values: Float64Array): string {
  const [least, most] = values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
  return least === most ? String(least) : `${least} to ${most}`;
}
