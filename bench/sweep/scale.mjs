// Times what a sweep of many cells costs beside its cells: planning, finding the finished cells again, status, and the table.
//
//   node bench/sweep/scale.mjs [--most 1000000] [--figure docs/pictures/sweep-scale.svg] > scale.json
//   node bench/sweep/scale.mjs --from scale.json --figure docs/pictures/sweep-scale.svg
//
// Prints one JSON object with a row for each number of cells. Each row is measured in a process of its own, which reports its peak
// memory too. --from only draws. Rows of finished cells are written directly to the store; nothing is trained.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { version } from '@polysem/core';
import { scalingFigure } from '@polysem/figures';
import { machineFacts } from '@polysem/runs/bench';
import { planSweep, runSweep } from '@polysem/runs/sweep';
import { sweepStatus } from '@polysem/runs/sweep/status';
import { openSweepFolder } from '../../packages/runs/dist/sweep/store/sweep-folder.js';
import { openSweepStore } from '../../packages/runs/dist/sweep/store/sweep-store.js';

const { values } = parseArgs({
  options: {
    most: { type: 'string', default: '1000000' },
    cells: { type: 'string' },
    figure: { type: 'string' },
    from: { type: 'string' },
  },
});

/** Seconds that an action takes, in milliseconds' precision. */
async function timed(action) {
  const began = performance.now();
  await action();
  return Math.round(performance.now() - began) / 1000;
}

function planOf(cells) {
  return planSweep({
    compute: 'train',
    parameters: { features: 20, dims: 5, importance: '0.9^i' },
    axes: [{ parameter: 'density', log: { from: 1, to: 0.05, count: cells / 100 } }],
    seeds: 100,
    measurements: ['loss', 'gap', 'totalCapacity'],
  });
}

/** Writes rows for all cells. */
function fill(folder, plan) {
  openSweepFolder(folder, plan, false);
  const store = openSweepStore(folder, plan);
  let files = 0;
  for (let first = 0; first < plan.size; first += 16_384) {
    const rows = Array.from({ length: Math.min(16_384, plan.size - first) }, (_, k) => ({
      index: first + k,
      values: { loss: Math.sqrt(first + k), gap: 1 / (1 + first + k), totalCapacity: 5 },
      weights: null,
      failure: null,
    }));
    store.keep(rows, () => join(folder, `unfinished-${files++}`));
  }
}

async function measureOne(cells) {
  const folder = join(mkdtempSync(join(tmpdir(), 'polysem-scale-')), 'out');
  try {
    let plan;
    const planning = await timed(() => (plan = planOf(cells)));
    const ids = await timed(() => {
      for (let index = 0; index < plan.size; index++) plan.cell(index);
    });
    const planBytes = process.memoryUsage().rss;
    fill(folder, plan);
    const run = () =>
      runSweep(plan, {
        folder,
        openExecutor: () => {
          throw new Error('a cell is open');
        },
        signal: new AbortController().signal,
        onNote: () => {},
        onProgress: () => {},
      });
    const table = await timed(run);
    const resume = await timed(run);
    const status = await timed(() => sweepStatus(folder));
    const peak = process.resourceUsage().maxRSS * 1024;
    return { cells, seconds: { planning, ids, table, resume, status }, planBytes, peakBytes: peak };
  } finally {
    rmSync(join(folder, '..'), { recursive: true });
  }
}

/** Measures every number of cells, each in a process of its own. */
function measureAll() {
  const rows = [];
  for (let cells = 1000; cells <= Number(values.most); cells *= 10) {
    process.stderr.write(`${cells} cells\n`);
    const { stdout } = spawnSync(
      process.execPath,
      [fileURLToPath(import.meta.url), '--cells', String(cells)],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    );
    rows.push(JSON.parse(stdout));
  }
  const date = new Date().toISOString().slice(0, 10);
  return { date, machine: machineFacts(), version, rows };
}

/** Names of the series by the field of a row. */
const SERIES = {
  ids: 'ids of all cells',
  table: 'join rows and write the table',
  resume: 'resume a finished sweep',
  status: 'status',
};

function draw({ date, machine, rows }) {
  const series = Object.entries(SERIES).map(([field, name]) => ({
    name,
    points: rows.map(({ cells, seconds }) => [cells, Math.max(0.001, seconds[field])]),
  }));
  return scalingFigure(
    { x: { label: 'cells' }, y: { label: 'time', unit: 's' }, series },
    {
      title: 'Time that a sweep takes beside its cells',
      provenance: { polysem: version, seed: null, configuration: { date, machine } },
    },
  );
}

if (values.cells === undefined) {
  const result =
    values.from === undefined ? measureAll() : JSON.parse(readFileSync(values.from, 'utf8'));
  if (values.figure !== undefined) writeFileSync(values.figure, draw(result));
  if (values.from === undefined) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} else {
  process.stdout.write(JSON.stringify(await measureOne(Number(values.cells))));
}
