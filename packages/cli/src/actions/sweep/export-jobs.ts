import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { kubernetesManifest, openSweep, slurmScripts } from '@polysem/runs/sweep';
import type { KubernetesFlags, SlurmFlags } from '../../commands/sweep/export-jobs.ts';
import { checkTargets, print, save } from '../../output.ts';
import { parseInteger, required } from '../../parse.ts';
import { UsageError } from '../../errors.ts';

const MOST_TASKS = 65_536;

/** Runs `polysem sweep export slurm`. */
export async function exportSlurm(spec: string, flags: SlurmFlags): Promise<void> {
  const { name, size } = openSweep(spec);
  const out = resolve(required(flags.out, '--out', 'jobs'));
  const scripts = slurmScripts({
    name,
    spec: resolve(spec),
    store: resolve(flags.store ?? `${name}.sweep`),
    folder: out,
    tasks: tasksOf(flags.tasks, size),
    atOnce: optionalInteger(flags.atOnce, '--at-once'),
    arrayLimit: parseInteger(flags.arrayLimit, '--array-limit', 1, MOST_TASKS),
    requeues: parseInteger(flags.requeues, '--requeues', 0, 1000),
    time: flags.time,
    mem: flags.mem,
    cpus: parseInteger(flags.cpus, '--cpus', 1, 4096),
    partition: flags.partition,
    command: flags.command,
  });
  mkdirSync(out, { recursive: true });
  for (const { name: file, content, isExecutable } of scripts) {
    const path = join(out, file);
    // oxlint-disable-next-line no-await-in-loop -- three small files, in order
    await save(path, content);
    if (isExecutable) chmodSync(path, 0o755);
  }
  print(`submit the jobs: ${join(out, 'submit.sh')}`);
}

/** Runs `polysem sweep export kubernetes`. */
export async function exportKubernetes(spec: string, flags: KubernetesFlags): Promise<void> {
  const { name, size } = openSweep(spec);
  const out = required(flags.out, '--out', 'job.yaml');
  checkTargets({ '--out': [out, '.yaml'] }, [spec]);
  const text = kubernetesManifest({
    name,
    spec: { name: basename(spec), text: readFileSync(spec, 'utf8') },
    image: required(flags.image, '--image', 'registry.example.org/polysem:latest'),
    tasks: tasksOf(flags.tasks, size),
    atOnce: optionalInteger(flags.atOnce, '--at-once'),
    retries: parseInteger(flags.retries, '--retries', 0, 1000),
    cpus: parseInteger(flags.cpus, '--cpus', 1, 4096),
    mem: flags.mem,
    storage: flags.storage,
    storageClass: flags.storageClass,
  });
  await save(out, text);
  print(`start the job: kubectl apply -f ${out}`);
}

function tasksOf(text: string, cells: number): number {
  const tasks = parseInteger(text, '--tasks', 1, MOST_TASKS);
  if (tasks > cells)
    throw new UsageError(
      `--tasks: the sweep has ${cells} cells, so at most ${cells} tasks; got ${tasks}`,
    );
  return tasks;
}

function optionalInteger(text: string | undefined, flag: string): number | undefined {
  return text === undefined ? undefined : parseInteger(text, flag, 1, MOST_TASKS);
}
