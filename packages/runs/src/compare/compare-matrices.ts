import {
  compareFeatures,
  type CompareOptions,
  type CompareProgress,
  type Comparison,
  type ComparisonKeeper,
} from '@polysem/core/compare';
import type { FeatureSource } from '@polysem/core/embedding';
import type { FeatureChoice } from '../measure/feature-choice.ts';
import { STAGES, treated } from '../measure/measure-matrix.ts';
import { WORTH_KEEPING, withWorkers, type ThreadOptions } from '../measure/measure-with-threads.ts';
import type { MeasureSettings } from '../measure/measure-settings.ts';

/** One of the two matrices to compare. */
export interface MatrixToCompare {
  /** The file, as reports name it. */
  readonly file: string;
  /** SHA-256 of the file; null for a folder, an address or standard input. */
  readonly sha256: string | null;
  readonly choice: FeatureChoice;
  readonly source: FeatureSource;
  /** Names of the features; null if none are known. */
  readonly labels: readonly string[] | null;
  /** Indices in the file of features that the source leaves out, if any. */
  readonly skipped?: readonly number[];
}

/** Settings of a comparison. */
export interface CompareSettings
  extends
    ThreadOptions,
    Pick<MeasureSettings, 'centre' | 'normalise'>,
    Pick<CompareOptions, 'by' | 'signs' | 'align' | 'threshold' | 'assignUpTo' | 'seed'> {}

/** A comparison, with the matrices that it is about. */
export interface ComparedMatrices {
  readonly a: Omit<MatrixToCompare, 'source'>;
  readonly b: Omit<MatrixToCompare, 'source'>;
  readonly settings: CompareSettings;
  readonly comparison: Comparison;
}

const OWN_STAGES = { cosines: 'cosines', assignment: 'assignment', chance: 'random directions' };

/**
 * Compares two matrices of features in worker threads.
 *
 * @param a the first matrix.
 * @param b the second matrix.
 * @param settings pairing, treatment of the vectors, number of threads.
 * @param onProgress called with a label and the fraction done, 0 to 1.
 * @param keeper keeps the parts of a long comparison, so that it resumes after an interruption, with the same bytes.
 * @returns the comparison, with the matrices and the settings.
 * @throws RangeError (as rejection) as `compareFeatures`, or if pairs by name lack names.
 *
 * @example
 * ```js
 * import { embeddingSource } from 'polysem/embedding';
 * import { polytope } from 'polysem/geometry';
 * import { compareMatrices } from 'polysem/measure';
 * const choice = { tensor: 'W', axis: 'rows', label: 'W', notes: [] };
 * const matrix = { file: 'w.npy', sha256: null, choice, source: embeddingSource(polytope('pentagon')), labels: null };
 * const { comparison } = await compareMatrices(matrix, matrix, { centre: false, normalise: false, threads: 1 }, () => {});
 * comparison.mcc; // 1.000
 * ```
 */
export async function compareMatrices(
  a: MatrixToCompare,
  b: MatrixToCompare,
  settings: CompareSettings,
  onProgress: (label: string, done: number) => void,
  keeper?: ComparisonKeeper,
): Promise<ComparedMatrices> {
  const { by, signs, align, threshold, assignUpTo, seed, ...threads } = settings;
  const names = a.labels && b.labels ? ([a.labels, b.labels] as const) : undefined;
  const left = await treated(a.source, settings);
  const right = await treated(b.source, settings);
  const cost = a.source.features * b.source.features * a.source.dims;
  const comparison = await withWorkers(threads, cost, (workers) =>
    compareFeatures(
      left,
      right,
      {
        by,
        signs,
        align,
        threshold,
        assignUpTo,
        seed,
        names,
        keeper: cost < WORTH_KEEPING ? undefined : keeper,
        signal: settings.signal,
        onProgress: ({ part, stage, done, total }) =>
          onProgress(`${PARTS[part]}: ${{ ...STAGES, ...OWN_STAGES }[stage]}`, done / total),
      },
      workers,
    ),
  );
  return { a, b, settings, comparison };
}

const PARTS: Readonly<Record<CompareProgress['part'], string>> = { a: 'A', b: 'B', pairs: 'pairs' };
