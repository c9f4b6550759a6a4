import type { Reach } from '@polysem/reports/results';

/** The largest sizes and the ranges that the lab accepts, in links and in files. */
export declare const LIMITS: Reach & {
  /** Steps of the guided path. */
  readonly guide: number;
};
