// A process that runs tests of its copy of the repository whenever it is asked, with Vitest ready. Every request gets a worker
// process of its own, so that nothing of a mutant remains.
//   node job.mjs FOLDER [coverage]
import { join } from 'node:path';
import process from 'node:process';
import { createVitest } from 'vitest/node';

const [folder, mode] = process.argv.slice(2);

/** Node's own loader keeps the positions of the sources, so that V8's coverage needs no map. */
const COVERAGE = {
  runner: join(folder, 'scripts/mutate/coverage-runner.mjs'),
  experimental: { viteModuleRunner: false },
  bail: 0,
};

const vitest = await createVitest('test', {
  config: join(folder, 'scripts/mutate/vitest.config.mjs'),
  root: folder,
  watch: false,
  reporters: [{}],
  ...(mode === 'coverage' ? COVERAGE : {}),
});
await vitest.standalone();
const [project] = vitest.projects;

process.on('disconnect', () => process.exit());
process.on('message', async ({ changed, tests }) => {
  for (const file of changed) vitest.invalidateFile(join(folder, file));
  process.send(await outcome(tests));
});
process.send('ready');

/** Runs tests and returns the first failure. */
async function outcome(tests) {
  // Vitest keeps failures of earlier runs, counts them, and returns them with those of later runs.
  vitest.state.filesMap.clear();
  vitest.state.idMap.clear();
  try {
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(
      tests.map(({ test, ids }) =>
        project.createSpecification(join(folder, test), ids === null ? {} : { testIds: ids }),
      ),
    );
    for (const module of testModules) {
      const test = module.relativeModuleId;
      for (const one of module.children.allTests())
        if (one.result().state === 'failed')
          return { failed: test, id: one.id, by: `${test}: ${one.fullName}` };
      if (module.state() === 'failed')
        return { failed: test, by: `${test}: ${firstError(module)}` };
    }
    if (unhandledErrors.length > 0)
      return { failed: tests[0].test, by: `error: ${unhandledErrors[0].message}` };
    return { failed: null };
  } catch (error) {
    const { cause } = error.errors?.[0] ?? error;
    return { failed: tests[0].test, by: `crash: ${cause?.message ?? error.message}` };
  }
}

/** Error of a file that could not be loaded, or of a hook. */
function firstError(module) {
  const errors = [module, ...module.children.allSuites()].flatMap((part) => part.errors());
  return errors[0]?.message ?? 'failed';
}
