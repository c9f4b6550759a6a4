import type { Command } from 'commander';

/** Flags of `polysem sweep show`. */
export interface ShowFlags {
  readonly out?: string;
  readonly json?: boolean;
}

/** Adds the flags of `polysem sweep show`. */
export function showFlags(command: Command): void {
  command
    .argument('<folder>', 'folder of the sweep, the --out of polysem sweep run')
    .option('--out <page.html>', 'write a page with figures and the first rows of the table')
    .option('--json', 'print one JSON object: the means over seeds of every point')
    .addHelpText(
      'after',
      '\nPrints means over seeds with their standard errors, at most 40 rows. Works while the sweep runs, with the cells that have ended.',
    );
}
