/** A Slurm cluster of this machine. */
export interface TestCluster {
  /** The environment in which sbatch and the other commands find it. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs a command of Slurm and returns what it prints. */
  readonly command: (name: string, words: readonly string[], folder?: string) => string;
  readonly stop: () => Promise<void>;
}
/** Starts a cluster of this machine. */
export function startSlurm(options?: {
  readonly maxArraySize?: number;
  readonly cpus?: number;
}): Promise<TestCluster>;
