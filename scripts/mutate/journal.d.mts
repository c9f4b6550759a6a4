interface Result {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  readonly outcome?: string;
}

/** Opens a journal of results. */
export function openJournal(
  path: string,
  of: { readonly sources: string; readonly tests: string },
): { readonly known: (mutant: Result) => Result | null; readonly add: (result: Result) => void };

/** Mutants among those given that survived in a journal, found by their lines. */
export function survivorsAmong<M extends { file: string; code: string; mutant: string }>(
  mutants: readonly M[],
  path: string,
): M[];
