export interface Equivalent {
  readonly file: string;
  readonly code: string;
  readonly mutant: string;
  readonly reason: string;
}

/** The list of equivalent mutants. */
export function readEquivalents(root: string): Equivalent[];

/** The lines of a mutant before and after the change, with single spaces. */
export function linesOf(
  text: string,
  mutant: { readonly start: number; readonly end: number; readonly replacement: string },
): { readonly code: string; readonly mutant: string };

/** The reason why a mutant is equivalent, or null. */
export function equivalence(
  list: readonly Equivalent[],
): (mutant: {
  readonly file: string;
  readonly code: string;
  readonly mutant: string;
}) => string | null;

/** Faults of the list: entries that match no mutant, or give no reason. */
export function faultsOf(root: string, list: readonly Equivalent[]): string[];
