/** What one test file executes. */
export interface TestRecord {
  readonly test: string;
  readonly files: readonly string[];
  readonly seconds: number;
  readonly failed: number;
  readonly around: Readonly<Record<string, string>>;
  readonly tests: readonly {
    readonly id: string;
    readonly seconds: number;
    readonly covered: Readonly<Record<string, string>>;
  }[];
}

/** Paths of the test files that mutants are tried on. */
export function testFiles(root: string): string[];

/** True if a test file replaces modules, and so needs a process of its own. */
export function isReplacing(test: string): boolean;

/** Writes where the mutation points of all sources are. */
export function writeOffsets(folder: string, sources: readonly string[]): void;

/** Record of each test file, from the cache where the files that it loads are the same. */
export function coverage(
  folder: string,
  cache: string,
  tests: readonly string[],
  jobs: readonly import('./jobs.mjs').Job[],
  progress: (done: number, total: number) => void,
): Promise<TestRecord[]>;
