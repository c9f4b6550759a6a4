import type { SeedFile } from './seeds.d.mts';

/** A seed with one of its files damaged. */
export interface Mutant {
  readonly origin: number;
  readonly part: number;
  readonly bytes: Uint8Array;
}
/** Makes a mutant; the same arguments give the same bytes. */
export function mutant(
  parser: string,
  seeds: readonly (readonly SeedFile[])[],
  seed: number,
  index: number,
): Mutant;
/** The files of a mutant. */
export function filesOf(seeds: readonly (readonly SeedFile[])[], made: Mutant): SeedFile[];
