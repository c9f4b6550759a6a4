/* oxlint-disable no-await-in-loop -- one sweep after the other */
// Times sweeps through Redis and NATS on this machine: cells per second of 1 to 4 workers, for cells of 1 ms and 50 ms, and the
// processor time of server, coordinator and worker per chunk. Then simulates up to 1,000 workers with these times.
//
//   node bench/sweep/queues.mjs [--seconds 8] [--figure docs/pictures/queue-workers.svg] > queues.json
//
// With --seconds 0 it measures processor times alone, which a busy machine hardly changes.
//
// Cells wait instead of computing, so that the queue is measured and not the processor. Results are kept in memory: the time to
// write them is not included (see scale.mjs).

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { version } from '@polysem/core';
import { scalingFigure } from '@polysem/figures';
import { machineFacts } from '@polysem/runs/bench';
import { openQueueExecutor, planSweep } from '@polysem/runs/sweep';
import { whyNot } from '../../scripts/engines/find.mjs';
import { starts } from '../../scripts/engines/start.mjs';
import { simulateQueue } from './simulate-queue.mjs';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '8' }, figure: { type: 'string' } },
});
const seconds = Number(values.seconds);
const WORKER = fileURLToPath(new URL('queue-worker.mjs', import.meta.url));
/** Milliseconds per tick of the processor times in /proc. */
const TICK_MS = 10;
/** Times of a cell, in milliseconds. */
const CELL_MS = [1, 50];
/** Cells that are timed without any computation, for the processor times. */
const EMPTY_CELLS = 40_000;

function planOf(cells, cellMs) {
  const parameters = { features: 5, dims: 2, importance: '0.8^i', density: 0.1, restarts: 1 };
  const measurements = ['loss', 'gap', 'capacity'];
  const plan = planSweep({ compute: 'train', parameters, seeds: cells, measurements });
  return { ...plan, seconds: () => cellMs / 1000 };
}

/** Processor time of a process so far, in milliseconds; NaN where /proc does not say. */
function processorMs(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return TICK_MS * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return NaN;
  }
}

/** Runs a sweep on a server. */
async function timeSweep(server, { cells, cellMs, workers, estimateMs = cellMs }) {
  const plan = planOf(cells, estimateMs);
  const children = Array.from({ length: workers }, () =>
    fork(WORKER, [server.url, String(cellMs)]),
  );
  await Promise.all(children.map((child) => once(child, 'message')));
  const executor = await openQueueExecutor({ url: server.url, plan, onNote: console.error });
  const { signal } = new AbortController();
  const [serverBefore, ownBefore] = [processorMs(server.pid), process.cpuUsage()];
  const began = performance.now();
  const all = function* () {
    for (let i = 0; i < plan.size; i++) yield plan.cell(i);
  };
  await executor.run(all(), { keep: async () => undefined, onNote: console.error, signal });
  const time = (performance.now() - began) / 1000;
  const own = process.cpuUsage(ownBefore);
  const serverMs = processorMs(server.pid) - serverBefore;
  await executor.close();
  for (const child of children) child.kill('SIGTERM');
  const ends = (await Promise.all(children.map((child) => once(child, 'message')))).map(
    ([end]) => end,
  );
  const chunks = ends.reduce((sum, end) => sum + end.chunks, 0);
  const workerMs = ends.reduce((sum, end) => sum + end.processorMs, 0);
  return {
    workers,
    cellMs,
    cellsPerSecond: Math.round(cells / time),
    cellsPerChunk: cells / chunks,
    efficiency: cellMs === 0 ? null : (cells * cellMs) / 1000 / workers / time,
    perChunkMs: {
      server: serverMs / chunks,
      coordinator: (own.user + own.system) / 1000 / chunks,
      worker: workerMs / chunks,
    },
  };
}

async function timeEngine(engine) {
  const server = await starts[engine]();
  try {
    const rows = [];
    for (const cellMs of seconds > 0 ? CELL_MS : []) {
      for (const workers of [1, 2, 3, 4]) {
        const cells = Math.round((1000 * seconds * workers) / cellMs);
        rows.push(await timeSweep(server, { cells, cellMs, workers }));
        console.error(engine, rows.at(-1));
      }
    }
    const simulated = [];
    for (const estimateMs of CELL_MS) {
      const empty = { cells: EMPTY_CELLS, cellMs: 0, workers: 2, estimateMs };
      simulated.push(simulate(estimateMs, await timeSweep(server, empty)));
      console.error(engine, simulated.at(-1));
    }
    return { rows, simulated };
  } finally {
    await server.stop();
  }
}

/** Simulated throughput over workers, and the number of workers at which a station is always busy. */
function simulate(cellMs, { cellsPerChunk: cells, perChunkMs }) {
  const [server, coordinator] = [perChunkMs.server / 1000, perChunkMs.coordinator / 1000];
  const compute = (cells * cellMs + perChunkMs.worker) / 1000;
  const points = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map((workers) => [
    workers,
    cells * simulateQueue({ workers, compute, server, coordinator, duration: 100 * compute }),
  ]);
  const saturatesAt = Math.floor((compute + server) / Math.max(server, coordinator));
  return { cellMs, cells, perChunkMs, points, saturatesAt };
}

const engines = {};
for (const engine of Object.keys(starts)) {
  const reason = whyNot(engine);
  if (reason === null) engines[engine] = await timeEngine(engine);
  else console.error(`${engine}: skipped, ${reason}`);
}
const result = { version, machine: machineFacts(), seconds, engines };
console.log(JSON.stringify(result, null, 1));
if (values.figure !== undefined) {
  const series = Object.entries(engines).flatMap(([engine, one]) =>
    one.simulated.map(({ cellMs, points }) => ({
      name: `${engine}, cells of ${cellMs} ms`,
      points,
    })),
  );
  const labels = { x: { label: 'workers (simulated)' }, y: { label: 'cells', unit: 'per s' } };
  const provenance = {
    polysem: version,
    seed: null,
    configuration: { bench: 'sweep/queues', seconds },
  };
  const title = 'Cells per second through one queue';
  writeFileSync(values.figure, scalingFigure({ ...labels, series }, { title, provenance }));
}
