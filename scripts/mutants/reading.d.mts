import type { SeedFile } from './seeds.d.mts';

/** A value of a file: its shape and a digest, or the reason why it is refused. */
export interface Value {
  readonly name: string;
  readonly shape?: readonly (number | string)[];
  readonly digest?: string;
  readonly refusal?: string;
}
/** The values of a file, the reason why it is refused, or an error that is a fault. */
export interface Reading {
  readonly values?: readonly Value[];
  readonly refusal?: string;
  readonly crash?: string;
}
/** Reads all values of the first file. */
export function readFiles(read: string, files: readonly SeedFile[]): Promise<Reading>;
