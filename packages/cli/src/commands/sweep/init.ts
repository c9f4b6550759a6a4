import type { Command } from 'commander';

/** Flags of `polysem sweep init`. */
export interface InitFlags {
  readonly list?: boolean;
}

/** Adds the flags of `polysem sweep init`. */
export function initFlags(command: Command): void {
  command
    .argument('[recipe]', 'name of a recipe', 'ten-densities')
    .option('--list', 'list the recipes')
    .addHelpText(
      'after',
      '\nWrites <recipe>.yaml and sweep.schema.json, with which editors complete and check it. Existing files are kept.',
    );
}
