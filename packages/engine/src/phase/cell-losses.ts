import {
  momentsOfChecked,
  stratifyInputs,
  type DistributedInputs,
  type WeightedBatch,
} from '@polysem/core/features';
import { lossRounding, type Kernel } from '../kernels/kernel.ts';
import { hasKinks } from '../models/has-kinks.ts';
import type { Loss } from '../models/loss.ts';
import { quadraticCorrelatedLoss } from '../models/quadratic-correlated-loss.ts';
import { quadraticExactLoss } from '../models/quadratic-exact-loss.ts';
import { isQuadraticModel } from '../models/toy-model.ts';
import { generator, childGenerator } from '@polysem/numerics/random';
import type { GridTraining } from '../names/grid-training.ts';
import type { GridSpec } from './grid-spec.ts';
import type { PlannedCell } from './plan-grid.ts';

/** The losses by which a cell is trained and evaluated. */
export interface CellLosses {
  readonly training: Loss;
  /**
   * A rough, much cheaper estimate of the training loss, to find out where random starts lead. It
   * is the training loss itself if that is exact, and for models with one output: on so few inputs
   * the weights would find optima that the full sample does not have.
   */
  readonly screening: Loss;
  /** The loss by which all starts are compared: exact, or on inputs that training does not see. */
  readonly evaluation: Loss;
  /** True if the slopes of these losses jump where an activation's slope does. */
  readonly hasKinks: boolean;
  /** Relative rounding error of the loss. */
  readonly rounding: number;
}

/** Child indices of the streams that inputs are drawn from. */
const [TRAINING, EVALUATION, SCREENING] = [0, 1, 2];

/** Least number of rows per set of active features, for screening. */
const FEWEST_ROWS = 4;

/** Number of distributions whose batches are kept. */
const MOST_DISTRIBUTIONS = 6;

/**
 * The losses of the cells of a grid: the exact expectation if it has a closed form, otherwise on
 * stratified inputs. All cells draw inputs from one stream of the seed, so that losses change
 * smoothly from cell to cell. Inputs of the same distribution are drawn once.
 */
export function cellLosses(
  kernel: Kernel,
  spec: Pick<GridSpec, 'seed'> & {
    readonly training: Pick<GridTraining, 'rows' | 'screeningRows'>;
  },
): (cell: PlannedCell) => CellLosses {
  /** Batches by their place among the streams. */
  const batches = new Map<DistributedInputs, WeightedBatch[]>();
  const { rows, screeningRows } = spec.training;
  const batchOf = (inputs: DistributedInputs, place: number): WeightedBatch => {
    let found = batches.get(inputs);
    if (found?.[place] !== undefined) return found[place];
    const stream = childGenerator(childGenerator(generator(spec.seed), 0), place);
    const size = place === SCREENING ? { rows: screeningRows, leastRows: FEWEST_ROWS } : { rows };
    if (found === undefined) {
      // A row of cells usually has one distribution.
      if (batches.size >= MOST_DISTRIBUTIONS) batches.clear();
      found = [];
      batches.set(inputs, found);
    }
    found[place] = stratifyInputs(stream, inputs, size);
    return found[place];
  };
  return ({ model, inputs }) => {
    if (isQuadraticModel(model)) {
      const exact =
        inputs.kind === 'correlated'
          ? quadraticCorrelatedLoss(model, inputs)
          : quadraticExactLoss(model, inputs.marginals.map(momentsOfChecked));
      return { training: exact, screening: exact, evaluation: exact, hasKinks: false, rounding: 0 };
    }
    const training = kernel.given(model, batchOf(inputs, TRAINING));
    return {
      training,
      screening:
        model.task === 'computation' ? training : kernel.given(model, batchOf(inputs, SCREENING)),
      evaluation: kernel.given(model, batchOf(inputs, EVALUATION)),
      hasKinks: hasKinks(model),
      rounding: lossRounding(kernel),
    };
  };
}
