import {
  divergence,
  usesKernel,
  type DivergedTraining,
  type TrainingResult,
} from '@polysem/engine/training';
import { version } from '@polysem/core/version';
import type { KernelName } from '@polysem/engine/kernels';
import { capacityBarsFigure } from '@polysem/figures';
import { encodeTraining, encodeTrainings, runTraining } from '@polysem/runs';
import { journalPath, removeJournal } from '@polysem/runs/store';
import { UsageError } from '../errors.ts';
import { parseKernel } from '../kernel-flag.ts';
import { checkTargets, explainInterrupt, note, print, save, printJson } from '../output.ts';
import { parseInteger } from '../parse.ts';
import { showProgress } from '../progress.ts';
import { describeMany, describeOne, summary } from '../commands/train-report.ts';
import type { TrainFlags } from '../commands/train.ts';
import { parseTraining } from '../commands/train-specs.ts';

/** Runs `polysem train`. */
export async function train(flags: TrainFlags): Promise<void> {
  checkTargets({ '--out': [flags.out, '.safetensors'], '--bars': [flags.bars, '.svg'] });
  const { specs, data } = await parseTraining(flags);
  if (specs.length > 1 && flags.bars !== undefined)
    throw new UsageError('--bars: draws one model; leave out --bars or --instances');
  const kernel = parseKernel(
    flags.kernel,
    specs.map(({ model }) => model),
  );
  const threads =
    flags.threads === undefined ? {} : { threads: parseInteger(flags.threads, '--threads', 1) };

  const progress = showProgress();
  const [one] = specs;
  const label =
    specs.length > 1
      ? `training ${specs.length} models, ${one.restarts} restarts each`
      : `training, ${one.restarts} restarts`;
  let journal: string | undefined;
  const stop = explainInterrupt(() => journal);
  const results = await runTraining(specs, {
    journal: () => (journal = journalPath(flags.out, { specs, kernel }).journal),
    onNote: note,
    ...threads,
    ...(data !== null && { data }),
    kernel,
    onProgress: (done) => progress.update(label, done),
  }).finally(stop);
  progress.end();

  const diverged = results.filter((result) => result.best === null);
  if (diverged.length === results.length) {
    removeJournal(journal);
    throw new Error(divergence(diverged[0]));
  }
  const by = usesKernel(one) ? kernel : null;
  await (results.length === 1
    ? reportOne(results[0] as TrainingResult, by, flags)
    : reportMany(results, by, flags));
  removeJournal(journal);
}

async function reportOne(
  result: TrainingResult,
  kernel: KernelName | null,
  flags: TrainFlags,
): Promise<void> {
  if (flags.out !== undefined) await save(flags.out, encodeTraining(result, kernel));
  if (flags.bars !== undefined) await save(flags.bars, bars(result));
  if (flags.json === true) await printJson({ ...summary(result), kernel, version });
  else print(describeOne(result));
}

async function reportMany(
  results: readonly (TrainingResult | DivergedTraining)[],
  kernel: KernelName | null,
  flags: TrainFlags,
): Promise<void> {
  if (flags.out !== undefined) await save(flags.out, encodeTrainings(results, kernel));
  if (flags.json === true) await printJson({ instances: results.map(summary), kernel, version });
  else print(describeMany(results));
}

function bars({ spec, capacity, predictedCapacity }: TrainingResult): string {
  const data = {
    capacities: predictedCapacity ?? capacity,
    ...(predictedCapacity !== null && { measured: { label: 'trained', capacities: capacity } }),
    importances: spec.model.importance,
    dims: spec.model.dims,
  };
  return capacityBarsFigure(data, {
    title: 'Capacities, predicted and trained',
    provenance: { polysem: version, seed: spec.seed, configuration: spec },
  });
}
