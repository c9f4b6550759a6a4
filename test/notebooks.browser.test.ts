import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeSafetensors } from '@polysem/io';
import { generator, normal } from '@polysem/numerics/random';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, openBrowser, openPage } from './browser.ts';
import { missingModules, PYTHON } from './python.ts';

const skipped = hasBrowser
  ? missingModules(['numpy', 'anywidget', 'jupyterlab', 'ipykernel', 'marimo'])
  : ' (skipped: no browser)';
const source = join(import.meta.dirname, '../python/src');

const TRAINING =
  'model="compression", activation="relu", features=60, dims=10, importance=1, density=0.1, threads=1';

/** No password, no news, and the application as a variable of the page. */
const JUPYTERLAB = [
  '--IdentityProvider.token=',
  '--LabApp.expose_app_in_browser=True',
  '--LabApp.news_url=',
  '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate',
];

describe.skipIf(skipped !== '')(`polysem in notebooks, in a browser${skipped}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'polysem-notebooks-'));
  let browser: Browser;
  let server: ChildProcess | undefined;
  let page: Page;

  beforeAll(async () => {
    const g = generator(4);
    const random = (name: string, ...shape: readonly [number, number]) => ({
      name,
      shape,
      data: Float32Array.from({ length: shape[0] * shape[1] }, () => normal(g)),
    });
    const bias = { name: 'b_enc', shape: [80], data: new Float32Array(80) };
    const sae = encodeSafetensors([random('W_enc', 8, 80), random('W_dec', 80, 8), bias]);
    writeFileSync(join(folder, 'sae.safetensors'), sae);
    browser = await openBrowser();
  });
  afterEach(async () => {
    await page?.close();
    if (server !== undefined) await ended(server);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts a server of notebooks that knows nothing of the reader's own settings. */
  async function start(...words: string[]): Promise<string> {
    const port = await freePort();
    const home = join(folder, 'home');
    mkdirSync(home, { recursive: true });
    const env = {
      ...Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^JUPYTER|^IPYTHON/.test(name)),
      ),
      HOME: home,
      PYTHONPATH: source,
      PYTHONDONTWRITEBYTECODE: '1',
    };
    const child = spawn(PYTHON, [...words, `--port=${port}`], { cwd: folder, env });
    server = child;
    let log = '';
    await new Promise<void>((resolve, reject) => {
      const read = (text: Buffer): void => {
        log += text.toString();
        if (log.includes(`:${port}`)) resolve();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.on('exit', () => reject(new Error(log)));
    });
    return `http://127.0.0.1:${port}`;
  }

  /** The picture of a measurement is drawn, and the table has the decoder beside chance. */
  async function seesPicture(): Promise<void> {
    const picture = page.locator('.polysem img').first();
    await picture.waitFor();
    const width = await picture.evaluate((image) => (image as never as Drawn).naturalWidth);
    expect(width).toBeGreaterThan(300);
    const text = await page.locator('.polysem').first().innerText();
    expect(text).toContain('sae-decoder (W_dec): 80 features in 8 dimensions');
    expect(text).toMatch(/measured\s+0\.\d+ \(0\.\d+ to 0\.\d+\)/);
    expect(text).toMatch(/random Gaussian\s+0\.\d+/);
  }

  /** Selects the first feature of a list in the widget; returns its number. */
  async function selects(): Promise<number> {
    const lab = page.frameLocator('iframe[title="polysem lab"]');
    await lab.getByRole('heading', { level: 1, name: '80 latents share 8 dimensions' }).waitFor();
    const feature = lab.getByRole('table', { name: 'Most shared' }).getByRole('button').first();
    await feature.click();
    await lab.getByText('1 latent selected').waitFor();
    return Number((await feature.textContent())?.replace('#', ''));
  }

  it('shows a measurement, progress, an interruption and the lab in JupyterLab', async () => {
    const cells = [
      'import polysem\nr = polysem.measure("sae.safetensors")\nr',
      `polysem.train(${TRAINING}, steps=1_000_000)`,
      'lab = polysem.Lab("sae.safetensors")\nlab',
      'print("selected", lab.selection)',
    ].map((text, k) => {
      const cell = { id: `cell-${k}`, cell_type: 'code', source: text };
      return { ...cell, metadata: {}, outputs: [], execution_count: null };
    });
    const kernelspec = { name: 'python3', display_name: 'Python 3', language: 'python' };
    const notebook = { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells };
    writeFileSync(join(folder, 'book.ipynb'), JSON.stringify(notebook));
    const url = await start('-m', 'jupyterlab', '--allow-root', '--no-browser', ...JUPYTERLAB);
    page = await openPage(browser);
    const told = new Promise<void>((resolve) => {
      page.on('websocket', (socket) => {
        socket.on('framesent', ({ payload }) => {
          if (payload.includes('"selection"')) resolve();
        });
      });
    });
    await page.goto(`${url}/doc/tree/book.ipynb`);
    await page.getByText('Python 3 (ipykernel) | Idle').waitFor();
    /** Runs a cell without waiting for its end. */
    const run = (cell: number): Promise<void> =>
      page.evaluate((index) => {
        const app = (globalThis as never as { jupyterapp: JupyterApp }).jupyterapp;
        app.shell.currentWidget.content.activeCellIndex = index;
        void app.commands.execute('notebook:run-cell');
      }, cell);

    await run(0);
    await seesPicture();

    await run(1);
    await page.locator('.polysem-progress progress').waitFor();
    expect(trainings()).toHaveLength(1);
    await page.evaluate(() => {
      const app = (globalThis as never as { jupyterapp: JupyterApp }).jupyterapp;
      void app.commands.execute('notebook:interrupt-kernel');
    });
    await page.getByText('KeyboardInterrupt').first().waitFor();
    expect(await page.locator('.polysem-progress').count()).toBe(0);
    expect(trainings()).toEqual([]);

    await run(2);
    const chosen = await selects();
    // The selection is sent a moment after the lab shows it; the next cell that runs then comes after it.
    await told;
    await run(3);
    await page.getByText(`selected [${chosen}]`).waitFor();
  });

  it('shows a measurement, progress and the lab in marimo, where cells follow the selection', async () => {
    const app = `
import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
    import polysem
    return mo, polysem

@app.cell
def _(polysem):
    r = polysem.measure("sae.safetensors")
    r
    return

@app.cell
def _(polysem):
    t = polysem.train(${TRAINING}, steps=1000)
    return

@app.cell
def _(mo, polysem):
    lab = mo.ui.anywidget(polysem.Lab("sae.safetensors"))
    lab
    return (lab,)

@app.cell
def _(lab, mo):
    mo.md(f"selected {lab.value['selection']}")
    return
`;
    writeFileSync(join(folder, 'app.py'), app);
    const url = await start('-m', 'marimo', 'run', 'app.py', '--headless', '--no-token');
    page = await openPage(browser);
    await page.goto(url);
    await seesPicture();
    await page.getByText(/\d+% training, 4 restarts/).waitFor();
    const chosen = await selects();
    await page.getByText(`selected [${chosen}]`).waitFor();
  });

  /** Processes that train for a notebook of this test. */
  function trainings(): string[] {
    const all = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
    return all.filter((words) => words.includes('--steps=1000000'));
  }
});

/** The parts of the application that JupyterLab exposes and the tests use. */
interface JupyterApp {
  readonly shell: { readonly currentWidget: { readonly content: { activeCellIndex: number } } };
  readonly commands: { execute(name: string): Promise<void> };
}

/** An image of a page, whose width is 0 until it is drawn. */
interface Drawn {
  readonly naturalWidth: number;
}

/** A port that no program listens on. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.listen(0, '127.0.0.1', resolve);
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  return port;
}

/** Ends a server with the kernels that it started, and waits for that. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await exit;
  clearTimeout(timer);
}
