// Fits the cost model that chooses the method of a training step:
//
//   node bench/training/fit-cost.mjs [--out TIMES.json] [--write]
//   node bench/training/fit-cost.mjs --from TIMES.json [--from MORE.json] [--out BOTH.json] [--write]
//
// Times every method at every point (about 4 minutes of one thread), or reads earlier times with --from, of several files the
// least of each method at each point. Prints predicted over
// measured times, and how much longer the chosen method takes than the fastest. --out stores the times; --write puts the costs
// into packages/engine/src/kernels/program/cost-constants.ts.

import { readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { parseArgs } from 'node:util';
import v8 from 'node:v8';
import { describeMachine, machineFacts } from '@polysem/runs/bench';
import { allowFastVectors } from '@polysem/threads/node';
import { operationCounts } from '../../packages/engine/dist/kernels/program/cost-model.js';
import { compare, summary } from './compare-times.mjs';
import { fitGrid } from './fit-grid.mjs';
import { openMeter } from './method-times.mjs';
import { nonNegativeFit } from './non-negative-fit.mjs';
import { nameOf, plannedStep } from './timed-step.mjs';

const CONSTANTS = new URL(
  '../../packages/engine/src/kernels/program/cost-constants.ts',
  import.meta.url,
);

/** Times of all methods at all points. */
function timeAll() {
  allowFastVectors();
  // The baseline compiler would run until the optimising one is done, which takes long on a busy machine.
  v8.setFlagsFromString('--no-liftoff');
  const meter = openMeter();
  const measured = fitGrid.map((point, i) => {
    process.stderr.write(`fit-cost: ${i + 1} of ${fitGrid.length}, ${nameOf(point)}\n`);
    return { point, times: meter.measure(point) };
  });
  const unit = meter.unit();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: machineFacts(),
    kernel: meter.kernel,
    rows: measured.map(({ point, times }) =>
      Object.assign({}, point, {
        nanoseconds: Object.fromEntries(
          times.map(({ method, ratio }) => [method, Number((unit * ratio).toPrecision(4))]),
        ),
      }),
    ),
  };
}

async function readTimes(path) {
  return JSON.parse(await readFile(path, 'utf8'));
}

/** The least time of each method at each point among several results. */
function leastTimes([first, ...others]) {
  const least = (row) => {
    const same = others.flatMap(({ rows }) => rows.filter((one) => nameOf(one) === nameOf(row)));
    const times = Object.entries(row.nanoseconds).map(([method, own]) => [
      method,
      Math.min(own, ...same.map(({ nanoseconds }) => nanoseconds[method] ?? Infinity)),
    ]);
    return { ...row, nanoseconds: Object.fromEntries(times) };
  };
  return { ...first, rows: first.rows.map(least) };
}

/** Costs of at least 0 that minimise the squared relative errors. Errors of the fastest methods count most. */
function fit(rows) {
  const equations = rows.flatMap(({ nanoseconds, ...point }) => {
    const step = plannedStep(point);
    const least = Math.min(...Object.values(nanoseconds));
    return Object.entries(nanoseconds).map(([method, time]) => ({
      counts: operationCounts(step, method),
      time,
      weight: Math.sqrt(least / time),
    }));
  });
  const names = [...new Set(equations.flatMap(({ counts }) => Object.keys(counts)))];
  const matrix = equations.map(({ counts, time, weight }) =>
    names.map((name) => (weight * (counts[name] ?? 0)) / time),
  );
  const solution = nonNegativeFit(
    matrix,
    equations.map(({ weight }) => weight),
  );
  return Object.fromEntries(names.map((name, i) => [name, Number(solution[i].toPrecision(3))]));
}

function percent(x) {
  return `${(100 * x).toFixed(0)} %`;
}

function printPoint({ name, nanoseconds, predicted, chosen, fastest, regret }) {
  const parts = Object.keys(nanoseconds).map((method) => {
    const ratio = (predicted[method] / nanoseconds[method]).toFixed(2);
    return `${method} ${(nanoseconds[method] / 1000).toPrecision(3)} us (x ${ratio})`;
  });
  const verdict = regret === 0 ? chosen : `${chosen}, slower than ${fastest} by ${percent(regret)}`;
  console.log(`${name}: ${parts.join(', ')}: ${verdict}`);
}

function within({ half, most, all }) {
  return `${half.toFixed(2)} (half of them), ${most.toFixed(2)} (90 %), ${all.toFixed(2)} (all)`;
}

function printSummary({ regret, factors, chosenFactors }) {
  console.log(`
chosen slower than the fastest method by: mean ${percent(regret.mean)}, 90 % of points up to ${percent(regret.most)}, worst ${percent(regret.worst)}
predictions right within a factor of: ${within(factors)}
of chosen methods: ${within(chosenFactors)}
`);
}

async function writeCosts(costs) {
  const before = await readFile(CONSTANTS, 'utf8');
  const after = before.replace(/^ {2}(\w+): [\d.e-]+,/gm, (text, name) =>
    name in costs ? `  ${name}: ${costs[name]},` : text,
  );
  await writeFile(CONSTANTS, after);
}

const { values } = parseArgs({
  options: {
    from: { type: 'string', multiple: true },
    out: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const times =
  values.from === undefined ? timeAll() : leastTimes(await Promise.all(values.from.map(readTimes)));
if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(times)}\n`);
const costs = fit(times.rows);
const comparisons = times.rows.map((row) => compare(row, costs));
console.log(`${describeMachine(times.machine)}, ${times.kernel}, ${times.date}`);
comparisons.forEach(printPoint);
printSummary(summary(comparisons));
for (const [name, cost] of Object.entries(costs)) console.log(`${name}: ${cost} ns`);
if (values.write) await writeCosts(costs);
