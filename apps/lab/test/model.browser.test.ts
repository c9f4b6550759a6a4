import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { encodeNpy, encodeSafetensors } from '@polysem/io';
import { generator, normal } from '@polysem/numerics/random';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { folderServer } from '../../../packages/cli/src/lab/folder-server.ts';
import { labFiles } from '../../../packages/cli/src/lab/lab-files.ts';
import { hasBrowser } from '../../../test/browser.ts';
import { labFolder } from '../folder.js';
import { expectAccessible, labPages } from './pages.ts';
import { program } from '../../../test/program.ts';

const run = promisify(execFile);

/** Figures that the page and the command line both give. */
interface Figures {
  readonly features: number;
  readonly dims: number;
  readonly efficiency: number;
  readonly efficiencyInterval: number[];
  readonly coherence: number | null;
  readonly references: readonly { readonly name: string; readonly figures: object }[];
  readonly perFeature: { readonly capacity: number[]; readonly leverage: number[] };
}

/** Writes a header, and zeros that take no space on the disk. */
function sparseSafetensors(path: string, shape: readonly [number, number]): void {
  const bytes = 4 * shape[0] * shape[1];
  const header = JSON.stringify({ W: { dtype: 'F32', shape, data_offsets: [0, bytes] } });
  const size = 8 * Math.ceil(header.length / 8);
  const start = Buffer.alloc(8 + size, ' ');
  start.writeBigUInt64LE(BigInt(size));
  start.write(header, 8);
  writeFileSync(path, start);
  truncateSync(path, start.length + bytes);
}

const g = generator(3);
const random = (rows: number, columns: number) => ({
  shape: [rows, columns],
  data: Float32Array.from({ length: rows * columns }, (_, i) => normal(g) * (1 + (i % 7))),
});

describe.skipIf(!hasBrowser)('the page of a model', () => {
  const folder = mkdtempSync(join(tmpdir(), 'polysem-'));
  const write = (name: string, bytes: Uint8Array | string): string => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };
  const words = Array.from({ length: 60 }, (_, i) => `word${String.fromCharCode(97 + (i % 26))}`);
  const bert = write(
    'model.safetensors',
    encodeSafetensors([{ name: 'embeddings.word_embeddings.weight', ...random(60, 12) }]),
  );
  const vocabulary = write('vocab.txt', `${words.join('\n')}\n`);
  const plain = write('plain.npy', encodeNpy(random(40, 9)));
  const holes = random(40, 9);
  holes.data[7 * 9 + 2] = NaN;
  const holed = write('holed.npy', encodeNpy(holes));
  const dictionary = write(
    'sae.safetensors',
    encodeSafetensors([
      { name: 'W_enc', ...random(9, 40) },
      { name: 'W_dec', ...random(40, 9) },
      { name: 'b_enc', shape: [40], data: new Float32Array(40) },
    ]),
  );
  const doubtful = write('doubtful.csv', 'n,a,b\n0,1,2\n1,3,1\n2,-1,4\n3,2,2\n4,1,0\n');
  // Only the header of a matrix that is too wide is read: its numbers are a hole in the file.
  const wide = write('wide.safetensors', '');
  sparseSafetensors(wide, [10_001, 10_001]);
  const broken = write('broken.safetensors', readFileSync(bert).subarray(0, 900));

  const pages = labPages();
  afterAll(() => rmSync(folder, { recursive: true }));

  const done = async (page: Page): Promise<void> => {
    await page.waitForFunction(() => {
      const { model } = (globalThis as never as { lab: { model: Record<string, unknown> | null } })
        .lab;
      return model?.status === 'done' && model.isHashed === true;
    });
  };
  const shown = (page: Page): Promise<Figures> =>
    page.evaluate(() => {
      const { model } = (globalThis as never as { lab: { model: never } }).lab as {
        model: {
          figures: Figures & { summary: Figures; capacity: Float64Array; leverage: Float64Array };
          neighbours: { coherence: number } | null;
        };
      };
      const { summary, references, capacity, leverage } = model.figures;
      return {
        ...summary,
        coherence: model.neighbours?.coherence ?? null,
        references,
        perFeature: { capacity: Array.from(capacity), leverage: Array.from(leverage) },
      };
    });
  /** The numbers of the command on the card. */
  const commandLine = async (page: Page): Promise<Figures> => {
    const command = (await page.locator('.command').textContent())!;
    const [npx, polysem, ...rest] = command.split(' ');
    expect([npx, polysem]).toEqual(['npx', 'polysem']);
    const { stdout } = await run(process.execPath, [program, ...rest, '--json'], { cwd: folder });
    return JSON.parse(stdout) as Figures;
  };
  const expectSame = (found: Figures, expected: Figures): void => {
    for (const name of [
      'features',
      'dims',
      'efficiency',
      'efficiencyInterval',
      'coherence',
    ] as const)
      expect(found[name], name).toEqual(expected[name]);
    expect(found.perFeature.capacity).toEqual(expected.perFeature.capacity);
    expect(found.perFeature.leverage).toEqual(expected.perFeature.leverage);
    expect(found.references.map(({ name, figures }) => ({ name, figures }))).toEqual(
      expected.references.map(({ name, figures }) => ({ name, figures })),
    );
  };
  const drop = async (page: Page, ...paths: string[]): Promise<void> => {
    const files = paths.map((path) => ({
      name: basename(path),
      bytes: Array.from(readFileSync(path)),
    }));
    await page.evaluate((given) => {
      const data = new DataTransfer();
      for (const { name, bytes } of given) data.items.add(new File([Uint8Array.from(bytes)], name));
      document.body.dispatchEvent(
        new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }),
      );
    }, files);
  };

  it('measures dropped safetensors with their vocabulary to the numbers of the command on its card', async () => {
    const page = await pages.open('page=lab&steps=1&r=1&b=8&x=importance=1:2:2&y=density=1:0.5:2');
    await drop(page, bert, vocabulary);
    await done(page);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(
      '60 tokens share 12 dimensions',
    );
    // The address follows a moment later.
    await page.waitForFunction(() => location.hash.includes('page=model'));
    expectSame(await shown(page), await commandLine(page));
    const names = await page
      .getByRole('table', { name: 'Most private' })
      .getByRole('button')
      .allTextContents();
    expect(names.every((name) => words.includes(name))).toBe(true);

    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'SVG' }).click();
    const svg = readFileSync(await (await saving).path(), 'utf8');
    const hash = createHash('sha256').update(readFileSync(bert)).digest('hex');
    expect(svg).toContain(`sha256 ${hash}`);
    expect(svg.replaceAll(/<[^>]*>|\s+/g, ' ')).toContain('--preset token-embedding');
    const savingPng = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save PNG' }).click();
    const png = readFileSync(await (await savingPng).path());
    expect(png.subarray(1, 4).toString()).toBe('PNG');

    await page.getByRole('button', { name: 'Lab', exact: true }).click();
    await page.getByRole('button', { name: 'Your model' }).click();
    await page.getByRole('heading', { name: '60 tokens share 12 dimensions' }).waitFor();
  });

  it('asks for the axis of a chosen npy file, and measures it as the command line', async () => {
    const page = await pages.open('page=model');
    await page.getByLabel('Files of weights').setInputFiles(plain);
    await page.getByRole('button', { name: /^columns of plain 9 features in 40/ }).waitFor();
    await page.getByRole('button', { name: /^rows of plain 40 features in 9/ }).click();
    await done(page);
    expectSame(await shown(page), await commandLine(page));
    const bar = page.getByRole('slider', { name: /Bar of the histogram/ });
    await bar.focus();
    await page.keyboard.press('End');
    expect(await bar.getAttribute('aria-valuetext')).toMatch(/^capacity .* features$/);
  });

  it('leaves out features that hold NaN, centres and scales as the command line', async () => {
    const page = await pages.open('page=model');
    await page.getByLabel('Files of weights').setInputFiles(holed);
    await page.getByRole('button', { name: /^rows of holed/ }).click();
    await page.getByRole('button', { name: 'Leave such features out' }).click();
    await page.getByText('1 feature is left out because it holds NaN or infinity: #7').waitFor();
    await page.getByText('Vectors without those that hold NaN').click();
    await page.getByLabel('Subtract the mean vector').click();
    await page.getByLabel('Scale vectors to unit length').click();
    await done(page);
    // The address follows a moment later.
    await page.waitForFunction(() => location.hash.includes('how=skip-bad,centre,normalise'));
    expectSame(await shown(page), await commandLine(page));
    // Features keep the numbers that they have in the file.
    const named = page.getByRole('table', { name: 'Most private' }).getByRole('button');
    await page.getByRole('button', { name: /^More of: Most private/ }).click();
    const names = await named.allTextContents();
    expect(names).toContain('#39');
    expect(names).not.toContain('#7');
  });

  it('measures the decoder of a dictionary first, and its encoder with norms unfolded on request', async () => {
    const page = await pages.open('page=model');
    await page.getByLabel('Files of weights').setInputFiles(dictionary);
    await page.getByRole('heading', { name: 'sae-decoder' }).waitFor();
    await page
      .getByRole('combobox', { name: 'Matrix' })
      .selectOption({ label: 'sae-encoder (40 in 9)' });
    await page.getByText('Vectors with norms folded in').click();
    await page.getByLabel('Leave norms unfolded').click();
    await page.getByRole('heading', { name: 'sae-encoder' }).waitFor();
    await done(page);
    expect(await page.locator('.command').textContent()).toContain('--no-fold');
    expectSame(await shown(page), await commandLine(page));
  });

  it('asks what the first column of a table is, if that is in doubt', async () => {
    const page = await pages.open('page=model');
    await page.getByLabel('Files of weights').setInputFiles(doubtful);
    await page.getByText('doubtful.csv: the first column, "n", counts the rows').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'It is an index or names the rows' }).click();
    await page.getByRole('button', { name: /^rows of doubtful 5 features in 2/ }).click();
    await done(page);
    expect(await page.locator('.command').textContent()).toContain('--index-column 0');
    expectSame(await shown(page), await commandLine(page));
  });

  it('names the command for a matrix that is too wide for a page', async () => {
    const page = await pages.open('page=model');
    await page.getByLabel('Files of weights').setInputFiles(wide);
    await page.getByRole('button', { name: /^rows of W / }).click();
    const alert = page.getByRole('alert');
    await alert.getByText('10,001 features in 10,001 dimensions need about 3 GB').waitFor();
    expect(await alert.textContent()).toContain(
      'npx polysem measure wide.safetensors --tensor W --features rows',
    );
  });

  it('says in one line what is wrong with a file, and opens the next', async () => {
    const page = await pages.open('page=model');
    await page.getByLabel('Files of weights').setInputFiles(broken);
    const line = await page.getByRole('alert').textContent();
    expect(line).toMatch(/^broken\.safetensors: .*(?:truncated|damaged)/);
    await page.getByLabel('Files of weights').setInputFiles(vocabulary);
    await page.getByText('vocab.txt: holds names, but no weights').waitFor();
    await page.getByLabel('Or type an address').fill('model.npy');
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await page.getByText('Type an address such as hf://owner/model').waitFor();
    await page.getByRole('button', { name: /A synthetic SAE decoder/ }).click();
    await done(page);
    await page.getByRole('heading', { name: '512 latents share 64 dimensions' }).waitFor();
  });

  it('opens the file that polysem lab serves, from its link', async () => {
    const { files, hash } = await labFiles(bert);
    const own = folderServer(await labFolder(), files);
    await new Promise<void>((resolve) => {
      own.listen(0, '127.0.0.1', resolve);
    });
    const base = `http://127.0.0.1:${(own.address() as AddressInfo).port}/`;
    const page = await pages.open(hash.slice(1), { base });
    await done(page);
    const found = await shown(page);
    expectSame(found, await commandLine(page));
    // The vocabulary beside it names the tokens.
    expect(await page.locator('.command').textContent()).toContain('--labels vocab.txt');
    await page.close();
    own.close();
    own.closeAllConnections();
  });

  it('fetches ranges of a model on the hub, and only after its link was opened by hand', async () => {
    const page = await pages.open('page=model');
    const bytes = readFileSync(bert);
    const asked: string[] = [];
    await page.route('https://huggingface.co/**', (route) => {
      const request = route.request();
      const headers = { 'access-control-allow-origin': '*', 'access-control-expose-headers': '*' };
      if (!request.url().endsWith('model.safetensors'))
        return route.fulfill({ status: 404, headers });
      const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers().range ?? '') ?? [];
      asked.push(`${from}-${to}`);
      const end = Math.min(Number(to), bytes.length - 1);
      const range = { 'content-range': `bytes ${from}-${end}/${bytes.length}`, etag: '"1"' };
      return route.fulfill({
        status: 206,
        headers: { ...headers, ...range },
        body: bytes.subarray(Number(from), end + 1),
      });
    });
    await page.goto(`${pages.url}#page=model&w=hf://owner/model`);
    const field = page.getByLabel('Or type an address');
    await page.waitForFunction(() => document.querySelector('form input') !== null);
    expect(asked).toEqual([]);
    await field.fill('hf://owner/model');
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await done(page);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked).not.toContain('undefined-undefined');
    await page.getByRole('heading', { name: '60 tokens share 12 dimensions' }).waitFor();
    expect(await page.locator('.command').textContent()).toContain('hf://owner/model');
    // Requests to the hub, and files that it does not have.
    pages.problems.length = 0;
  });

  it('can be stopped while it measures a file, and begun again', async () => {
    const large = write('large.npy', encodeNpy(random(24_000, 256)));
    const page = await pages.open('page=model');
    await page.getByLabel('Files of weights').setInputFiles(large);
    await page.getByRole('button', { name: /^rows of large/ }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('heading', { name: 'Choose a matrix' }).waitFor();
    await page.getByRole('button', { name: /^rows of large/ }).click();
    await page.getByRole('heading', { name: 'The budget' }).waitFor();
  });

  it.each([
    ['dark', 1440],
    ['light', 390],
  ] as const)('has no faults of accessibility and fits: %s, %i px', async (colorScheme, width) => {
    const page = await pages.open('page=model&w=example:bytes', {
      colorScheme,
      viewport: { width, height: 844 },
    });
    await done(page);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(
      '257 bytes share 64 dimensions',
    );
    await page.getByText('Vectors as stored').click();
    await expectAccessible(page);
  });
});
