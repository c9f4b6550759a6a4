import type { Command } from 'commander';
import { addCommand, type ListedCommand } from '../listed-command.ts';
import { addJobCommands } from './sweep/export-jobs.ts';
import { exportFlags } from './sweep/export.ts';
import { initFlags } from './sweep/init.ts';
import { planFlags } from './sweep/plan.ts';
import { runFlags } from './sweep/run.ts';
import { showFlags } from './sweep/show.ts';
import { statusFlags } from './sweep/status.ts';
import { workerFlags } from './sweep/worker.ts';

/** The flags of a subcommand. */
type Subcommand = Omit<ListedCommand, 'load' | 'shown'> & {
  readonly flags: (command: Command) => void;
};

/** The subcommands, in the order in which they are used. */
const subcommands: readonly Subcommand[] = [
  {
    name: 'init',
    description: 'write a commented example of a sweep, and the JSON Schema for editors',
    flags: initFlags,
    run: async () => (await import('../actions/sweep/init.ts')).initSweep,
  },
  {
    name: 'plan',
    description: 'check a sweep; count its cells, and estimate time and disk',
    flags: planFlags,
    run: async () => (await import('../actions/sweep/plan.ts')).planSweepCommand,
  },
  {
    name: 'run',
    description: 'compute the open cells of a sweep, and go on where an earlier run stopped',
    flags: runFlags,
    run: async () => (await import('../actions/sweep/run.ts')).runSweepCommand,
  },
  {
    name: 'status',
    description: 'say what is done, failed, open and running, and how long it will take',
    flags: statusFlags,
    run: async () => (await import('../actions/sweep/status.ts')).sweepStatusCommand,
  },
  {
    name: 'show',
    description: 'print means over seeds, and draw figures in one page',
    flags: showFlags,
    run: async () => (await import('../actions/sweep/show.ts')).showSweepCommand,
  },
  {
    name: 'export',
    description: 'write the table of the cells that have ended, or jobs for Slurm or Kubernetes',
    flags: (command) => {
      exportFlags(command);
      addJobCommands(command, () => import('../actions/sweep/export-jobs.ts'));
    },
    run: async () => (await import('../actions/sweep/export.ts')).exportSweepCommand,
  },
  {
    name: 'worker',
    description: 'compute cells that sweeps put into a queue (sweep run --queue), until stopped',
    flags: workerFlags,
    run: async () => (await import('../actions/sweep/worker.ts')).runWorkerCommand,
  },
];

/** `polysem sweep`: experiments as data. */
export function sweepCommand(command: Command): void {
  for (const { flags, ...listed } of subcommands)
    flags(addCommand(command, { ...listed, shown: '', load: async () => flags }));
  command.addHelpText(
    'after',
    '\nWith --json, a subcommand prints one JSON object. Exit codes of run and worker: 0 done, 1 give the command again, 2 bad input, 42 some cells fail again and again.',
  );
}
