import { positive, positiveInteger } from '@polysem/numerics/checks';
import { momentsOfChecked, resolveInputs, type DistributedInputs } from '@polysem/core/features';
import { axisValues, rowInputs, type PhaseSpec } from './phase-spec.ts';

/** One row of a phase diagram of the quadratic model, checked; plain data that can be sent to a worker. */
export interface PhaseTask {
  readonly spec: PhaseSpec;
  /** Index of the row, from 0. */
  readonly row: number;
  /** Inputs at the density of the row. */
  readonly inputs: DistributedInputs;
}

/** A checked phase diagram of the quadratic model with its rows. */
export interface PhasePlan {
  readonly spec: PhaseSpec;
  readonly rows: readonly PhaseTask[];
}

/**
 * Checks a phase diagram of the quadratic model, once, and resolves the inputs of each row.
 *
 * @param spec the phase diagram.
 * @returns the spec with its rows.
 * @throws RangeError naming the field, its value and what it must be; also if the inputs have a
 *   nonzero mean, which the theory does not cover.
 *
 * @example
 * ```js
 * import { planPhase } from 'polysem/phase';
 * const density = { from: 0.5, to: 0.1, count: 3 };
 * const importance = { from: 0.1, to: 10, count: 5 };
 * const spec = { features: 3, dims: 1, shape: 'uniform', density, importance, trained: null, seed: 0 };
 * planPhase(spec).rows[2].inputs.marginals[0].density; // 0.1
 * ```
 */
export function planPhase(spec: PhaseSpec): PhasePlan {
  checkSizes(spec);
  const known = new Map<number, DistributedInputs>();
  const inputsAt = (density: number): DistributedInputs => {
    const resolved = known.get(density) ?? resolveInputs(rowInputs(spec, density), spec.features);
    known.set(density, resolved);
    return resolved;
  };
  // An error names an end of the axis, which the caller has given.
  for (const end of [spec.density.from, spec.density.to]) checkMean(spec, inputsAt(end));
  const rows = Array.from(axisValues(spec.density), (density, row) => ({
    spec,
    row,
    inputs: inputsAt(density),
  }));
  return { spec, rows };
}

function checkSizes({ features, dims, density, importance, trained }: PhaseSpec): void {
  positiveInteger('features', features);
  if (!Number.isInteger(dims) || dims < 1 || dims > features) {
    throw new RangeError(
      `dims: must be an integer from 1 to ${features}, the number of features, got ${dims}`,
    );
  }
  for (const [name, axis] of [
    ['density', density],
    ['importance', importance],
  ] as const) {
    for (const end of [axis.from, axis.to]) positive(name, end);
    positiveInteger(`${name}: the number of steps`, axis.count);
  }
  if (trained !== null) positiveInteger('restarts', trained.restarts);
}

/** The distributions of all rows have mean 0, or none has. */
function checkMean({ shape }: PhaseSpec, { marginals }: DistributedInputs): void {
  if (momentsOfChecked(marginals[0]).mean === 0) return;
  throw new RangeError(
    `shape: the theory needs inputs with mean 0, and ${shape} has another mean; use uniform or gaussian`,
  );
}
