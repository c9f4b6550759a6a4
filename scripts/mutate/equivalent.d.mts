export interface Equivalent {
  readonly file: string;
  readonly code: string;
  readonly mutant: string;
  readonly reason: string;
}

/** The list of equivalent mutants. */
export function readEquivalents(root: string): Equivalent[];

/** The reason why a mutant of a text is equivalent, or null. */
export function equivalence(list: readonly Equivalent[]): (
  text: string,
  mutant: {
    readonly file: string;
    readonly start: number;
    readonly end: number;
    readonly replacement: string;
  },
) => string | null;

/** Faults of the list: entries that match no mutant, or give no reason. */
export function faultsOf(root: string, list: readonly Equivalent[]): string[];
