import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const ALL = ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/**/*.test.ts'];
export const MODULES = ['packages/{numerics,core,engine,io,figures,reports}/test/**/*.test.ts'];
/** Tests that replace modules. */
export const REPLACING = ['**/stream-bootstrap.test.ts', '**/inputs-checked-once.test.ts'];
/** Tests of modules without state: loading them once per worker saves a tenth of the time of all tests. */
const SHARED = { include: MODULES, exclude: REPLACING };
/** Tests that start programs, servers and browsers. */
const ISOLATED = { include: ALL, exclude: MODULES };

const isProgram = ({ project }: TestSpecification): boolean => project.name === 'programs';

/** Begins with tests of programs, some of which wait for a minute, so that none of them runs alone at the end. */
class ProgramsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- a method of vitest
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => Number(isProgram(b)) - Number(isProgram(a)));
  }
}

export default defineConfig({
  // Tests read the sources, so that a stale build can never answer for them.
  resolve: { conditions: ['polysem-source'] },
  ssr: { resolve: { conditions: ['polysem-source', 'node', 'import', 'module', 'default'] } },
  test: {
    globalSetup: ['test/temporary.ts', 'test/build.ts'],
    setupFiles: ['test/seed.ts', 'test/fast-vectors.ts'],
    // Limits are for what hangs and measure nothing: some tests take half a minute of an idle machine, and others may be
    // at work on it.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    expect: { poll: { timeout: 300_000 } },
    // Tests that start programs and browsers wait for them half of the time.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    sequence: { sequencer: ProgramsFirst },
    projects: [
      { extends: true, test: { name: 'modules', ...SHARED, isolate: false } },
      { extends: true, test: { name: 'programs', ...ISOLATED } },
      { extends: true, test: { name: 'replacing', include: REPLACING } },
    ],
  },
});
