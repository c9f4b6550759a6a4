// Tries mutants in several processes at a time.
import { join } from 'node:path';
import { sourceFiles } from './choose.mjs';
import { checkControls } from './controls.mjs';
import { builtCopy, furtherCopy, removeCopy } from './copy.mjs';
import { coverage, testFiles, writeOffsets } from './coverage.mjs';
import { startJob } from './jobs.mjs';
import { testsByCoverage } from './select.mjs';
import { mutantTrial } from './trial.mjs';
import { typeChecker } from './types.mjs';

/**
 * @param {string} root folder of the repository.
 * @param {{ jobs: number, budget: number, types: boolean }} options
 */
export function parallelTrials(root, { jobs, budget, types }) {
  const copies = [];
  const running = [];

  const start = (folder, mode) => {
    const job = startJob(folder, mode);
    running.push(job);
    return job;
  };

  const prepare = async () => {
    copies.push(builtCopy(root));
    writeOffsets(copies[0], sourceFiles(copies[0]));
    while (copies.length < jobs) copies.push(furtherCopy(copies[0], copies.length));
    const measuring = copies.map((folder) => start(folder, 'coverage'));
    const cache = join(root, '.cache/mutation/coverage');
    const records = await coverage(
      copies[0],
      cache,
      testFiles(copies[0]),
      measuring,
      (done, total) => console.error(`coverage of ${done}/${total} test files`),
    );
    for (const job of measuring) job.stop();
    for (const { test, failed } of records)
      if (failed > 0) console.error(`${test}: ${failed} tests fail without a mutant`);
    return records;
  };

  return {
    /** Tries mutants until a time, and passes on each result. */
    async tryAll(mutants, end, report) {
      const records = await prepare();
      const covering = testsByCoverage(records);
      const tryMutant = mutantTrial({
        covering,
        typeError: types ? typeChecker(copies[0]) : null,
        budget,
      });
      const left = mutants.values();
      const work = async (job) => {
        for (const mutant of left) {
          if (Date.now() > end) return;
          // oxlint-disable-next-line no-await-in-loop -- one mutant at a time per process
          report(await tryMutant(job, mutant));
        }
      };
      const trying = copies.map((folder) => start(folder, ''));
      await checkControls(trying[0], covering, mutants);
      await Promise.all(trying.map(work));
    },
    /** Ends all processes and removes the copies. */
    close() {
      for (const job of running) job.stop();
      for (const copy of copies.splice(0)) removeCopy(copy);
    },
  };
}
