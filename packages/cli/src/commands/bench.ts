import { availableParallelism } from 'node:os';
import { version } from '@polysem/core/version';
import {
  chooseWorkloads,
  describeMachine,
  machineFacts,
  TIMED_SEED,
  trainingTimes,
  workloadSummary,
  type TrainingTime,
} from '@polysem/runs/bench';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { KERNELS, parseKernel } from '../kernel-flag.ts';
import { print } from '../output.ts';
import { number, table, toJson } from '@polysem/reports/text';
import { parseChoice, parseInteger } from '../parse.ts';
import { showProgress } from '../progress.ts';

interface BenchFlags {
  readonly quick?: boolean;
  readonly work?: string;
  readonly threads?: string;
  readonly kernel: string;
  readonly explain?: boolean;
  readonly densities?: string;
  readonly batch?: string;
  readonly json?: boolean;
}

const PEERS =
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
    .addHelpText('after', `\n${PEERS}`)
    .action(bench);
}

async function bench(what: string, flags: BenchFlags): Promise<void> {
  parseChoice(what, 'bench', ['training']);
  if (flags.explain === true) return explain(flags);
  for (const name of ['densities', 'batch'] as const)
    if (flags[name] !== undefined) throw new UsageError(`--${name}: requires --explain`);
  const isQuick = flags.quick === true;
  const works = chooseWorkloads(flags.work?.split(','), isQuick);
  const most =
    flags.threads === undefined
      ? availableParallelism()
      : parseInteger(flags.threads, '--threads', 1);
  const kernel = parseKernel(flags.kernel);

  const progress = showProgress();
  const rows = await trainingTimes(works, {
    threads: most === 1 ? [1] : [1, most],
    kernel,
    isQuick,
    onProgress: (work, done) => progress.update(`timing ${work}`, done),
  });
  progress.end();

  const machine = machineFacts();
  print(
    flags.json === true
      ? toJson({
          machine,
          version,
          kernel,
          seed: TIMED_SEED,
          workloads: works.map(workloadSummary),
          rows,
        })
      : [
          describeMachine(machine),
          `polysem ${version}, kernel ${kernel}`,
          '',
          timesTable(rows),
          '',
          PEERS,
        ].join('\n'),
  );
}

async function explain(flags: BenchFlags): Promise<void> {
  for (const name of ['quick', 'threads'] as const)
    if (flags[name] !== undefined)
      throw new UsageError(`--${name}: --explain times nothing; leave one of the two out`);
  const { explainTraining } = await import('../actions/explain-training.ts');
  await explainTraining(flags);
}

function timesTable(rows: readonly TrainingTime[]): string {
  return table([
    ['N-D x instances', 'threads', 'steps/s', 'least', 'most', 'us per instance-step'],
    ...rows.map((row) => [
      row.work,
      String(row.threads),
      number(row.stepsPerSecond, 3),
      number(row.leastStepsPerSecond, 3),
      number(row.mostStepsPerSecond, 3),
      number(row.microsecondsPerInstanceStep, 3),
    ]),
  ]);
}
