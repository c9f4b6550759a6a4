/** A file that is damaged. */
export interface SeedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly columns?: readonly string[];
}
/** Makes the seeds of each parser. */
export const SEEDS: Readonly<Record<string, () => SeedFile[][]>>;
