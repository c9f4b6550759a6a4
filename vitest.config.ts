import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const ALL = ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/**/*.test.ts'];
export const MODULES = ['packages/{numerics,core,engine,io,figures,reports}/test/**/*.test.ts'];
/** Tests that replace modules. */
export const REPLACING = [
  '**/stream-bootstrap.test.ts',
  '**/inputs-checked-once.test.ts',
  '**/two-ends.test.ts',
];
/** Tests of the repository, its scripts and its documentation. */
const REPOSITORY = ['test/**/*.test.ts'];
/** Workers load modules once for all their files: most of the time of short files would go there. */
const SHARED = { isolate: false };
/** Ends the programs and deletes the folders of each file. */
const setupFiles = ['packages/cli/test/clean-up.ts'];

const isModule = ({ project }: TestSpecification): boolean => project.name === 'modules';

/** Ends with the tests of modules, which are short: others wait for a minute, and none of them should run alone at the end. */
class ModulesLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- a method of vitest
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => Number(isModule(a)) - Number(isModule(b)));
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
    maxWorkers: 2 * availableParallelism(),
    sequence: { sequencer: ModulesLast },
    projects: [
      { extends: true, test: { name: 'modules', include: MODULES, exclude: REPLACING, ...SHARED } },
      {
        extends: true,
        // Tests that start programs, servers and browsers.
        test: {
          name: 'programs',
          include: ALL,
          exclude: [...MODULES, ...REPLACING, ...REPOSITORY],
          setupFiles,
          ...SHARED,
        },
      },
      { extends: true, test: { name: 'repository', include: REPOSITORY, setupFiles } },
      { extends: true, test: { name: 'replacing', include: REPLACING } },
    ],
  },
});
