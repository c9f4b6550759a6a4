import type { FeaturesAxis } from '../features/embedding.ts';
import type { EntryMatch } from './match-entries.ts';
import { modelSizes, type ModelConfig } from './model-config.ts';

/** The width of the residual stream, d_model, and its origin. */
export interface ModelWidth {
  readonly width: number;
  readonly source: string;
  /**
   * True if linear layers are transposed with respect to their layout, as some exporters store them; null if no shape
   * tells.
   */
  readonly turned: boolean | null;
}

/** Returns the two axes of a matrix, or of each matrix of a stack. */
export function matrixShape(shape: readonly number[]): readonly [rows: number, columns: number] {
  return [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
}

/**
 * Determines the width of the residual stream: the configured one if most matrices have an axis of this size, otherwise
 * the size that most matrices share; of several such sizes, the one that the rules of the layout imply. Null if there
 * are no matrices.
 */
export function modelWidth(
  matches: readonly EntryMatch[],
  config: ModelConfig | null,
  prefix: string,
): ModelWidth | null {
  if (matches.length === 0) return null;
  const shared = new Map<number, number>();
  const ruled = new Map<number, number>();
  for (const { entry, rule } of matches) {
    const [rows, columns] = matrixShape(entry.shape);
    for (const size of new Set([rows, columns])) count(shared, size);
    count(ruled, rule.axis === 'rows' ? columns : rows);
  }
  const { model } = modelSizes(config, prefix);
  const told = model !== null && (shared.get(model) ?? 0) > matches.length / 2 ? model : null;
  const votes = (size: number): number =>
    (shared.get(size) ?? 0) * (matches.length + 1) + (ruled.get(size) ?? 0);
  const [first] = [...shared.keys()].toSorted((a, b) => votes(b) - votes(a));
  const width = told ?? first;
  const number = shared.get(width) ?? 0;
  return {
    width,
    source:
      told === null
        ? `a size of ${number} of the ${matches.length} known matrices`
        : 'from the configuration',
    turned: isTurned(matches, width),
  };
}

function isTurned(matches: readonly EntryMatch[], width: number): boolean | null {
  let balance = 0;
  for (const { entry, rule } of matches) {
    if (rule.preset !== 'mlp-in' && rule.preset !== 'mlp-out' && rule.preset !== 'mlp-gate')
      continue;
    const stored = axisOfVectors(entry.shape, width);
    if (stored !== null) balance += stored === rule.axis ? -1 : 1;
  }
  return balance === 0 ? null : balance > 0;
}

/** Returns the axis that counts vectors of `length` numbers, if only one can. */
export function axisOfVectors(shape: readonly number[], length: number): FeaturesAxis | null {
  const [rows, columns] = matrixShape(shape);
  if (rows === columns || (rows === length) === (columns === length)) return null;
  return columns === length ? 'rows' : 'columns';
}

function count(votes: Map<number, number>, size: number): void {
  votes.set(size, (votes.get(size) ?? 0) + 1);
}
