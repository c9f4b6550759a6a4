import type { Blas } from '@polysem/threads/node';
import type { Precision } from '@polysem/core/embedding';
import type { BaselineName } from './baselines.ts';

/** Settings of a measurement. */
export interface MeasureSettings {
  readonly precision: Precision | 'auto';
  readonly centre: boolean;
  readonly normalise: boolean;
  readonly threads: number | undefined;
  /** The library for large products; default: polysem's own kernels. */
  readonly blas?: Blas | null;
  /** Seed of bootstraps and of simulated baselines. */
  readonly seed: number;
  readonly baselines: readonly BaselineName[];
  /** Condition for comparing all pairs: always, never, or only if it takes seconds. */
  readonly neighbours: 'always' | 'never' | 'cheap';
  /** True to search small matrices for blocks. */
  readonly blocks: boolean;
}
