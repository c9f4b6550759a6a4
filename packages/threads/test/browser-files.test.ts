/* oxlint-disable no-await-in-loop -- one measurement at a time */
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { generator, normal } from '@polysem/numerics/random';
import { measureStream, type StreamMeasurement } from '@polysem/core/streaming';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, openBrowser, openPage } from '../../../test/browser.ts';
import {
  bytesSource,
  encodeNpy,
  encodeSafetensors,
  featureSource,
  openTensors,
} from '../../io/src/index.ts';
import { openPool } from '../src/node.ts';
import { serveSite } from './site.ts';

const g = generator(8);
const random = (...shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape[0] * shape[1] }, () => normal(g)),
});
const fixture = (name: string): Uint8Array =>
  readFileSync(new URL(`../../io/test/fixtures/${name}`, import.meta.url));

/** Files, and the tensor of each that is measured. */
const FILES: Readonly<Record<string, { bytes: Uint8Array; tensor: string }>> = {
  // Has enough features to be read in several chunks.
  'large.npy': { bytes: encodeNpy(random(3000, 64)), tensor: 'large' },
  'a.safetensors': { bytes: encodeSafetensors([{ name: 'w', ...random(50, 8) }]), tensor: 'w' },
  'torch.pt': { bytes: fixture('torch.pt'), tensor: 'state_dict.encoder.weight' },
  'm.gguf': { bytes: fixture('little-endian.gguf'), tensor: 'Q4_0' },
  'm.onnx': { bytes: fixture('plain.onnx'), tensor: 'f16' },
  'deflated.npz': { bytes: fixture('deflated.npz'), tensor: 'W' },
  'numbers.csv': { bytes: new TextEncoder().encode('1,2\n3,4\n5,7\n'), tensor: 'numbers' },
};
const AXES = ['rows', 'columns'] as const;
const second = { name: 'v', ...random(30, 5) };
const SHARDS = {
  'model.safetensors.index.json': new TextEncoder().encode(
    JSON.stringify({ weight_map: { w: 'one', v: 'two' } }),
  ),
  one: FILES['a.safetensors'].bytes,
  two: encodeSafetensors([second]),
};

/** The bits of capacities and leverages, as text. */
function digits({ capacity, leverage }: StreamMeasurement): string[] {
  return [capacity, leverage].map((values) =>
    Array.from(new Uint32Array(values.buffer, values.byteOffset, 2 * values.length), (word) =>
      word.toString(16),
    ).join(' '),
  );
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

describe.skipIf(!hasBrowser)('files dropped on a page', () => {
  let browser: Browser;
  let server: Server;
  let url: string;
  beforeAll(async () => {
    ({ server, url } = await serveSite(false));
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  /** Runs a script in a new page. */
  async function inPage<T>(code: string): Promise<T> {
    const page = await openPage(browser);
    await page.goto(url);
    return page.evaluate<T>(`(async () => {
      const { openPool } = await import('/threads/browser.js');
      const { measureStream } = await import('/core/streaming/index.js');
      const { featureSource, openTensors } = await import('/io/index.js');
      const { fileSource, filesFolder } = await import('/io/bytes/index.js');
      const { openFolder } = await import('/io/formats/index.js');
      const digits = ${digits.toString()};
      const dropped = (name, text) =>
        new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], name);
      ${code}
    })()`);
  }

  it('give the same bytes as in Node, in every format', async () => {
    const pool = await openPool({ threads: 2 });
    const expected: string[][] = [];
    for (const [name, { bytes, tensor }] of Object.entries(FILES)) {
      const file = await openTensors(bytesSource(name, bytes));
      for (const axis of AXES) {
        const source = featureSource(await file.open(tensor), axis, { sourceName: name });
        expected.push(digits(await measureStream(source, { precision: 'float64' }, pool)));
      }
    }
    await pool.close();
    const given = Object.entries(FILES).map(([name, { bytes, tensor }]) => ({
      name,
      tensor,
      text: base64(bytes),
    }));
    const found = await inPage<string[][]>(`
      const pool = await openPool({ threads: 2 });
      const found = [];
      for (const { name, tensor, text } of ${JSON.stringify(given)}) {
        const file = await openTensors(fileSource(dropped(name, text)));
        for (const axis of ${JSON.stringify(AXES)}) {
          const source = featureSource(await file.open(tensor), axis, { sourceName: name });
          found.push(digits(await measureStream(source, { precision: 'float64' }, pool)));
        }
      }
      await pool.close();
      return found;
    `);
    expect(found.length).toBe(2 * given.length);
    found.forEach((pair, i) => {
      const { name } = given[i >> 1];
      expect(
        pair[0] === expected[i][0] && pair[1] === expected[i][1],
        `${name}, ${AXES[i % 2]}`,
      ).toBe(true);
    });
  });

  it('may be an index and its shards; errors say what is missing or damaged', async () => {
    const { shape, data } = second;
    const alone = featureSource(
      await (await openTensors(bytesSource('v.npy', encodeNpy({ shape, data })))).open('v'),
      'rows',
      { sourceName: 'v' },
    );
    const expected = digits(await measureStream(alone, { precision: 'float64' }));
    const given = Object.entries(SHARDS).map(([name, bytes]) => ({ name, text: base64(bytes) }));
    const { found, messages } = await inPage<{ found: string[]; messages: string[] }>(`
      const files = ${JSON.stringify(given)}.map(({ name, text }) => dropped(name, text));
      const file = await openFolder(filesFolder(files));
      const source = featureSource(await file.open('v'), 'rows', { sourceName: 'v' });
      const pool = await openPool({ threads: 1 });
      const found = digits(await measureStream(source, { precision: 'float64' }, pool));
      await pool.close();
      const problem = (running) => running.then(() => 'none', (error) => error.name + ': ' + error.message);
      const messages = [
        await problem(openFolder(filesFolder(files.slice(0, 2))).then((some) => some.read('v'))),
        await problem(openTensors(fileSource(files[0]))),
        await problem(openTensors(fileSource(new File(['what is this?'], 'a.txt')))),
        await problem(openTensors(fileSource(new File([files[1].slice(0, 100)], 'cut')))),
      ];
      return { found, messages };
    `);
    expect(found).toEqual(expected);
    expect(messages).toEqual([
      expect.stringMatching(/^FormatError: .*"v": is in "two", which is missing/),
      expect.stringMatching(/^FormatError: .*open it together with the shards, as a folder$/),
      expect.stringMatching(
        /^FormatError: a\.txt: is not a file of weights but the text "what is this\?"; /,
      ),
      expect.stringMatching(/^FormatError: cut: .*(?:truncated|damaged)/),
    ]);
  });
});
