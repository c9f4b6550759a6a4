// Times a training step of polysem against the density of the features, with the method that the cost model chooses:
//
//   node bench/training/density-cost.mjs [--out FIGURE.svg] > density-cost.json
//   node bench/training/density-cost.mjs --from density-cost.json --out FIGURE.svg
//
// Prints one JSON object with a row for each point to stdout, and progress to stderr. Times are of the processor, so other jobs
// disturb them less. --from only draws.

import { readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { version } from '@polysem/core';
import { logSpaced } from '@polysem/numerics/elementary';
import { machineFacts } from '@polysem/runs/bench';
import { allowFastVectors } from '@polysem/threads/node';
import { drawDensityCost } from './density-cost-figure.mjs';
import { chosenMethod, openMeter } from './method-times.mjs';
import { nameOf } from './timed-step.mjs';

const SIZES = [
  { features: 80, dims: 20, batch: 1024 },
  { features: 200, dims: 20, batch: 1024 },
  { features: 400, dims: 30, batch: 1024 },
];
const DENSITIES = Array.from(logSpaced(1, 0.003, 16), (p) => Number(p.toPrecision(3)));

function timeAll() {
  allowFastVectors();
  const meter = openMeter();
  const points = SIZES.flatMap((sizes) =>
    DENSITIES.map((density) => Object.assign({ density }, sizes)),
  );
  const timed = points.map((point) => {
    process.stderr.write(`density-cost: ${nameOf(point)}\n`);
    return { point, times: meter.measure(point, [chosenMethod(point)]) };
  });
  const microseconds = meter.unit() / 1000;
  const rows = timed.map(({ point, times: [{ method, ratio }] }) =>
    Object.assign({ method, microseconds: Number((microseconds * ratio).toPrecision(4)) }, point),
  );
  const date = new Date().toISOString().slice(0, 10);
  return { date, machine: machineFacts(), version, kernel: meter.kernel, rows };
}

const { values } = parseArgs({ options: { out: { type: 'string' }, from: { type: 'string' } } });
const cost =
  values.from === undefined ? timeAll() : JSON.parse(await readFile(values.from, 'utf8'));
if (values.out !== undefined) await writeFile(values.out, drawDensityCost(cost));
if (values.from === undefined) process.stdout.write(`${JSON.stringify(cost, null, 2)}\n`);
