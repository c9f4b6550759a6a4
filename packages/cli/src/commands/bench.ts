import type { Command } from 'commander';
import { KERNELS } from '../kernel-names.ts';

/** Flags of `polysem bench`. */
export interface BenchFlags {
  readonly quick?: boolean;
  readonly work?: string;
  readonly threads?: string;
  readonly kernel: string;
  readonly explain?: boolean;
  readonly densities?: string;
  readonly batch?: string;
  readonly json?: boolean;
}

/** Sentence that names the command which times the peers. */
export const PEERS =
  'To compare with PyTorch, JAX and jax-js, run in a clone of the repository: node bench/run.mjs training';

/** `polysem bench`: training speed of this machine on the workloads of the repository's benchmark. */
export function benchCommand(command: Command): void {
  command
    .argument('<what>', 'training')
    .option('--quick', 'time a few workloads for about 15 seconds')
    .option(
      '--work <list>',
      'workloads as N-Dxinstances, separated by commas, such as 5-2x10,80-20x100@0.05; --explain: any N-D',
    )
    .option('--threads <n>', 'number of threads to time in addition to one (default: all cores)')
    .option('--kernel <name>', `training kernel: ${KERNELS.join(', ')}`, 'auto')
    .option('--explain', 'time nothing; print predicted times of the methods of a training step')
    .option('--densities <list>', '--explain: P(active) of the features, separated by commas')
    .option('--batch <n>', '--explain: inputs per step (default: 1024)')
    .option('--json', 'print one JSON object')
    .addHelpText('after', `\n${PEERS}`);
}
