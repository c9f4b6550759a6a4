import type { Reading, Value } from './reading.d.mts';
import type { SeedFile } from './seeds.d.mts';

/** The kinds of outcome. */
export const OUTCOMES: Readonly<Record<string, { readonly fails: boolean }>>;
/** The answer of the reference. */
export interface Answer {
  readonly values?: readonly Value[];
  readonly choices?: readonly (readonly Value[])[];
  readonly refusal?: string;
}
/** Judges one mutant. */
export function judge(
  result: Reading & {
    readonly ms: number;
    readonly bytes: number;
    readonly isAsUndamaged?: boolean;
  },
  answer: Answer | undefined,
  files: readonly SeedFile[],
  more?: number,
): { readonly outcome: string; readonly detail: string };
