import type { Command } from 'commander';

/** Flags of `polysem sweep status`. */
export interface StatusFlags {
  readonly check?: boolean;
  readonly json?: boolean;
}

/** Adds the flags of `polysem sweep status`. */
export function statusFlags(command: Command): void {
  command
    .argument('<folder>', 'folder of the sweep, the --out of polysem sweep run')
    .option(
      '--check',
      'compare every row, every file of weights and the table with their digests; exit code 1 if one differs',
    )
    .option('--json', 'print one JSON object');
}
