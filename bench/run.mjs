// Runs the benchmarks: node bench/run.mjs [allocate|measure|stream|training|large|panel|lab|all] [--quick] [--json]
// Prints tables, or one JSON object, to stdout and progress to stderr. See README.md.

import process from 'node:process';
import { parseArgs } from 'node:util';
import { benchAllocate, describeAllocate } from './allocate.mjs';
import { benchCoherence, describeCoherence } from './coherence.mjs';
import { openExchange } from './exchange.mjs';
import { benchLab, describeLab } from './lab.mjs';
import { benchLarge, describeLarge } from './large.mjs';
import { describeMachine, machineFacts } from './machine.mjs';
import { benchMeasure, describeMeasure } from './measure.mjs';
import { benchPanel, describePanel } from './panel.mjs';
import { startPeers } from './peers.mjs';
import { benchStream, describeStream } from './stream.mjs';
import { benchTraining, describeTraining } from './training.mjs';

/** Benchmarks by name. Those with `numpy` use the numpy workers; training, large models and the panel start their own peers. */
const BENCHMARKS = {
  allocate: { run: benchAllocate, describe: describeAllocate, numpy: true },
  measure: { run: benchMeasure, describe: describeMeasure, numpy: true },
  coherence: { run: benchCoherence, describe: describeCoherence, numpy: true },
  stream: { run: benchStream, describe: describeStream, numpy: true },
  training: { run: benchTraining, describe: describeTraining, numpy: false },
  large: { run: benchLarge, describe: describeLarge, numpy: false },
  panel: { run: benchPanel, describe: describePanel, numpy: false },
  lab: { run: benchLab, describe: describeLab, numpy: false },
};
/** Benchmarks of each argument. `all` leaves out those that need gigabytes, for peers (training, large, panel) or files (stream), or a browser (lab). */
const GROUPS = {
  allocate: ['allocate'],
  measure: ['measure', 'coherence'],
  stream: ['stream'],
  training: ['training'],
  large: ['large'],
  panel: ['panel'],
  lab: ['lab'],
  all: ['allocate', 'measure', 'coherence'],
};
const USAGE = `usage: node bench/run.mjs [${Object.keys(GROUPS).join('|')}] [--quick] [--json]
       for training also: [--sides NAME,...] [--work NAME,...] [--speed-only]
       for large also: [--work NAME,...]
       for panel also: [--budget SECONDS] [--densities COUNT]`;

/** Parsed command line; undefined if it is invalid. */
function commandLine() {
  try {
    const { values, positionals } = parseArgs({
      options: {
        quick: { type: 'boolean' },
        json: { type: 'boolean' },
        sides: { type: 'string' },
        work: { type: 'string' },
        'speed-only': { type: 'boolean' },
        budget: { type: 'string' },
        densities: { type: 'string' },
      },
      allowPositionals: true,
    });
    const [group = 'all'] = positionals;
    if (positionals.length > 1 || !Object.hasOwn(GROUPS, group)) return undefined;
    const [budget, densities] = [values.budget, values.densities].map(
      (text) => text && Number(text),
    );
    if (budget !== undefined && !(budget > 0)) return undefined;
    if (densities !== undefined && !(densities >= 3)) return undefined;
    return {
      names: GROUPS[group],
      quick: values.quick === true,
      json: values.json === true,
      sides: values.sides?.split(','),
      work: values.work?.split(','),
      quality: values['speed-only'] !== true,
      budget,
      densities,
    };
  } catch {
    return undefined;
  }
}

function progress(line) {
  process.stderr.write(`${line}\n`);
}

/** Runs benchmarks one after another; gives the facts of the machine and the result of each benchmark. */
async function runAll({ names, quick, ...options }) {
  const numpy = names.some((name) => BENCHMARKS[name].numpy);
  const peers = numpy ? await startPeers(progress) : [];
  const exchange = await openExchange(peers);
  try {
    const results = {};
    for (const name of names) {
      const context = { runs: quick ? 3 : 5, quick, peers, exchange, progress };
      Object.assign(context, options);
      // oxlint-disable-next-line no-await-in-loop -- one at a time, because they are timed
      results[name] = await BENCHMARKS[name].run(context);
    }
    return {
      date: new Date().toISOString().slice(0, 10),
      machine: machineFacts(numpy ? peers : undefined),
      results,
    };
  } finally {
    for (const peer of peers) peer.stop();
    await exchange.close();
  }
}

const wanted = commandLine();
if (wanted === undefined) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
} else {
  const { date, machine, results } = await runAll(wanted);
  const failures = Object.values(results).flatMap((result) => result.failures);
  if (wanted.json) {
    process.stdout.write(`${JSON.stringify({ date, machine, ...results }, null, 2)}\n`);
  } else {
    process.stdout.write(`${describeMachine(machine)}\n\n`);
    for (const [name, result] of Object.entries(results)) {
      process.stdout.write(`${BENCHMARKS[name].describe(result)}\n`);
    }
  }
  for (const failure of failures) process.stderr.write(`FAILED ${failure}\n`);
  if (failures.length > 0) process.exitCode = 1;
}
