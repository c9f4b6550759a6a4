import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { polysem } from '../../../packages/cli/test/polysem.ts';
import { hasBrowser } from '../../../test/browser.ts';
import { expectAccessible, labPages, trained } from './pages.ts';

/** A small diagram and a short training of three starts, whose losses differ. */
const SMALL =
  'n=5&d=2&V=1&p=0.1&x=importance=0.25:4:2&y=density=1:0.1:2&steps=60&r=3&b=64&lr=0.02&seed=2';

interface StartsLab {
  readonly status: string;
  readonly kernel: string;
  readonly link: string;
  readonly ignored: readonly string[];
  readonly state: { readonly start: number | null };
  readonly result: {
    readonly best: number;
    readonly start: number;
    readonly loss: number;
    readonly history: readonly { readonly step: number }[];
  };
  readonly shown: { readonly capacity: Float64Array };
}

describe.skipIf(!hasBrowser)('the starts of a training', () => {
  const pages = labPages();

  const shown = (page: Page) =>
    page.evaluate(() => {
      const {
        result,
        kernel,
        link,
        state,
        shown: snapshot,
      } = (globalThis as never as { lab: StartsLab }).lab;
      const { best, start, loss, history } = result;
      const capacity = Array.from(snapshot.capacity);
      const steps = history.map(({ step }) => step);
      return { best, start, loss, capacity, steps, kernel, link, chosen: state.start };
    });
  /** Waits until a start is shown, by its place. */
  const isShown = (page: Page, start: number): Promise<unknown> =>
    page.waitForFunction(
      (wanted) => (globalThis as never as { lab: StartsLab }).lab.result?.start === wanted,
      start,
    );

  it('are chosen by keys and by pointer, to the numbers of the command line, and restored by a link', async () => {
    const page = await pages.open(SMALL);
    await trained(page);
    const { best, kernel } = await shown(page);
    const { stdout } = polysem(
      `train --model compression --activation relu --features 5 --dims 2 --importance 1,1,1,1,1 --density 0.1 --steps 60 --seeds 3 --batch 64 --lr 0.02 --seed 2 --json --kernel ${kernel}`.split(
        ' ',
      ),
    );
    const { runs } = JSON.parse(stdout) as { runs: { loss: number; capacity: number[] }[] };
    const other = best === 0 ? 1 : best - 1;

    const marks = page.getByRole('slider', { name: 'Start shown' });
    await marks.focus();
    await page.keyboard.press(best === 0 ? 'ArrowRight' : 'ArrowLeft');
    await isShown(page, other);
    const chosen = await shown(page);
    expect({ loss: chosen.loss, capacity: chosen.capacity }).toEqual({
      loss: runs[other].loss,
      capacity: runs[other].capacity,
    });
    expect(chosen.steps.at(-1)).toBe(60);
    expect(chosen.link).toContain(`start=${other + 1}`);
    await page.getByText(`Start ${other + 1} of 3 starts; the best is ${best + 1}`).waitFor();
    await expectAccessible(page);

    const restored = await pages.open(chosen.link);
    await trained(restored);
    expect(await shown(restored)).toEqual(chosen);

    const box = (await marks.boundingBox())!;
    await page.mouse.click(box.x + ((best + 0.5) * box.width) / 3, box.y + box.height / 2);
    await isShown(page, best);
    expect((await shown(page)).chosen).toBe(null);
  });

  it('are forgotten when another network is trained, and named if a link asks for too many', async () => {
    const page = await pages.open(`${SMALL}&start=3&steps=20`);
    await trained(page);
    await isShown(page, 2);
    await page.evaluate(() =>
      (globalThis as never as { lab: { set: (change: object) => void } }).lab.set({ density: 0.3 }),
    );
    expect(
      await page.evaluate(() => (globalThis as never as { lab: StartsLab }).lab.state),
    ).toMatchObject({ start: null });
    const wrong = await pages.open(`${SMALL}&start=4&steps=20`);
    await wrong.getByText('start 4 (allowed: up to r, which is 3)').waitFor();
  });
});
