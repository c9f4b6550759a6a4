// Tries the installed package in a browser: a page imports it as it is, without a bundler.
import { createReadStream, existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import process from 'node:process';
import { chromium } from 'playwright-core';
import { findBrowser } from '../browser.mjs';
import { output } from './project.mjs';

/** A program that predicts, reads a file and trains with two workers, given the address of each module. */
const program = (address, threads) => `
  import { allocateQuadratic, bytesSource, encodeNpy, readTensor, trainMany } from '${address('index')}';
  import { trainingDefaults } from '${address('training')}';
  import { openPool } from '${address(threads)}';
  const { capacity } = allocateQuadratic({ importance: [4, 2, 1, 0.5], kurtosis: 18, dims: 2 });
  const bytes = encodeNpy({ shape: [2], data: Float64Array.of(1, 2) });
  const { data } = await readTensor(bytesSource('w.npy', bytes));
  const model = { task: 'compression', activation: 'relu', features: 5, dims: 2, importance: [1, 1, 1, 1, 1] };
  const inputs = { shape: 'uniform', density: 0.1, unitVariance: false };
  const spec = { model, inputs, ...trainingDefaults(model), steps: 50, restarts: 2, seed: 3 };
  const pool = await openPool({ threads: 2, kernel: 'typescript' });
  const [{ loss }] = await trainMany([spec], pool);
  await pool.close();
  const result = { capacity: Array.from(capacity), data: Array.from(data), loss };`;

const inPage = (name) => `./node_modules/polysem/dist/${name}.js`;
const inNode = (name) => (name === 'index' ? 'polysem' : `polysem/${name}`);

const page = `<!doctype html>
<title>polysem</title>
<link rel="icon" href="data:,">
<script type="module">
${program(inPage, 'threads/browser')}
  window.result = result;
</script>`;

const TYPES = { '.html': 'text/html', '.js': 'text/javascript' };

/**
 * Runs a program in Node, by the names of the package, and in a page, by the addresses of its files.
 *
 * @param {{ folder: string }} project the project with the installed package.
 * @returns {Promise<boolean>} false without a browser.
 */
export async function tryPage({ folder }) {
  const text = `${program(inNode, 'threads')}\nconsole.log(JSON.stringify(result));`;
  writeFileSync(join(folder, 'program.mjs'), text);
  const expected = JSON.parse(output(process.execPath, ['program.mjs'], folder));
  if (findBrowser() === null) return false;
  const found = await openedPage(folder);
  if (JSON.stringify(found) !== JSON.stringify(expected))
    throw new Error(`the page gives ${JSON.stringify(found)}, Node ${JSON.stringify(expected)}`);
  return true;
}

/** Results that the page computes. */
async function openedPage(folder) {
  writeFileSync(join(folder, 'page.html'), page);
  const server = await serve(folder);
  const browser = await chromium.launch({
    executablePath: findBrowser(),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const tab = await browser.newPage();
    const failure = new Promise((_, reject) => {
      tab.on('pageerror', reject);
      tab.on('requestfailed', (request) => reject(new Error(`${request.url()} fails`)));
    });
    await tab.goto(`http://127.0.0.1:${server.address().port}/page.html`, { timeout: 0 });
    const done = tab.waitForFunction(() => window.result, null, { timeout: 0 });
    return await (await Promise.race([done, failure])).jsonValue();
  } finally {
    await browser.close();
    server.close();
  }
}

/** Serves the files of a folder on this machine. */
async function serve(folder) {
  const server = createServer((request, response) => {
    const path = normalize(join(folder, new URL(request.url, 'http://localhost').pathname));
    if (!path.startsWith(folder) || !existsSync(path)) return void response.writeHead(404).end();
    response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
    createReadStream(path).pipe(response);
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}
