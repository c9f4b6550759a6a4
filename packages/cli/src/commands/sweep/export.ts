import type { Command } from 'commander';

/** Flags of `polysem sweep export`. */
export interface ExportFlags {
  readonly csv?: string;
  readonly parquet?: string;
}

/** Adds the flags of `polysem sweep export`. */
export function exportFlags(command: Command): void {
  command
    .argument('<folder>', 'folder of the sweep, the --out of polysem sweep run')
    .option('--csv <file>', 'write the cells that have ended as CSV, with the spec in FILE.json')
    .option('--parquet <file>', 'write the cells that have ended as Parquet');
}
