import { phaseAreas, type GridDiagram, type RefinedStep } from '@polysem/engine/phase';
import type { PhaseDiagram } from '@polysem/runs';
import { number } from '@polysem/reports/text';
import { describeModel } from '@polysem/reports/phase';

/**
 * Cells with a restart as good as the best whose capacity differs by more than this count as nearly
 * degenerate.
 */
const APART = 0.05;

/** A predicted diagram as text. */
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
      `largest difference of C from the prediction ${number(largest(apart), 3)}, largest relative gap to its loss ${number(largest(trained.gap), 2)}; ${range(trained.restarts)} restarts per cell`,
    );
  }
  return lines.join('\n');
}

/** A trained grid as text. */
export function describeGrid(diagram: GridDiagram, steps: readonly RefinedStep[] | null): string {
  const { spec, capacity, standardError, optima, degeneracy, restarts, predicted } = diagram;
  const { x, y } = spec;
  const errors = standardError.filter((e) => !Number.isNaN(e)).toSorted();
  const lines = [
    `${describeModel(spec.architecture)}; ${x.values.length} values of ${x.parameter} x ${y.values.length} of ${y.parameter}`,
    areas(capacity),
    `${range(restarts)} restarts per cell, which ended in ${range(optima)} distinct optima${errors.length === 0 ? '' : `; standard error of the mean C over restarts (the map shows the best): median ${number(errors[errors.length >> 1], 2)}, largest ${number(errors[errors.length - 1], 2)}`}`,
    `${percent(degeneracy.filter((d) => d > APART).length / degeneracy.length)} of the cells have a restart within 1 % of the lowest loss whose C differs by more than ${APART}`,
  ];
  const diverged = capacity.filter((c) => Number.isNaN(c)).length;
  if (diverged > 0) lines.push(`${diverged} cells in which every restart diverged`);
  if (predicted !== null) {
    const apart = capacity.map((c, cell) => Math.abs(c - predicted[cell]));
    lines.push(`largest difference of C from the theory's prediction ${number(largest(apart), 3)}`);
  }
  if (steps !== null) {
    const jumps = steps.map(({ capacityFrom, capacityTo }) => Math.abs(capacityTo - capacityFrom));
    lines.push(
      `${steps.length} boundaries along rows refined${steps.length === 0 ? '' : `; across a refined step C changes by at most ${number(largest(jumps), 3)}`}`,
    );
  }
  return lines.join('\n');
}

function areas(capacity: ArrayLike<number>): string {
  const { ignored, partial, plateau, full } = phaseAreas(capacity);
  return `C < 0.1 in ${percent(ignored)} of the cells, 0.47 to 0.53 in ${percent(plateau)}, other values between in ${percent(partial)}, above 0.9 in ${percent(full)}`;
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
