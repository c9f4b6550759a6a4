interface Result {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  readonly outcome?: string;
  readonly test?: string;
}

/** Hashes of files as they are now. */
export interface Evidence {
  readonly file: (path: string | undefined) => string | undefined;
  readonly tests: string;
}

/** Hashes of sources, of tests, and of all tests together. */
export function evidence(
  root: string,
  sources: readonly string[],
  tests: readonly string[],
): Evidence;

/** Opens a journal of results. */
export function openJournal(
  path: string,
  of: Evidence,
): {
  readonly known: (mutant: Result) => Result | null;
  readonly all: () => Result[];
  readonly add: (result: Result) => void;
};

/** Mutants among those given that survived in a journal, found by their lines. */
export function survivorsAmong<M extends { file: string; code: string; mutant: string }>(
  mutants: readonly M[],
  path: string,
): M[];
