/** A process with Vitest ready. */
export interface Job {
  readonly folder: string;
  stop(): void;
  change(file: string): void;
  run(
    tests: readonly { readonly test: string; readonly ids: readonly string[] | null }[],
    limit: number,
  ): Promise<{
    readonly failed: string | null;
    readonly by?: string;
    readonly id?: string;
    readonly timedOut?: boolean;
  }>;
}

/** Starts tests in a copy of the repository; `coverage` as mode writes what they execute. */
export function startJob(folder: string, mode?: string): Job;
