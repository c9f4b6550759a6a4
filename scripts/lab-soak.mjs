// Uses the lab at random for a long time, and says whether its memory grows: npm run lab-soak -- [--minutes 60] [--seed 1] [--snapshots FOLDER]
//
// First the parts of the page are opened once. Then, every half minute, the page goes to the same state and is measured after
// garbage collection: objects and their bytes, typed arrays (buffers), DOM nodes, listeners, workers. Growth is the slope of the
// least-squares line through the measurements; its uncertainty is two standard errors. The first fifth and the first 250 actions
// are left out. A page may grow by an eighth per hour, so that it at most doubles in a working day; nodes may grow by another
// twentieth in all, because the template of a rare part is parsed and kept when the part is first shown. Compiled code is
// reported and not judged, because the engine compiles for hours what is used (lab-soak/heap.mjs). The exit status is 1 if growth
// exceeds this bound by more than its uncertainty, if the number of workers differs, or if the page reports an error. --snapshots
// writes the heaps of the first and the last judged measurement, which the developer tools of the browser compare.
//
// The browser can hold a part of the page that was removed: its drag controller kept 791 nodes and 113 listeners once, as one step
// in half an hour. Such a step fails the run although the page keeps nothing; the last snapshot says who holds the nodes.
/* oxlint-disable no-await-in-loop -- a visitor does one thing after the other */
import process from 'node:process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { generator, integerBelow, uniform } from '@polysem/numerics/random';
import { openLab } from '../bench/lab/open-lab.mjs';
import { heapOf } from './lab-soak/heap.mjs';
import { growth, judge } from './lab-soak/judge.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    snapshots: { type: 'string' },
  },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (!(minutes >= 6) || !Number.isInteger(seed)) {
  process.stderr.write(
    'usage: npm run lab-soak -- [--minutes 60] [--seed 1] [--snapshots FOLDER]; at least 6 minutes\n',
  );
  process.exit(2);
}

/** Measurements that are judged, with the fraction by which first uses may add to each in all. */
const JUDGED = { objects: 0, data: 0, buffers: 0, nodes: 1 / 20, listeners: 0 };
/** Actions at the start that are left out, at least. */
const WARM_UP = 250;
/** Milliseconds of random use between two measurements. */
const BETWEEN = 20_000;
/** The states in which the page is measured: a model was opened, and a small network and diagram are trained. */
const MODEL = 'v=1&page=model&w=example:bytes';
const SMALL = 'v=1&x=importance=0.25:4:3&y=density=1:0.1:3&steps=200&r=2&b=64&seed=';
/** Links to the parts of the page that are loaded when they are first needed. */
const PARTS = [
  `${SMALL}1&hold=0:0.5`,
  `${SMALL}1&pin=v=1;n=5;d=2;steps=200;r=2;b=64`,
  `${SMALL}1&n=4&d=2&m=computation&a=quadratic&published=1`,
  `${SMALL}1&n=99`,
  'v=1&page=model&w=example:sae',
  ...Array.from({ length: 9 }, (_, k) => `v=1&guide=${k + 1}`),
];

const examples = fileURLToPath(new URL('../apps/lab/public/examples/', import.meta.url));
const files = readdirSync(examples).filter((name) => name.endsWith('.safetensors'));

const random = generator(seed);
const oneOf = (list) => list[integerBelow(random, list.length)];

/** A link to a random state; some parts are wrong. */
function randomLink() {
  const features = 1 + integerBelow(random, 12);
  const parts = [
    `n=${features}`,
    `d=${1 + integerBelow(random, 6)}`,
    `m=${oneOf(['compression', 'computation', 'vector-computation', 'nonsense'])}`,
    `a=${oneOf(['relu', 'quadratic', 'gelu', 'linear', 'tanh'])}`,
    `V=${oneOf(['0.3', '1', '5', '1,2,3'])}`,
    `p=${oneOf(['1', '0.2', '0.02', '7'])}`,
    `view=${oneOf(['both', 'difference', 'phases'])}`,
    `hold=${integerBelow(random, 6)}:0.${integerBelow(random, 10)}`,
    `guide=${1 + integerBelow(random, 9)}`,
    `page=${oneOf(['lab', 'model'])}`,
    `w=${oneOf(['example:bytes', 'example:sae'])}`,
    `x=${oneOf(['importance=0.1:10:5', 'features=2:8:4'])}`,
    `steps=${oneOf(['50', '2000'])}`,
    `seed=${integerBelow(random, 100)}`,
  ];
  return ['v=1', ...parts.filter(() => uniform(random) < 0.3)].join('&');
}

/** A point of a random visible element that matches; null if there is none. */
async function randomPlace(page, selector) {
  const places = await page.evaluate(
    (wanted) =>
      [...document.querySelectorAll(wanted)].flatMap((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return width === 0 || element.disabled === true ? [] : [{ x, y, width, height }];
      }),
    selector,
  );
  if (places.length === 0) return null;
  const { x, y, width, height } = oneOf(places);
  return [x + uniform(random) * width, y + uniform(random) * height];
}

/** What a visitor does, each as often as the others. */
const actions = {
  click: async (page) => {
    const place = await randomPlace(
      page,
      'button, select, summary, [role="listitem"], [role="tab"]',
    );
    if (place !== null) await page.mouse.click(...place);
  },
  pointer: async (page) => {
    const place = await randomPlace(page, 'canvas, svg, [role="application"], [role="slider"]');
    if (place === null) return;
    await page.mouse.move(...place);
    await page.mouse.down();
    await page.mouse.move(
      place[0] + 80 * (uniform(random) - 0.5),
      place[1] + 30 * (uniform(random) - 0.5),
      {
        steps: 4,
      },
    );
    await page.mouse.up();
  },
  type: async (page) => {
    const place = await randomPlace(page, 'input:not([type="file"])');
    if (place === null) return;
    await page.mouse.click(...place);
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(oneOf(['1', '2', '5', '0.3', '40', 'x']));
    await page.keyboard.press('Enter');
  },
  key: async (page) => {
    const keys = ['Space', '.', 'r', '0', '1', '2', 'h', '[', ']', 'Escape', 'Escape', 'Enter'];
    const turns = [
      'Tab',
      'ArrowLeft',
      'ArrowRight',
      'ArrowUp',
      'ArrowDown',
      'Shift+ArrowRight',
      'Home',
      'End',
    ];
    await page.keyboard.press(oneOf([...keys, ...turns]));
  },
  link: async (page) => page.evaluate((link) => (location.hash = link), randomLink()),
  // Within the page: a handle by which the browser is told of a file would keep the element alive.
  file: async (page) =>
    page.evaluate(async (name) => {
      const response = await fetch(`examples/${name}`);
      const transfer = new DataTransfer();
      transfer.items.add(new File([await response.blob()], name));
      const input = document.querySelector('input[type="file"]');
      if (input === null) {
        window.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }));
        return;
      }
      input.files = transfer.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    }, oneOf(files)),
};

/** Waits until the page of a link is complete. A file that was dropped before may open after the link, which is then followed again. */
async function settle(page, link, isDone) {
  for (let k = 0; k < 3; k++) await page.keyboard.press('Escape');
  for (let attempt = 1; ; attempt++) {
    await page.evaluate((to) => (location.hash = to), link);
    try {
      await page.waitForFunction(isDone, undefined, { timeout: 20_000 });
      return;
    } catch (error) {
      if (attempt === 15) throw error;
    }
  }
}

/** Goes to the state in which the page is measured, and measures it after garbage collection. */
async function measure(page, session, seedOfState) {
  await settle(page, SMALL + seedOfState, () => globalThis.lab.state.page === 'lab');
  // So that the link opens the example, and none of the visitor's choices remain.
  await page.evaluate(() => globalThis.lab.model?.close());
  await settle(page, MODEL, () => {
    const { model } = globalThis.lab;
    return model?.status === 'done' && model.place.name === 'magika-bytes.safetensors';
  });
  await settle(
    page,
    // Of another seed, so that training that a visitor paused begins again.
    SMALL + seedOfState,
    () => globalThis.lab.status === 'done' && globalThis.lab.diagrams.status === 'done',
  );
  // Workers that are no longer needed end within this time.
  await page.waitForTimeout(1500);
  const heap = await heapOf(session);
  const { metrics } = await session.send('Performance.getMetrics');
  const metric = (name) => metrics.find((one) => one.name === name).value;
  return {
    ...heap,
    nodes: metric('Nodes'),
    listeners: metric('JSEventListeners'),
    workers: page.workers().length,
  };
}

/** Opens the parts of the page once. */
async function visitParts(page) {
  for (const link of PARTS) {
    await page.evaluate((to) => (location.hash = to), link);
    await page.waitForTimeout(1000);
  }
  await page.evaluate((to) => (location.hash = to), `${SMALL}1`);
  await page.getByRole('button', { name: 'Copy as' }).click();
  await page.waitForTimeout(1000);
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
/** A measurement in words. */
function wordsOf({ objects, data, buffers, code, nodes, listeners, workers }) {
  const sizes = `data ${megabytes(data)}, buffers ${megabytes(buffers)}, code ${megabytes(code)}`;
  return `${objects} objects, ${sizes}, ${nodes} nodes, ${listeners} listeners, ${workers} workers`;
}
const print = (text) => process.stdout.write(`${text}\n`);

const lab = await openLab();
if (lab === null) throw new Error('no browser is installed; set POLYSEM_BROWSER');
const problems = [];
const page = await lab.open(`${SMALL}0`);
page.on('pageerror', (error) => problems.push(error.stack ?? error.message));
page.on('console', (message) => {
  if (['error', 'warning'].includes(message.type())) problems.push(message.text());
});
page.on('download', (download) => void download.cancel());
const session = await page.context().newCDPSession(page);
await session.send('Performance.enable');

const began = performance.now();
const points = [];
let done = 0;
let told = 0;
await visitParts(page);
while (performance.now() - began < minutes * 60_000) {
  const until = performance.now() + BETWEEN;
  while (performance.now() < until) {
    const name = oneOf(Object.keys(actions));
    await actions[name](page);
    await page.waitForTimeout(50 + 300 * uniform(random));
    done++;
  }
  const hours = (performance.now() - began) / 3_600_000;
  const { text, ...measured } = await measure(page, session, 1000 + points.length);
  const point = { hours, actions: done, ...measured };
  points.push(point);
  if (isJudged(point)) keepSnapshot(text);
  print(`${(60 * point.hours).toFixed(1)} min, ${done} actions: ${wordsOf(point)}`);
  for (const problem of problems.slice(told)) print(`  page: ${problem}`);
  told = problems.length;
}
await lab.close();

const kept = points.filter(isJudged);
if (kept.length < 3) print(`too short to judge growth: only ${kept.length} measurements are kept`);
const isGrowing = kept.length >= 3 && isAtFault(kept);
if (isGrowing || problems.length > 0) process.exitCode = 1;

/** True for a measurement after the warm-up. */
function isJudged({ hours, actions: count }) {
  return count >= WARM_UP && hours >= minutes / 60 / 5;
}

/** Writes a snapshot of the heap: the first stays, and the last replaces those between. */
function keepSnapshot(text) {
  if (values.snapshots === undefined) return;
  mkdirSync(values.snapshots, { recursive: true });
  const name = points.filter(isJudged).length === 1 ? 'first' : 'last';
  writeFileSync(join(values.snapshots, `${name}.heapsnapshot`), text);
}

/** Prints the growth of each series; true if one grows beyond its bound, or workers remain. */
function isAtFault(measured) {
  const hours = measured.map((point) => point.hours);
  const series = (name) => measured.map((point) => point[name]);
  const failures = Object.entries(JUDGED).map(([name, firstUses]) => {
    const { slope, error, median, bound, isOver } = judge(hours, series(name), firstUses);
    const show = name === 'data' || name === 'buffers' ? megabytes : (value) => value.toFixed(0);
    const rate = `${show(slope)} ± ${show(error)} per hour`;
    print(
      `${isOver ? 'FAIL' : 'ok  '} ${name}: ${rate}, at most ${show(bound)}; median ${show(median)}`,
    );
    return isOver;
  });
  const code = growth(hours, series('code'));
  print(`     code: ${megabytes(code.slope)} ± ${megabytes(code.error)} per hour, not judged`);
  const workers = [...new Set(series('workers'))];
  print(`${workers.length > 1 ? 'FAIL' : 'ok  '} workers: ${workers.join(', ')}`);
  return failures.includes(true) || workers.length > 1;
}
