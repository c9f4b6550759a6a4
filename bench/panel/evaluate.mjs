import { embedding } from '@polysem/core/embedding';
import { generator } from '@polysem/numerics/random';
import { gridCell, roughness } from '@polysem/engine/phase';
import { kernelNamed } from '@polysem/engine/kernels';
import { measureCapacity } from '@polysem/core/capacity';
import { stratify } from '@polysem/core/features';

/** Weighted inputs per cell, and the minimum for each set of active features. */
const SIZE = { rows: 40_000, leastRows: 256 };
/** Seed of inputs that nothing is trained on. */
const SEED = 4242;

/**
 * Evaluates contenders on the same stratified inputs. Each contender gives the parameters of every cell of a grid. The
 * result holds the loss of each cell, the excess (the mean logarithm of the loss over the lowest loss of all contenders),
 * and the roughness of the varied feature's capacity.
 */
export function evaluateAll(spec, kernelName, contenders) {
  const kernel = kernelNamed(kernelName);
  const [rows, columns] = [spec.y.values.length, spec.x.values.length];
  const evaluated = contenders.map(() => ({ losses: [], capacity: [] }));
  for (let row = 0; row < rows; row++) {
    const { model, inputs } = gridCell(spec, row, 0);
    const batch = stratify(generator(SEED), inputs, model.features, SIZE);
    for (let column = 0; column < columns; column++) {
      const cell = gridCell(spec, row, column).model;
      const loss = kernel.given(cell, batch);
      contenders.forEach((parameters, c) => {
        const at = Float64Array.from(parameters[row * columns + column]);
        evaluated[c].losses.push(loss.evaluate(at, new Float64Array(loss.size)));
        evaluated[c].capacity.push(variedCapacity(cell, at));
      });
    }
  }
  const best = evaluated[0].losses.map((_, i) =>
    Math.min(...evaluated.map(({ losses }) => losses[i])),
  );
  return evaluated.map(({ losses, capacity }) => {
    const excess = losses.reduce((sum, loss, i) => sum + Math.log(loss / best[i]), 0) / best.length;
    return { losses, excess, roughness: roughness(capacity, rows, columns) };
  });
}

function variedCapacity({ features, dims }, parameters) {
  const weights = embedding(dims, features, parameters.slice(0, features * dims));
  return measureCapacity(weights).capacity[0];
}
