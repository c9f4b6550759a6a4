import { availableParallelism, cpus, totalmem } from 'node:os';

/** What times depend on, beside the program. */
export interface MachineFacts {
  /** The processor's own name. */
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** The version of Node. */
  readonly node: string;
}

/** The facts of this machine. */
export function machineFacts(): MachineFacts {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
  };
}

/** The same in one line. */
export function describeMachine({ cpu, cores, memoryGiB, node }: MachineFacts): string {
  return `${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${memoryGiB} GiB; node ${node}`;
}
