/** Growth per hour of a series, and two standard errors of it. */
export interface Growth {
  readonly slope: number;
  readonly error: number;
}
/** Growth per hour of a series. */
export function growth(hours: readonly number[], series: readonly number[]): Growth;
/** Judges a series, in which first uses may add a fraction of the median once. */
export function judge(
  hours: readonly number[],
  series: readonly number[],
  firstUses?: number,
): Growth & { readonly median: number; readonly bound: number; readonly isOver: boolean };
