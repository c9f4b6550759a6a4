import type { Job } from './jobs.mjs';
import type { Choice, Covering } from './select.mjs';

interface Result {
  readonly outcome: string;
  readonly by?: string;
  readonly left?: number;
}

/** Tries one mutant on the tests that execute it. */
export function mutantTrial(tools: {
  readonly covering: Covering;
  readonly typeError: ((file: string, text: string) => string | null) | null;
  readonly budget: number;
}): (
  job: Job,
  mutant: {
    readonly file: string;
    readonly point: number;
    readonly start: number;
    readonly end: number;
    readonly replacement: string;
  },
) => Promise<Result>;

/** Runs of the tests of a mutant. */
export function runsWithin(
  chosen: readonly Choice[],
  budget: number,
): {
  readonly runs: readonly { readonly tests: readonly object[]; readonly seconds: number }[];
  readonly left: number;
};
