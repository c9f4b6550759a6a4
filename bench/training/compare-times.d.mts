/** A quantile of one half, one of 90 %, and the largest. */
interface Factors {
  readonly half: number;
  readonly most: number;
  readonly all: number;
}

export interface Comparison {
  readonly name: string;
  readonly nanoseconds: Readonly<Record<string, number>>;
  readonly predicted: Readonly<Record<string, number>>;
  readonly chosen: string;
  readonly fastest: string;
  readonly regret: number;
}

export function compare(
  row: { readonly nanoseconds: Readonly<Record<string, number>> },
  costs: Readonly<Record<string, number>>,
): Comparison;

export function summary(comparisons: readonly Comparison[]): {
  readonly regret: { readonly mean: number; readonly most: number; readonly worst: number };
  readonly factors: Factors;
  readonly chosenFactors: Factors;
};

export function quantileOf(values: readonly number[], p: number): number;
