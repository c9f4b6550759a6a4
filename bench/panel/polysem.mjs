import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { spread, openSweeper, runGrid } from '@polysem/runs';

/** Surveys grids on several threads: `survey(spec, runs)` gives the parameters of all cells, and the times. */
export async function openPolysem(threads) {
  const sweeper = await openSweeper({ threads });
  const survey = async (spec, runs = 1) => {
    const samples = [];
    const before = process.cpuUsage();
    let diagram;
    for (let run = 0; run < runs; run++) {
      const begun = performance.now();
      // oxlint-disable-next-line no-await-in-loop -- one at a time, because they are timed
      diagram = await runGrid(spec, sweeper);
      samples.push((performance.now() - begun) / 1000);
    }
    const { user, system } = process.cpuUsage(before);
    const total = samples.reduce((a, b) => a + b, 0);
    return {
      ...spread(samples),
      cores: (user + system) / 1e6 / total,
      cells: diagram.capacity.length,
      capacity: diagram.capacity,
      parameters: diagram.parameters,
    };
  };
  return { kernel: sweeper.kernel, survey, close: sweeper.close };
}
