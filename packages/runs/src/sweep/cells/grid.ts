import {
  phaseAreas,
  phaseNameOf,
  planGrid,
  roughness,
  type GridDiagram,
} from '@polysem/engine/phase';
import type { KernelName } from '@polysem/engine/kernels';
import type { ToyModel } from '@polysem/engine/models';
import { runGrid } from '../../grid-run.ts';
import { architectureOf, type ArchitectureParameters } from '../../parameters/index.ts';
import { openRowRunner } from '../../run-rows.ts';
import type { CellJob, CellSize, Computation, Measurement, Parameters } from './computation.ts';
import {
  gridSchema,
  gridSpecOf,
  phaseSchema,
  resolveGrid,
  resolvePhase,
} from './grid-parameters.ts';

/** Trains the points of a diagram. */
async function compute({ parameters, seed, kernel, context }: CellJob): Promise<GridDiagram> {
  const plan = planGrid(gridSpecOf(parameters, seed));
  const { threads, journal } = context;
  const runner = await openRowRunner({ threads, kernel });
  const points = plan.cells.length * plan.cells[0].length;
  const isLong = journal !== undefined && points >= WORTH_JOURNAL;
  try {
    const diagram = await runGrid(plan, runner, isLong ? { journal } : {});
    if (diagram.capacity.every(Number.isNaN))
      throw new RangeError(
        'training diverged in every random start; inputs and importances nearer to 1 may help',
      );
    return diagram;
  } finally {
    await runner.close();
  }
}

/** Points from which a cell keeps a journal. */
const WORTH_JOURNAL = 32;

const list = (numbers: ArrayLike<number>): number[] => Array.from(numbers);
const only = (numbers: ArrayLike<number>): number => numbers[0];

/** Rough seconds per multiplication of training on a fixed sample, and typical iterations until it converges. */
const PER_MULTIPLICATION = 4e-10;
const ITERATIONS = 60;

function sizeOf(parameters: Parameters, kernel: KernelName): CellSize {
  const { x, y, training, features, dims } = gridSpecOf(parameters, 0);
  const points = x.values.length * y.values.length;
  const starts = training.restarts + 3;
  const each = starts * ITERATIONS * training.rows * features * dims * PER_MULTIPLICATION;
  return {
    seconds: points * each * (kernel === 'typescript' ? 5 : 1) + 1e-3,
    features: points > 1 ? points : features,
    weights: 0,
  };
}

const model = (parameters: Parameters): ToyModel =>
  architectureOf(parameters as ArchitectureParameters) as ToyModel;

/** Checks a diagram along its first row and its first column. */
function check(parameters: Parameters): void {
  const spec = gridSpecOf(parameters, 0);
  const { x, y } = spec;
  planGrid({ ...spec, x: { ...x, values: x.values.slice(0, 1) } });
  planGrid({ ...spec, y: { ...y, values: y.values.slice(0, 1) } });
}

const phaseMeasurements: Readonly<Record<string, Measurement<GridDiagram>>> = {
  capacity: {
    type: 'number',
    description: 'Capacity of the first feature at the best optimum found.',
    of: ({ capacity }) => only(capacity),
  },
  predicted: {
    type: 'number',
    description: 'Capacity of the first feature in theory; null where the theory does not apply.',
    of: ({ predicted }) => (predicted === null ? null : only(predicted)),
  },
  loss: {
    type: 'number',
    description: 'Loss by which starts are compared: exact, or on held-out inputs.',
    of: ({ loss }) => only(loss),
  },
  phase: {
    type: 'text',
    description: 'Phase of the first feature: ignored, partial, plateau (near 1/2) or full.',
    of: ({ capacity }) => phaseNameOf(only(capacity)),
  },
  capacities: {
    type: 'numbers',
    description: 'Capacity of each feature.',
    of: ({ capacities }) => list(capacities[0]),
  },
  standardError: {
    type: 'number',
    description: 'Standard error of the mean capacity over random starts.',
    of: ({ standardError }) => only(standardError),
  },
  optima: {
    type: 'integer',
    description: 'Number of distinct optima among the random starts.',
    of: ({ optima }) => only(optima),
  },
  degeneracy: {
    type: 'number',
    description:
      'Largest difference in capacity between the best optimum and a start of nearly equal loss.',
    of: ({ degeneracy }) => only(degeneracy),
  },
  restartsTaken: {
    type: 'integer',
    description: 'Random starts taken.',
    of: (diagram) => only(diagram.restarts),
  },
};

/** One point of a phase diagram, as `polysem phase --model` trains it, without its neighbours. */
export const phase: Computation<GridDiagram> = {
  name: 'phase',
  description:
    'One point of a phase diagram: the capacity of the first feature, whose importance differs from the others.',
  schema: phaseSchema,
  measurements: phaseMeasurements,
  usual: ['capacity', 'predicted', 'loss', 'phase'],
  free: new Set(['dims', 'importance', 'density', 'features', 'restarts', 'steps', 'batch']),
  resolve: resolvePhase,
  check,
  model,
  size: sizeOf,
  compute,
};

const gridMeasurements: Readonly<Record<string, Measurement<GridDiagram>>> = {
  columns: {
    type: 'integer',
    description: 'Number of columns, to give the lists their shape: rows x columns.',
    of: ({ spec }) => spec.x.values.length,
  },
  xValues: {
    type: 'numbers',
    description: 'Values of the parameter of the columns.',
    of: ({ spec }) => list(spec.x.values),
  },
  yValues: {
    type: 'numbers',
    description: 'Values of the parameter of the rows.',
    of: ({ spec }) => list(spec.y.values),
  },
  capacity: {
    type: 'numbers',
    description: 'Capacity of the first feature at each point, row by row.',
    of: ({ capacity }) => list(capacity),
  },
  predicted: {
    type: 'numbers',
    description: 'Capacities in theory; null where the theory does not apply.',
    of: ({ predicted }) => (predicted === null ? null : list(predicted)),
  },
  loss: {
    type: 'numbers',
    description: 'Loss by which starts are compared at each point.',
    of: ({ loss }) => list(loss),
  },
  standardError: {
    type: 'numbers',
    description: 'Standard error of the mean capacity over random starts at each point.',
    of: ({ standardError }) => list(standardError),
  },
  optima: {
    type: 'numbers',
    description: 'Number of distinct optima among the random starts at each point.',
    of: ({ optima }) => list(optima),
  },
  degeneracy: {
    type: 'numbers',
    description:
      'Largest difference in capacity between the best optimum and a start of nearly equal loss at each point.',
    of: ({ degeneracy }) => list(degeneracy),
  },
  restartsTaken: {
    type: 'numbers',
    description: 'Random starts taken at each point.',
    of: (diagram) => list(diagram.restarts),
  },
  roughness: {
    type: 'number',
    description:
      'Root mean square of the second differences of the capacity down the columns, away from boundaries.',
    of: ({ spec: { x, y }, capacity }) => roughness(capacity, y.values.length, x.values.length).rms,
  },
  ignoredArea: area('ignored', 'with capacity near 0'),
  partialArea: area('partial', 'with partial capacity away from 1/2'),
  plateauArea: area('plateau', 'with capacity near 1/2'),
  fullArea: area('full', 'with capacity near 1'),
};

function area(
  name: 'ignored' | 'partial' | 'plateau' | 'full',
  what: string,
): Measurement<GridDiagram> {
  return {
    type: 'number',
    description: `Fraction of the points ${what}.`,
    of: ({ capacity }) => phaseAreas(capacity)[name],
  };
}

/** A whole phase diagram, as `polysem phase --model` trains it. */
export const grid: Computation<GridDiagram> = {
  name: 'grid',
  description:
    'A whole phase diagram over two parameters, whose points also start from the optima of their neighbours.',
  schema: gridSchema,
  measurements: gridMeasurements,
  usual: ['columns', 'capacity', 'predicted', 'loss'],
  free: new Set(),
  resolve: resolveGrid,
  check,
  model,
  size: sizeOf,
  compute,
};
