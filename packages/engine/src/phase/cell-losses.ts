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

/** What a cell is trained on and judged by. */
export interface CellLosses {
  readonly training: Loss;
  /**
   * A rough estimate of it, in a fraction of the time, that finds out where random starts lead. The training loss itself
   * where it is exact, and for one output: so few numbers would leave the weights optima of their own.
   */
  readonly screening: Loss;
  /** The common judge of all starts: exact, or on inputs that training does not see. */
  readonly judge: Loss;
  /** Whether their slopes jump where an activation's does. */
  readonly hasKinks: boolean;
  /** The relative rounding of the loss. */
  readonly rounding: number;
}

/** Places of the streams that inputs are drawn from. */
const [TRAINING, JUDGE, SCREENING] = [0, 1, 2];

/** Of a listed set of active features, for screening. */
const FEWEST_ROWS = 4;

/**
 * The losses of the cells of a grid: the exact expectation where it is known in closed form, else stratified inputs.
 * These come from one stream of the seed for all cells, so that they change smoothly from cell to cell, and those of one
 * distribution are made once.
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
    // Three for each of a few distributions: a row of cells mostly has one.
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
