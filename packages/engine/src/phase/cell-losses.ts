import {
  momentsOfChecked,
  resolveInputs,
  stratifyInputs,
  type WeightedBatch,
} from '@polysem/core/features';
import { lossRounding, type Kernel } from '../kernels/kernel.ts';
import { hasKinks } from '../models/has-kinks.ts';
import type { Loss } from '../models/loss.ts';
import { quadraticCorrelatedLoss } from '../models/quadratic-correlated-loss.ts';
import { quadraticExactLoss } from '../models/quadratic-exact-loss.ts';
import { isQuadraticModel } from '../models/toy-model.ts';
import { generator, childGenerator } from '@polysem/numerics/random';
import type { GridCell, GridSpec } from './grid-spec.ts';

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
  readonly judge: Loss;
  /** True if the slopes of these losses jump where an activation's slope does. */
  readonly hasKinks: boolean;
  /** Relative rounding error of the loss. */
  readonly rounding: number;
}

/** Child indices of the streams that inputs are drawn from. */
const [TRAINING, JUDGE, SCREENING] = [0, 1, 2];

/** Least number of rows per set of active features, for screening. */
const FEWEST_ROWS = 4;

/**
 * The losses of the cells of a grid: the exact expectation if it has a closed form, otherwise on
 * stratified inputs. All cells draw inputs from one stream of the seed, so that losses change
 * smoothly from cell to cell. Inputs of the same distribution are drawn once.
 */
export function cellLosses(kernel: Kernel, spec: GridSpec): (cell: GridCell) => CellLosses {
  const batches = new Map<string, WeightedBatch>();
  const { rows, screeningRows } = spec.training;
  const batchOf = ({ model, inputs }: GridCell, place: number): WeightedBatch => {
    const key = JSON.stringify([model.features, inputs, place]);
    const found = batches.get(key);
    if (found !== undefined) return found;
    const stream = childGenerator(childGenerator(generator(spec.seed), 0), place);
    const size = place === SCREENING ? { rows: screeningRows, leastRows: FEWEST_ROWS } : { rows };
    const made = stratifyInputs(stream, resolveInputs(inputs, model.features), size);
    // Three batches per distribution; a row of cells usually has one distribution.
    if (batches.size >= 16) batches.clear();
    batches.set(key, made);
    return made;
  };
  return (cell) => {
    const { model, inputs } = cell;
    if (isQuadraticModel(model)) {
      const resolved = resolveInputs(inputs, model.features);
      const exact =
        resolved.kind === 'correlated'
          ? quadraticCorrelatedLoss(model, resolved)
          : quadraticExactLoss(model, resolved.marginals.map(momentsOfChecked));
      return { training: exact, screening: exact, judge: exact, hasKinks: false, rounding: 0 };
    }
    const training = kernel.given(model, batchOf(cell, TRAINING));
    return {
      training,
      screening:
        model.task === 'computation' ? training : kernel.given(model, batchOf(cell, SCREENING)),
      judge: kernel.given(model, batchOf(cell, JUDGE)),
      hasKinks: hasKinks(model),
      rounding: lossRounding(kernel),
    };
  };
}
