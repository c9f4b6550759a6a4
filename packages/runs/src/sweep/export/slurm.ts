import { UsageError } from '../../usage-error.ts';
import { shellWord } from './shell.ts';

/** A file to write. */
export interface ScriptFile {
  readonly name: string;
  readonly content: string;
  /** True for a program. */
  readonly isExecutable: boolean;
}

/** Settings of {@link slurmScripts}. */
export interface SlurmOptions {
  /** Name of the sweep. */
  readonly name: string;
  /** Absolute paths on the cluster: the spec, the folder of results, and the folder of the scripts. */
  readonly spec: string;
  readonly store: string;
  readonly folder: string;
  /** Number of tasks: the sweep is divided into as many shards of equal estimated time. */
  readonly tasks: number;
  /** Most tasks that run at once (default: no limit). */
  readonly atOnce?: number | undefined;
  /** Most tasks of one array: MaxArraySize of the cluster, less 1 (default: 1000). */
  readonly arrayLimit?: number;
  /** Times that a task goes back to the queue when it ends with exit code 1 (default: 3). */
  readonly requeues?: number;
  /** Per task: time limit, memory, cores and partition, as sbatch writes them. */
  readonly time?: string | undefined;
  readonly mem?: string | undefined;
  readonly cpus?: number;
  readonly partition?: string | undefined;
  /** Command that starts polysem, as shell words (default: `polysem`). */
  readonly command?: string;
}

const DEFAULT_ARRAY_LIMIT = 1000;
const DEFAULT_REQUEUES = 3;

/** Forms of the values that become `#SBATCH` lines. */
const FORMS = {
  time: [/^\d+(?::\d+){0,2}$|^\d+-\d+(?::\d+){0,2}$/, 'such as 4:00:00 or 2-12'],
  mem: [/^\d+[KMGT]?$/, 'such as 4G'],
  partition: [/^[\w.-]+(?:,[\w.-]+)*$/, 'names separated by commas'],
} as const;

/**
 * Scripts that run a sweep under Slurm: an array job whose tasks each compute one shard, and a job that writes the table when
 * all tasks have ended, however they ended. A task that is preempted, runs out of time or ends with exit code 1 goes back to the
 * queue; exit code 42, a permanent failure, ends it.
 *
 * @param options paths, number of tasks and limits.
 * @returns the files `submit.sh`, `task.sbatch` and `collect.sbatch`.
 * @throws UsageError for a limit that sbatch would not accept.
 *
 * @example
 * ```js
 * import { slurmScripts } from 'polysem/sweep';
 * const paths = { spec: '/home/me/s.yaml', store: '/scratch/s.sweep', folder: '/home/me/jobs' };
 * slurmScripts({ name: 's', ...paths, tasks: 64 }).map(({ name }) => name); // ['submit.sh', 'task.sbatch', 'collect.sbatch']
 * ```
 */
export function slurmScripts(options: SlurmOptions): ScriptFile[] {
  for (const [flag, [form, example]] of Object.entries(FORMS)) {
    const value = options[flag as keyof typeof FORMS];
    if (value !== undefined && !form.test(value))
      throw new UsageError(`--${flag}: expected ${example}, got ${JSON.stringify(value)}`);
  }
  return [
    script('submit.sh', submitLines(options), true),
    script('task.sbatch', taskLines(options)),
    script('collect.sbatch', collectLines(options)),
  ];
}

function script(name: string, lines: readonly string[], isExecutable = false): ScriptFile {
  return { name, content: `${lines.join('\n')}\n`, isExecutable };
}

function submitLines(options: SlurmOptions): string[] {
  const { name, store, folder, tasks, atOnce, arrayLimit = DEFAULT_ARRAY_LIMIT } = options;
  const arrays = Math.ceil(tasks / arrayLimit);
  const limit = atOnce === undefined ? '' : `%${Math.max(1, Math.floor(atOnce / arrays))}`;
  // sbatch reads % in the names of logs.
  const logs = shellWord(`${folder}/logs`.replaceAll('%', '%%'));
  const submissions = Array.from({ length: arrays }, (_, i) => {
    const offset = i * arrayLimit;
    const last = Math.min(arrayLimit, tasks - offset) - 1;
    return `submit_tasks ${offset} 0-${last}${limit}`;
  });
  return [
    '#!/bin/bash',
    `# Submits ${tasks} tasks of the sweep, then a job that writes the table when they have ended.`,
    'set -eu',
    `cd ${shellWord(folder)}`,
    'mkdir -p logs',
    'jobs=afterany',
    'submit_tasks() {',
    `  job=$(sbatch --parsable --export="ALL,OFFSET=$1" --array="$2" --output=${logs}/%A_%a.log task.sbatch)`,
    '  jobs="$jobs:${job%%;*}"',
    '}',
    ...submissions,
    `sbatch --dependency="$jobs" --output=${logs}/collect_%j.log collect.sbatch`,
    `echo ${shellWord(`progress of ${name}: ${options.command ?? 'polysem'} sweep status ${shellWord(store)}`)}`,
  ];
}

/** The lines that the scripts of tasks and of the last job begin with. */
function headLines(options: SlurmOptions, kind: string): string[] {
  const { name, time, mem, cpus = 1, partition } = options;
  return [
    '#!/bin/bash',
    ...directive('job-name', `${name.replaceAll(/[^\w.-]/g, '-')}-${kind}`),
    ...directive('time', time),
    ...directive('mem', mem),
    ...directive('cpus-per-task', cpus),
    ...directive('partition', partition),
    '#SBATCH --requeue',
    '#SBATCH --open-mode=append',
    '',
    '# bash waits for polysem, which needs a second after SIGTERM to keep what it has.',
    'trap : TERM',
  ];
}

function directive(flag: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [`#SBATCH --${flag}=${value}`];
}

function runLine(options: SlurmOptions, more: readonly string[]): string {
  const { spec, store, command = 'polysem' } = options;
  const words = ['sweep', 'run', shellWord(spec), '--out', shellWord(store)];
  const workers = ['--workers', '"${SLURM_CPUS_PER_TASK:-1}"', '--log', 'json'];
  return [command, ...words, ...more, ...workers].join(' ');
}

function taskLines(options: SlurmOptions): string[] {
  const { tasks, requeues = DEFAULT_REQUEUES } = options;
  return [
    ...headLines(options, 'task'),
    'shard=$((OFFSET + SLURM_ARRAY_TASK_ID))',
    runLine(options, ['--shard', `"$shard/${tasks}"`]),
    'code=$?',
    '# 1: the same command can do more, for example after the time limit. 42: it cannot.',
    `if [ "$code" -eq 1 ] && [ "\${SLURM_RESTART_COUNT:-0}" -lt ${requeues} ]; then`,
    '  task="${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"',
    '  # A cancelled task is completing, without a reason: whoever cancels it wants it to end.',
    '  if scontrol show job -o "$task" | grep -qE "JobState=RUNNING|Reason=TimeLimit"; then',
    '    scontrol requeue "$task"',
    '  fi',
    'fi',
    'exit "$code"',
  ];
}

function collectLines(options: SlurmOptions): string[] {
  const { store, command = 'polysem' } = options;
  return [
    ...headLines(options, 'collect'),
    '# Computes what is left, and writes the table when every cell has ended.',
    runLine(options, []),
    'code=$?',
    `${command} sweep status ${shellWord(store)}`,
    'exit "$code"',
  ];
}
