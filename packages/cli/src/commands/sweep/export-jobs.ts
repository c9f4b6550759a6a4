import type { Command } from 'commander';

/** Flags of `polysem sweep export slurm`. */
export interface SlurmFlags {
  readonly out?: string;
  readonly store?: string;
  readonly tasks: string;
  readonly atOnce?: string;
  readonly arrayLimit: string;
  readonly requeues: string;
  readonly time?: string;
  readonly mem?: string;
  readonly cpus: string;
  readonly partition?: string;
  readonly command: string;
}

/** Flags of `polysem sweep export kubernetes`. */
export interface KubernetesFlags {
  readonly out?: string;
  readonly image?: string;
  readonly tasks: string;
  readonly atOnce?: string;
  readonly retries: string;
  readonly cpus: string;
  readonly mem: string;
  readonly storage: string;
  readonly storageClass?: string;
}

/** The actions of the commands that write jobs. */
export interface JobActions {
  readonly exportSlurm: (spec: string, flags: SlurmFlags) => Promise<void>;
  readonly exportKubernetes: (spec: string, flags: KubernetesFlags) => Promise<void>;
}

/**
 * Adds the commands that write jobs for clusters.
 *
 * @param command the command to which they belong.
 * @param load loads their actions.
 */
export function addJobCommands(command: Command, load: () => Promise<JobActions>): void {
  const slurm = command
    .command('slurm')
    .description('write scripts that run a sweep as an array of Slurm jobs');
  slurm
    .argument('<spec>', 'the sweep: a file in YAML or JSON, on a file system that all nodes share')
    .option('--out <folder>', 'folder of the scripts and logs')
    .option(
      '--store <folder>',
      'folder of the results (default: the name of the sweep with .sweep)',
    )
    .option('--tasks <n>', 'number of tasks, each with one shard of equal estimated time', '16')
    .option('--at-once <m>', 'most tasks that run at once (default: no limit)')
    .option(
      '--array-limit <n>',
      'most tasks of one array: MaxArraySize of the cluster less 1',
      '1000',
    )
    .option('--requeues <R>', 'times that a task with exit code 1 goes back to the queue', '3')
    .option(
      '--time <limit>',
      'time limit of a task, such as 4:00:00 (default: that of the partition)',
    )
    .option('--mem <size>', 'memory of a task, such as 4G (default: that of the partition)')
    .option('--cpus <n>', 'cores of a task, each of which computes one cell at a time', '1')
    .option('--partition <names>', 'partition (default: that of the cluster)')
    .option('--command <words>', 'shell words that start polysem on a node', 'polysem')
    .action(async (spec: string, flags: SlurmFlags) => (await load()).exportSlurm(spec, flags));
  const kubernetes = command
    .command('kubernetes')
    .description('write a manifest that runs a sweep as an Indexed Job of Kubernetes');
  kubernetes
    .argument('<spec>', 'the sweep: a file in YAML or JSON')
    .option('--out <file.yaml>', 'the manifest')
    .option('--image <name>', 'image with polysem')
    .option('--tasks <n>', 'number of pods, each with one shard of equal estimated time', '16')
    .option('--at-once <m>', 'most pods at once (default: all)')
    .option('--retries <R>', 'further attempts at a shard', '3')
    .option('--cpus <n>', 'cores of a pod, each of which computes one cell at a time', '1')
    .option('--mem <size>', 'memory of a pod', '2Gi')
    .option('--storage <size>', 'size of the volume of results', '10Gi')
    .option(
      '--storage-class <name>',
      'class of the volume, which many nodes must be able to write (default: that of the cluster)',
    )
    .action(async (spec: string, flags: KubernetesFlags) =>
      (await load()).exportKubernetes(spec, flags),
    );
}
