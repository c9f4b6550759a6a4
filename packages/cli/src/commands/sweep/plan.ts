import type { Command } from 'commander';
import { KERNELS } from '../../kernel-names.ts';

/** Flags of `polysem sweep plan`. */
export interface PlanFlags {
  readonly threads?: string;
  readonly kernel?: string;
  readonly json?: boolean;
}

/** Adds the flags of `polysem sweep plan`. */
export function planFlags(command: Command): void {
  command
    .argument('<spec>', 'the sweep: a file in YAML or JSON')
    .option('--threads <n>', 'threads for the estimate of the time (default: all cores)')
    .option('--kernel <name>', `training kernel: ${KERNELS.join(', ')} (default: that of the spec)`)
    .option('--json', 'print one JSON object');
}
