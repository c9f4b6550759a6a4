import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { planGrid } from '@polysem/engine/phase';
import { spread } from '@polysem/runs/bench';
import { openRowRunner, runGrid } from '@polysem/runs';

/** Trains grids on several threads: `trainGrid(spec, runs)` gives the parameters of all cells, and the times. */
export async function openPolysem(threads) {
  const runner = await openRowRunner({ threads });
  const trainGrid = async (spec, runs = 1) => {
    const samples = [];
    const before = process.cpuUsage();
    let diagram;
    for (let run = 0; run < runs; run++) {
      const begun = performance.now();
      // oxlint-disable-next-line no-await-in-loop -- one at a time, because they are timed
      diagram = await runGrid(planGrid(spec), runner);
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
  return { kernel: runner.kernel, trainGrid, close: runner.close };
}
