import type { Command } from 'commander';
import { LEASE_FLAG, QUEUE_ADDRESS } from './queue-flags.ts';

/** Flags of `polysem sweep run`. */
export interface RunFlags {
  readonly out?: string;
  readonly workers?: string;
  readonly threadsPerCell: string;
  readonly retries: string;
  readonly retryFailed?: boolean;
  readonly extend?: boolean;
  readonly shard?: string;
  readonly queue?: string;
  readonly lease?: string;
  readonly log: string;
  readonly json?: boolean;
}

/** Adds the flags of `polysem sweep run`. */
export function runFlags(command: Command): void {
  command
    .argument('<spec>', 'the sweep: a file in YAML or JSON, or the folder of a sweep to go on with')
    .option('--out <folder>', 'folder of the results (default: the name of the sweep with .sweep)')
    .option(
      '--workers <n>',
      'processes, each of which computes one cell at a time (default: all cores)',
    )
    .option('--threads-per-cell <n>', 'threads that one cell may use', '1')
    .option('--retries <R>', 'further attempts at a cell whose process died', '2')
    .option('--retry-failed', 'compute cells again that failed for good')
    .option(
      '--extend',
      'let a changed spec take over the folder, with the finished cells that both have',
    )
    .option('--shard <i/n>', 'compute only the i-th of n parts of equal estimated time, i from 0')
    .option(
      '--queue <url>',
      `have workers (polysem sweep worker) compute the cells; ${QUEUE_ADDRESS}`,
    )
    .option(...LEASE_FLAG)
    .option(
      '--log <kind>',
      'progress on stderr: text, or json for one JSON object per line',
      'text',
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nTo continue an interrupted run, give the same command again. Finished cells are never computed twice.',
    );
}
