/* oxlint-disable no-await-in-loop -- one at a time, because they are timed */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openLab } from './lab/open-lab.mjs';
import { diagramSeconds, firstPicture, pageSteps, whileTraining } from './lab/page.mjs';
import { figures, table } from './table.mjs';

const program = fileURLToPath(new URL('../packages/polysem/bin/polysem.js', import.meta.url));
const run = promisify(execFile);

/** The network whose training is timed, as a link of the lab and as flags of `polysem train`; one start. */
const NETWORK = 'n=20&d=5&V=1&p=0.1&r=1&b=1024';
const FLAGS =
  'train --features 20 --dims 5 --model compression --activation relu --importance 1 --density 0.1 --seeds 1 --batch 1024 --lr 0.01 --seed 0 --threads 1 --json';
/** Steps of a long and of a short training: the difference leaves out the start of a process. */
const STEPS = { long: 40_000, short: 4_000 };

const AXES = 'x=importance=0.0625:64:32&y=density=1:0.01:32';
const PANELS = [
  { name: '32 x 32, quadratic', link: `m=computation&a=quadratic&${AXES}`, target: 2 },
  { name: '32 x 32, ReLU compression', link: AXES, target: 15 },
];

/** Targets of the other figures; they are shown beside the results and never fail. */
const TARGETS = { share: 0.6, frames: 30, task: 0.05, picture: 1, interactive: 2 };

/** Benchmarks the lab in a browser: steps per second beside the command line, frames, tasks, loading and diagrams. */
export async function benchLab({ runs, progress }) {
  const lab = await openLab();
  if (lab === null) {
    progress('no browser is installed; set POLYSEM_BROWSER');
    return { browser: null, failures: [] };
  }
  try {
    const steps = await benchSteps(lab, runs, progress);
    progress('frames while training');
    const training = await repeat(runs, () => whileTraining(lab, `${NETWORK}&steps=4000`));
    progress('loading');
    const loading = await repeat(runs, () => firstPicture(lab));
    const panels = [];
    for (const { name, link, target } of PANELS) {
      progress(`diagram, ${name}`);
      const times = await repeat(runs, () => diagramSeconds(lab, link));
      panels.push({ name, target, ...spread(times) });
    }
    return {
      browser: lab.version,
      steps,
      training: spreadOfEach(training),
      loading: spreadOfEach(loading),
      panels,
      failures: [],
    };
  } finally {
    await lab.close();
  }
}

/** Steps per second of the page and of the command line, in turns. */
async function benchSteps(lab, runs, progress) {
  const page = [];
  const commandLine = [];
  for (let k = 0; k < runs; k++) {
    progress(`steps per second, ${k + 1} of ${runs}`);
    page.push(STEPS.long / (await pageSteps(lab, `${NETWORK}&steps=${STEPS.long}`)));
    const seconds =
      (await commandLineSeconds(STEPS.long)) - (await commandLineSeconds(STEPS.short));
    commandLine.push((STEPS.long - STEPS.short) / seconds);
  }
  return { page: spread(page), commandLine: spread(commandLine) };
}

async function commandLineSeconds(steps) {
  const began = performance.now();
  await run(process.execPath, [program, ...FLAGS.split(' '), '--steps', String(steps)]);
  return (performance.now() - began) / 1000;
}

async function repeat(runs, measure) {
  const results = [];
  for (let k = 0; k < runs; k++) results.push(await measure());
  return results;
}

function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], min: sorted[0], max: sorted.at(-1) };
}

/** Spread of each member over a list of results. */
function spreadOfEach(results) {
  return Object.fromEntries(
    Object.keys(results[0]).map((name) => [name, spread(results.map((one) => one[name]))]),
  );
}

function row(name, value, target, unit = '') {
  return [
    name,
    `${figures(value.median)}${unit}`,
    `${figures(value.min)} - ${figures(value.max)}`,
    target,
  ];
}

/** The result as text. */
export function describeLab({ browser, steps, training, loading, panels }) {
  if (browser === null) return 'lab: no browser is installed\n';
  const share = steps.page.median / steps.commandLine.median;
  return table(
    `lab in Chromium ${browser}, beside the command line`,
    ['20 features in 5 dimensions', 'median', 'min - max', 'target'],
    [
      row('steps per second, page', steps.page, ''),
      row('steps per second, command line', steps.commandLine, ''),
      ['page / command line', figures(share), '', `at least ${TARGETS.share}`],
      row('pictures of the network per second', training.pictures, `at least ${TARGETS.frames}`),
      row('frames per second', training.frames, `at least ${TARGETS.frames}`),
      row('longest task while loading', training.loadingTask, '', ' s'),
      row('longest task while training', training.task, `at most ${TARGETS.task}`, ' s'),
      row('first picture', loading.picture, '', ' s'),
      row('first meaningful picture', loading.meaningful, `at most ${TARGETS.picture}`, ' s'),
      row('interactive', loading.interactive, `at most ${TARGETS.interactive}`, ' s'),
      ...panels.map(({ name, target, ...value }) =>
        row(`diagram, ${name}`, value, `at most ${target}`, ' s'),
      ),
    ],
  );
}
