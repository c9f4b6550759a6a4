import { embedding } from '@polysem/core/embedding';
import { generator } from '@polysem/numerics/random';
import { gridCell, roughness } from '@polysem/engine/phase';
import { kernelNamed } from '@polysem/engine/kernels';
import { measureCapacity } from '@polysem/core/capacity';
import { stratify } from '@polysem/core/features';

/** Weighted inputs that judge a cell, and those of each set of active features at least. */
const SIZE = { rows: 40_000, leastRows: 256 };
/** A stream that nothing is trained on. */
const SEED = 4242;

/**
 * Judges contenders, each with the parameters of every cell of a grid, on the same stratified inputs: the loss of each
 * cell, by its excess the mean of the logarithm of the loss over the best of all contenders, and the roughness of the
 * varied feature's capacity.
 */
export function judgeAll(spec, kernelName, contenders) {
  const kernel = kernelNamed(kernelName);
  const [rows, columns] = [spec.y.values.length, spec.x.values.length];
  const judged = contenders.map(() => ({ losses: [], capacity: [] }));
  for (let row = 0; row < rows; row++) {
    const { model, inputs } = gridCell(spec, row, 0);
    const batch = stratify(generator(SEED), inputs, model.features, SIZE);
    for (let column = 0; column < columns; column++) {
      const cell = gridCell(spec, row, column).model;
      const loss = kernel.given(cell, batch);
      contenders.forEach((parameters, c) => {
        const at = Float64Array.from(parameters[row * columns + column]);
        judged[c].losses.push(loss.evaluate(at, new Float64Array(loss.size)));
        judged[c].capacity.push(variedCapacity(cell, at));
      });
    }
  }
  const best = judged[0].losses.map((_, i) => Math.min(...judged.map(({ losses }) => losses[i])));
  return judged.map(({ losses, capacity }) => {
    const excess = losses.reduce((sum, loss, i) => sum + Math.log(loss / best[i]), 0) / best.length;
    return { losses, excess, roughness: roughness(capacity, rows, columns) };
  });
}

function variedCapacity({ features, dims }, parameters) {
  const weights = embedding(dims, features, parameters.slice(0, features * dims));
  return measureCapacity(weights).capacity[0];
}
