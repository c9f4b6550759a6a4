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
import { PEERS, type BenchFlags } from '../commands/bench.ts';
import { UsageError } from '../errors.ts';
import { parseKernel } from '../kernel-flag.ts';
import { print } from '../output.ts';
import { number, table, toJson } from '@polysem/reports/text';
import { parseChoice, parseInteger } from '../parse.ts';
import { showProgress } from '../progress.ts';

/** Runs `polysem bench`. */
export async function bench(what: string, flags: BenchFlags): Promise<void> {
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
  const { explainTraining } = await import('./explain-training.ts');
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
