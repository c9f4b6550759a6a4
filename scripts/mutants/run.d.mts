/** Reads `count` mutants of a parser in a process of its own, judges them and counts the outcomes. */
export function runMutants(
  parser: string,
  options: {
    readonly seed: number;
    readonly count: number;
    readonly first?: number;
    readonly python: string | null;
    readonly out: string | null;
    readonly progress?: (line: string) => void;
  },
): Promise<{
  readonly parser: string;
  readonly mutants: number;
  readonly without: string | null;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly most: { readonly ms: number; readonly bytes: number };
  readonly reasons: readonly {
    readonly reason: string;
    readonly count: number;
    readonly mutants: readonly number[];
  }[];
}>;
