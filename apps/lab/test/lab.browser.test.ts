import { execFileSync } from 'node:child_process';
import { provenanceOf } from '@polysem/figures';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasBrowser, openPage } from '../../../test/browser.ts';
import { expectAccessible, labPages, trained, type PageOptions } from './pages.ts';
import { program } from '../../../test/program.ts';

/** A small diagram and a short training, so that pages are ready soon. */
const SMALL = 'x=importance=0.25:4:3&y=density=1:0.1:3&steps=200&r=2&b=64';

interface Shown {
  readonly status: string;
  readonly diagrams: { readonly status: string };
  readonly kernel: string;
  readonly loss: number;
  readonly capacity: number[];
  readonly step: number;
}

describe.skipIf(!hasBrowser)('the lab', () => {
  const pages = labPages();

  async function open(link: string, options?: PageOptions): Promise<Page> {
    const page = await pages.open(link, options);
    await trained(page);
    return page;
  }

  async function shown(page: Page): Promise<Shown> {
    return page.evaluate(() => {
      const { lab } = globalThis as never as {
        lab: Shown & {
          result: { loss: number } | null;
          shown: { capacity: Float64Array; step: number };
        };
      };
      return {
        status: lab.status,
        diagrams: { status: lab.diagrams.status },
        kernel: lab.kernel,
        loss: lab.result?.loss ?? NaN,
        capacity: Array.from(lab.shown.capacity),
        step: lab.shown.step,
      };
    });
  }

  it('trains what the command line trains, to the same bytes', async () => {
    const page = await open(`${SMALL}&V=2&p=0.25&seed=7`);
    const { loss, capacity, kernel } = await shown(page);
    const flags =
      '--features 6 --dims 3 --model compression --activation relu --importance 2,1,1,1,1,1 --density 0.25';
    const settings = '--steps 200 --seeds 2 --batch 64 --lr 0.01 --seed 7 --json';
    const words = ['train', ...flags.split(' '), ...settings.split(' '), '--kernel', kernel];
    const text = execFileSync(process.execPath, [program, ...words], { encoding: 'utf8' });
    const expected = JSON.parse(text) as { loss: number; capacity: number[] };
    expect(loss).toBe(expected.loss);
    expect(capacity).toEqual(expected.capacity);
  });

  it('draws the predicted and the trained diagram', async () => {
    const page = await open(
      `${SMALL}&x=importance=0.2:3:3&y=density=1:0.1:24&m=computation&a=quadratic&V=2&p=0.25`,
    );
    await page.waitForFunction(
      () => (globalThis as never as { lab: Shown }).lab.diagrams.status === 'done',
    );
    const cells = await page.evaluate(() => {
      const { lab } = globalThis as never as {
        lab: { diagrams: Record<'predicted' | 'trained', { capacity: Float64Array }> };
      };
      return {
        predicted: Array.from(lab.diagrams.predicted.capacity),
        trained: Array.from(lab.diagrams.trained.capacity),
      };
    });
    expect(cells.predicted.length).toBe(72);
    // The quadratic model reaches its certified optimum, to the square root of the gap at which training stops.
    cells.trained.forEach((c, k) => expect(Math.abs(c - cells.predicted[k])).toBeLessThan(1e-3));
    // There are rows that the coarsest pass leaves out: a picture of the first rows alone would have gaps.
    const isDrawn = await page.evaluate(() =>
      Array.from(document.querySelectorAll('canvas'), (canvas) =>
        canvas
          .getContext('2d')!
          .getImageData(0, 0, canvas.width, canvas.height)
          .data.every((value, k) => k % 4 !== 3 || value === 255),
      ),
    );
    expect(isDrawn).toEqual([true, true, true]);
  });

  it('draws bars while it trains, and of the last step once it pauses', async () => {
    // A million steps do not end within the test.
    const page = await pages.open(`${SMALL}&steps=1000000&r=1`);
    const step = async (): Promise<[calm: number | null, shown: number | null]> =>
      page.evaluate(() => {
        type Picture = { readonly step: number } | null;
        const { lab } = globalThis as never as { lab: { calm: Picture; shown: Picture } };
        return [lab.calm?.step ?? null, lab.shown?.step ?? null];
      });
    await expect.poll(async () => (await step())[0]).not.toBeNull();
    const [first] = await step();
    await expect.poll(async () => (await step())[0]).toBeGreaterThan(first!);
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect
      .poll(async () => {
        const [calm, last] = await step();
        return calm !== null && calm === last;
      })
      .toBe(true);
  });

  it('pauses, takes single steps and goes on to the same result', async () => {
    // Pauses as soon as there is a training, however slow the machine is.
    const script = (): void => {
      let lab: { pause: () => void } | null = null;
      Object.defineProperty(globalThis, 'lab', {
        get: () => lab,
        set: (value: { pause: () => void }) => {
          lab = value;
          value.pause();
        },
      });
    };
    const page = await pages.open(`${SMALL}&steps=3000`, { script });
    const stepIs = (step: number): Promise<unknown> =>
      page.waitForFunction(
        (wanted) => (globalThis as never as { lab: { shown: Shown } }).lab.shown?.step === wanted,
        step,
      );
    await page.getByText('Paused.').waitFor();
    await stepIs(0);
    await page.getByRole('button', { name: 'One step' }).click();
    await stepIs(1);
    await page.getByLabel('Speed').selectOption('0.25');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused.').waitFor();
    await page.getByLabel('Speed').selectOption('full');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.waitForFunction(() => (globalThis as never as { lab: Shown }).lab.status === 'done');
    const { loss, capacity } = await shown(page);
    const other = await shown(await open(`${SMALL}&steps=3000`));
    expect({ loss, capacity }).toEqual({ loss: other.loss, capacity: other.capacity });
  });

  it('scrubs through the training by pointer and by keys, and a link restores the step', async () => {
    const page = await open(SMALL);
    const slider = page.getByRole('slider', { name: 'Step shown' });
    await slider.focus();
    await page.keyboard.press('Home');
    expect((await shown(page)).step).toBe(0);
    await page.keyboard.press('ArrowRight');
    const second = await shown(page);
    expect(second.step).toBe(1);
    const box = (await slider.boundingBox())!;
    await page.mouse.click(box.x + box.width / 2, box.y + 30);
    const middle = await shown(page);
    expect(middle.step).toBeGreaterThan(1);
    expect(middle.step).toBeLessThan(200);
    await page.waitForFunction((step) => location.hash.includes(`t=${step}`), middle.step);
    const restored = await open(new URL(page.url()).hash.slice(1));
    expect((await shown(restored)).capacity).toEqual(middle.capacity);
  });

  it('draws the losses of a network whose optimum is 0, which a logarithmic scale lacks', async () => {
    // One feature in one dimension: the quadratic model computes it exactly.
    const page = await open(`${SMALL}&n=1&d=1&m=computation&a=quadratic`);
    const optimum = (): Promise<number | null> =>
      page.evaluate(
        () =>
          (globalThis as never as { lab: { result: { optimum: number | null } } }).lab.result
            .optimum,
      );
    expect(await optimum()).toBe(0);
    const path = page.locator('svg.loss path');
    expect(await path.getAttribute('d')).toMatch(/^M[\d. ]+(?:L[\d. ]+)+$/);
  });

  it('chooses a cell by pointer or keys, trains it, and a link restores it', async () => {
    const page = await open(`${SMALL}&V=1&p=1`);
    const map = page.getByRole('application', { name: /Capacity of feature 0, trained/ });
    await map.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => location.hash.includes('V=4'));
    await page.waitForFunction(() => (globalThis as never as { lab: Shown }).lab.status === 'done');
    const chosen = await shown(page);
    const restored = await open(new URL(page.url()).hash.slice(1));
    expect((await shown(restored)).capacity).toEqual(chosen.capacity);
    const box = (await map.boundingBox())!;
    await page.mouse.click(box.x + 4, box.y + box.height - 4);
    await page.waitForFunction(() => location.hash.includes('V=0.25'));
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('0.25 times');
  });

  it('reads no cell beyond axes that have become shorter', async () => {
    const page = await open(`${SMALL}&seed=3`);
    await page.getByRole('application', { name: /trained/ }).focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowDown'])
      // oxlint-disable-next-line no-await-in-loop -- one key after the other
      await page.keyboard.press(key);
    await page.locator('.reading .is-read').waitFor();
    const shorter = 'x=importance=0.25:4:2&y=density=1:0.1:2&steps=200&r=2&b=64&seed=3';
    await page.evaluate((link) => (location.hash = link), `v=1&${shorter}`);
    await page.waitForFunction(() => {
      const { lab } = globalThis as never as { lab: { columns: number[]; diagrams: Shown } };
      return lab.columns.length === 2 && lab.diagrams.status === 'done';
    });
    expect(await page.locator('.reading .is-read').count()).toBe(0);
  });

  it('highlights a feature in every panel', async () => {
    const page = await open(SMALL);
    await page.keyboard.press('3');
    await page
      .getByRole('listitem', { name: /^Feature 3:/ })
      .and(page.locator('.lit'))
      .waitFor();
    const faded = await page.locator('.budget g [opacity="0.3"]').count();
    expect(faded).toBe(5);
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.querySelector('.lit') === null);
  });

  it('changes by the words of its sentence', async () => {
    const page = await open(SMALL);
    await page.getByRole('button', { name: /change the number of features/ }).click();
    const field = page.getByRole('textbox', { name: 'Features, N' });
    await field.fill('300');
    await field.press('Enter');
    await page.getByText('Features, N: a whole number from 1 to 200').waitFor();
    await field.fill('5');
    await field.press('Enter');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Five features/ }).waitFor();
    await page.getByRole('button', { name: /change the model/ }).click();
    await page.getByRole('button', { name: 'Quadratic computation' }).click();
    await page.getByText('Gap to the certified optimum').waitFor();
  });

  it('copies commands and saves figures that carry their configuration', async () => {
    const page = await open(SMALL, { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByRole('button', { name: 'Copy as' }).click();
    await page.getByRole('button', { name: /^Command, network/ }).click();
    await page.getByText('Command, network copied').waitFor();
    const command = await page.evaluate(() => navigator.clipboard.readText());
    expect(command).toMatch(/^npx polysem train --features 6 .* --seed 0 --kernel wasm-/);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Network as SVG' }).click();
    const stream = await (await saved).createReadStream();
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    const { seed, configuration } = provenanceOf(Buffer.concat(parts).toString());
    expect(seed).toBe(0);
    const { link } = configuration as { link: string };
    // The address follows a moment later.
    await page.waitForFunction((hash) => location.hash === hash, link);
    const picture = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Shares as PNG' }).click();
    expect((await picture).suggestedFilename()).toBe('polysem-shares.png');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.querySelector('.menu') === null);
  });

  it('keeps nothing of a part that was shown and is gone', async () => {
    const page = await open(SMALL);
    await page.waitForFunction(
      () => (globalThis as never as { lab: Shown }).lab.diagrams.status === 'done',
    );
    const session = await page.context().newCDPSession(page);
    /** Values that components follow, of all objects after garbage collection. */
    async function followed(): Promise<number> {
      const { result } = await session.send('Runtime.evaluate', { expression: 'Object.prototype' });
      const prototypeObjectId = result.objectId!;
      const { objects } = await session.send('Runtime.queryObjects', { prototypeObjectId });
      const count = await session.send('Runtime.callFunctionOn', {
        objectId: objects.objectId!,
        functionDeclaration: `function () { return this.filter((one) => 'reactions' in one && 'wv' in one).length; }`,
        returnByValue: true,
      });
      await session.send('Runtime.releaseObject', { objectId: objects.objectId! });
      return count.result.value as number;
    }
    const showAndHide = (times: number): Promise<void> =>
      page.evaluate(async (count) => {
        const button = document.querySelector<HTMLElement>('header [aria-haspopup]')!;
        for (let k = 0; k < 2 * count; k++) {
          button.click();
          while ((document.querySelector('header [role="dialog"]') === null) === (k % 2 === 0))
            // oxlint-disable-next-line no-await-in-loop -- until the page has drawn
            await new Promise((resolve) => setTimeout(resolve));
        }
      }, times);
    // Parts of the page that load later add to the first count, and what has not ended yet to the last: neither is kept.
    await showAndHide(25);
    const before = await followed();
    await showAndHide(50);
    expect(before).toBeGreaterThan(100);
    await expect.poll(followed).toBeLessThan(before + 25);
  });

  it('names the parts of a link that it does not use, and works', async () => {
    const page = await open(`${SMALL}&p=7&colour=red&%%%`);
    await page.getByText('3 settings of this link were not used').waitFor();
    expect((await shown(page)).status).toBe('done');
  });

  it('shows one panel in a frame of another page', async () => {
    const page = await openPage(pages.browser);
    const address = `${pages.url}#embed=1&panel=budget&${SMALL}`;
    await page.route('**/host.html', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<iframe src="${address}" title="lab"></iframe>`,
      }),
    );
    await page.goto(`${pages.url}host.html`);
    const frame = page.frameLocator('iframe');
    await frame.getByRole('heading', { name: 'Three dimensions, shared out' }).waitFor();
    expect(await frame.getByRole('heading').count()).toBe(1);
    await page.close();
  });

  it.each([
    ['dark, desktop', { colorScheme: 'dark', viewport: { width: 1440, height: 900 } }],
    ['light, phone', { colorScheme: 'light', viewport: { width: 390, height: 844 } }],
  ] as const)('has no faults of accessibility and fits the width: %s', async (_name, options) => {
    const page = await open(SMALL, options);
    await expectAccessible(page);
  });
});
