import { availableParallelism, cpus, totalmem } from 'node:os';

/** Properties of the machine that timings depend on. */
export interface MachineFacts {
  /** Model name of the processor. */
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Version of Node. */
  readonly node: string;
}

/**
 * Properties of this machine.
 *
 * @returns processor, cores, memory and version of Node.
 *
 * @example
 * ```js
 * import { machineFacts } from '@polysem/runs/bench';
 * machineFacts().node === process.versions.node; // true
 * ```
 */
export function machineFacts(): MachineFacts {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
  };
}

/**
 * Describes a machine in one line.
 *
 * @param facts from {@link machineFacts}.
 * @returns for example `Xeon, 2 cores, 8 GiB; node 20.19.0`.
 *
 * @example
 * ```js
 * import { describeMachine } from '@polysem/runs/bench';
 * describeMachine({ cpu: 'Xeon', cores: 2, memoryGiB: 8, node: '20.19.0' });
 * // 'Xeon, 2 cores, 8 GiB; node 20.19.0'
 * ```
 */
export function describeMachine({ cpu, cores, memoryGiB, node }: MachineFacts): string {
  return `${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${memoryGiB} GiB; node ${node}`;
}
