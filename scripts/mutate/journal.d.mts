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
