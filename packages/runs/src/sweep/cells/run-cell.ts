import { revision, version } from '@polysem/core/version';
import type { CellResult, CellSpec, ResultValue } from '../cell.ts';
import type { CellContext } from './computation.ts';
import { computationNamed } from './registry.ts';

/**
 * Computes one cell. The result is a pure function of the spec.
 *
 * @param spec the spec, as a plan makes it.
 * @param context folder, threads and journal, which do not change the result.
 * @returns the measurements that the spec names, and the weights if it asks for them.
 * @throws RangeError, UsageError or FormatError if the computation itself fails; it would fail again.
 *
 * @example
 * ```js
 * import { runCell } from 'polysem/sweep';
 * import { revision, version } from 'polysem';
 * const parameters = { features: 3, importance: [4, 1, 1], kurtosis: 9, dims: 2 };
 * const spec = { compute: 'allocate', parameters, measurements: ['capacity'], weights: false, seed: 0, version, revision, kernel: 'typescript' };
 * (await runCell(spec, { folder: '.', threads: 1 })).values.capacity; // [1, 0.5, 0.5]
 * ```
 */
export async function runCell(spec: CellSpec, context: CellContext): Promise<CellResult> {
  if (spec.version !== version || spec.revision !== revision) {
    throw new RangeError(
      `version: the cell was planned by polysem ${spec.version} (revision ${spec.revision}), and this is ${version} (revision ${revision}); use the same version`,
    );
  }
  const computation = computationNamed(spec.compute);
  const { parameters, seed, kernel } = spec;
  const result = (await computation.compute({ parameters, seed, kernel, context })) as never;
  const values: Record<string, ResultValue> = {};
  for (const name of spec.measurements) {
    if (!Object.hasOwn(computation.measurements, name))
      throw new RangeError(`measurements: ${spec.compute} has no measurement ${name}`);
    values[name] = computation.measurements[name].of(result);
  }
  if (!spec.weights || computation.weights === undefined) return { values };
  return { values, weights: computation.weights(result, kernel) };
}
