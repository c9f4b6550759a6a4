import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import { version } from '@polysem/core/version';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderServer } from '../../../packages/cli/src/lab/folder-server.ts';
import { labFiles } from '../../../packages/cli/src/lab/lab-files.ts';
import { polysem } from '../../../packages/cli/test/polysem.ts';
import { hasBrowser } from '../../../test/browser.ts';
import { labFolder } from '../folder.js';
import { expectAccessible, labPages, trained } from './pages.ts';

interface FilesLab {
  readonly status: string;
  readonly kernel: string;
  readonly diagrams: {
    readonly status: string;
    readonly trained: { readonly capacity: Float64Array } | null;
    readonly predicted: { readonly capacity: Float64Array } | null;
  };
  readonly shown: { readonly capacity: Float64Array; readonly step: number } | null;
  readonly result: { readonly loss: number; readonly history: readonly unknown[] } | null;
  readonly isDiagramOfFile: boolean;
  readonly isNetworkOfFile: boolean;
}

describe.skipIf(!hasBrowser)('files of results', () => {
  const pages = labPages();
  const folder = mkdtempSync(join(tmpdir(), 'polysem-'));
  const path = (name: string): string => join(folder, name);
  const servers: Server[] = [];

  beforeAll(() => {
    mkdirSync(folder, { recursive: true });
    const run = (text: string): string => {
      const { code, stdout, stderr } = polysem(text.split(' '), folder);
      if (code !== 0) throw new Error(stderr);
      return stdout;
    };
    const axes = '--importance 0.25:4:3 --density 1:0.1:2 --seed 3';
    writeFileSync(path('phase.json'), run(`phase --features 3 --dims 1 ${axes} --trained --json`));
    writeFileSync(
      path('grid.json'),
      run(
        `phase --model compression --no-bias --features 3 --dims 1 ${axes} --seeds 2 --batch 64 --json`,
      ),
    );
    const model = '--model compression --activation relu --importance 1,1,1,1,1 --dims 2';
    const training = '--density 0.1 --steps 60 --batch 64 --seeds 2 --seed 5 --history 7';
    const trainedFiles = `train ${model} ${training} --out t.safetensors --json`;
    writeFileSync(path('train.json'), run(trainedFiles));
    writeFileSync(path('measure.json'), run('measure t.safetensors --json'));
    writeFileSync(path('damaged.json'), '{"spec": {"features": 300, "dims": 2}}');
  });
  afterAll(() => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
    rmSync(folder, { recursive: true });
  });

  /** Opens a file as `polysem lab FILE` does. */
  async function serve(name: string, more = ''): Promise<Page> {
    const { files, hash } = await labFiles(path(name));
    const server = folderServer(await labFolder(), files);
    servers.push(server);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    return pages.open(hash.slice(1) + more, { base });
  }
  async function drop(page: Page, name: string): Promise<void> {
    const bytes = Array.from(readFileSync(path(name)));
    await page.evaluate(
      (given) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(given.bytes)], given.name));
        document.body.dispatchEvent(
          new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }),
        );
      },
      { bytes, name: basename(name) },
    );
  }
  const waitFor = (page: Page, flag: 'isDiagramOfFile' | 'isNetworkOfFile', value: boolean) =>
    page.waitForFunction(
      ([name, wanted]) =>
        (globalThis as never as { lab: FilesLab }).lab[name as 'isDiagramOfFile'] === wanted,
      [flag, value] as const,
    );
  const shown = (page: Page) =>
    page.evaluate(() => {
      const { lab } = globalThis as never as { lab: FilesLab };
      return {
        status: lab.status,
        diagramStatus: lab.diagrams.status,
        trained: Array.from(lab.diagrams.trained?.capacity ?? []),
        predicted: Array.from(lab.diagrams.predicted?.capacity ?? []),
        capacity: Array.from(lab.shown?.capacity ?? []),
        loss: lab.result?.loss,
        history: lab.result?.history.length,
        isDiagramOfFile: lab.isDiagramOfFile,
        isNetworkOfFile: lab.isNetworkOfFile,
      };
    });
  const json = (name: string) =>
    JSON.parse(readFileSync(path(name), 'utf8')) as {
      capacity: number[];
      trained: { capacity: number[] };
      loss: number;
    };

  it('shows the diagram of phase --trained, and keeps it while cells are chosen', async () => {
    const page = await serve('phase.json');
    await waitFor(page, 'isDiagramOfFile', true);
    const file = json('phase.json');
    expect(await shown(page)).toMatchObject({
      diagramStatus: 'done',
      predicted: file.capacity,
      trained: file.trained.capacity,
    });
    await page.getByText(`phase.json polysem ${version}, seed 3. Its diagram is shown`).waitFor();
    const map = page.getByRole('application', { name: /Capacity of feature 0, trained/ });
    await map.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    expect((await shown(page)).isDiagramOfFile).toBe(true);
    await trained(page);
    // A link with other settings keeps them, and shows the file where they are its own.
    await expect.poll(() => page.url()).toContain('file=weights%2Fphase.json');
    await page.reload();
    await waitFor(page, 'isDiagramOfFile', true);
  });

  it('shows a diagram of any model, names what the lab lacks, and trains it on request', async () => {
    const page = await pages.open('x=importance=0.5:2:2&y=density=1:0.5:2&steps=20&r=1&b=32');
    await drop(page, 'grid.json');
    await waitFor(page, 'isDiagramOfFile', true);
    const { trained: cells, isNetworkOfFile } = await shown(page);
    expect(cells).toEqual(json('grid.json').capacity);
    expect(isNetworkOfFile).toBe(false);
    await page.getByText('the lab does not have: no bias, rows 64, restarts 2').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Train here' }).click();
    await waitFor(page, 'isDiagramOfFile', false);
    expect(await page.getByText('grid.json').count()).toBe(0);
  });

  it('shows a trained network of either kind of file with its timeline, and trains it here', async () => {
    const page = await serve('t.safetensors');
    await waitFor(page, 'isNetworkOfFile', true);
    const file = json('train.json');
    const first = await shown(page);
    expect(first).toMatchObject({ status: 'done', loss: file.loss, capacity: file.capacity });
    expect(first.history).toBe(7);
    await page.getByText('From the file. Best of 2 starts.').waitFor();
    await page.getByRole('slider', { name: 'Step shown' }).focus();
    await page.keyboard.press('Home');
    await page.getByText('step 0', { exact: true }).waitFor();
    // The diagram of 31 x 33 cells beside it is trained here, and not needed.
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByRole('button', { name: 'Start again' }).click();
    await trained(page);
    const own = await shown(page);
    expect(own.isNetworkOfFile).toBe(false);
    own.capacity.forEach((c, i) => expect(c).toBeCloseTo(file.capacity[i], 3));
    await drop(page, 'train.json');
    await waitFor(page, 'isNetworkOfFile', true);
    const again = await shown(page);
    expect(again).toMatchObject({ loss: first.loss, capacity: first.capacity, history: 7 });
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await drop(page, 't.safetensors');
    await waitFor(page, 'isNetworkOfFile', true);
    await page.getByRole('button', { name: 'Measure its weights' }).click();
    await page.getByRole('heading', { name: '5 inputs share 2 dimensions' }).waitFor();
  });

  it('shows the figures of measure --json, and says what the file lacks', async () => {
    const page = await serve('measure.json');
    await page.getByRole('heading', { name: '5 features share 2 dimensions' }).waitFor();
    await page
      .getByText(`figures of t.safetensors by polysem ${version}, not measured again`)
      .waitFor();
    await page
      .getByText('The file lacks the spectrum; the comparison with the same spectrum.')
      .waitFor();
    await page.getByRole('heading', { name: 'Most shared' }).waitFor();
    await expect
      .poll(() => page.locator('.command').textContent())
      .toBe('npx polysem measure t.safetensors --tensor W --features columns --baseline gaussian');
    await expectAccessible(page);
  });

  it('says in one line why a file is not shown, and keeps the page', async () => {
    const page = await pages.open('x=importance=0.5:2:2&y=density=1:0.5:2&steps=20&r=1&b=32');
    await drop(page, 'damaged.json');
    await page
      .getByRole('alert')
      .getByText('damaged.json: spec.features is 300, but the lab shows 1 to 200')
      .waitFor();
    await trained(page);
    const missing = await serve('measure.json', '&file=weights%2Fnone.json');
    await missing.getByRole('heading', { level: 1 }).waitFor();
  });
});
