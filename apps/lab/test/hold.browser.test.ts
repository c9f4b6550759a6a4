import { heldVaried } from '@polysem/core/theory';
import { fastestKernel } from '@polysem/engine/kernels';
import { holdPoint, trainHeld } from '@polysem/engine/phase';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasBrowser } from '../../../test/browser.ts';
import { readLink } from '../src/state/link.ts';
import { holdSpec } from '../src/state/specs.ts';
import { expectAccessible, labPages, trained } from './pages.ts';

/** A small diagram and a short training of the quadratic model: 6 in 3, kurtosis 18. */
const QUADRATIC =
  'm=computation&a=quadratic&V=2&p=0.1&x=importance=0.25:4:2&y=density=1:0.1:2&steps=200&r=2';
const PROBLEM = { features: 6, dims: 3, kurtosis: 18 };

interface Point {
  readonly capacity: number;
  readonly best: { readonly loss: number; readonly slope: number | null };
}
interface HeldLab {
  readonly status: string;
  readonly state: { readonly hold: { feature: number; capacity: number } | null };
  readonly shown: { readonly capacity: Float64Array };
  readonly free: { readonly capacity: Float64Array };
  readonly heldRun: {
    readonly isSettled: boolean;
    readonly snapshot: { readonly capacity: Float64Array } | null;
    readonly point: Point;
    readonly curve: readonly Point[];
    readonly free: Point;
  } | null;
}

describe.skipIf(!hasBrowser)('holding a capacity', () => {
  const pages = labPages();

  async function open(link: string): Promise<Page> {
    const page = await pages.open(link);
    await trained(page);
    return page;
  }

  /** Waits until the held point and its curve are trained from all starts, and returns them. */
  async function settled(page: Page, features = 6) {
    const found = await page.waitForFunction((count) => {
      const { heldRun, shown, state } = (globalThis as never as { lab: HeldLab }).lab;
      // After a change of the link the old run is still there for a moment.
      if (heldRun?.isSettled !== true || heldRun.snapshot?.capacity.length !== count) return null;
      const { point, curve, free } = heldRun;
      return {
        hold: state.hold,
        capacity: Array.from(shown.capacity),
        loss: point.best.loss,
        slope: point.best.slope,
        free: free.best.loss,
        curve: curve.map((one) => [one.capacity, one.best.loss] as const),
      };
    }, features);
    return (await found.jsonValue())!;
  }

  it('trains the closed form, restores it from a link, and lets go', async () => {
    const page = await open(`${QUADRATIC}&hold=0:0.9`);
    const held = await settled(page);
    const expected = heldVaried(PROBLEM, 2, 0.9);
    expect(held.capacity[0]).toBeCloseTo(0.9, 9);
    expect(held.loss / expected.loss).toBeCloseTo(1, 6);
    // The program of "Copy as TypeScript".
    const spec = holdSpec(readLink(`${QUADRATIC}&hold=0:0.9`).state);
    const { point } = await trainHeld(spec, 0.9, async (_, tasks) =>
      tasks.map((task) => holdPoint(fastestKernel([spec.model]), task)),
    );
    expect(held.loss).toBe(point.best!.loss);
    expect(held.capacity).toEqual(Array.from(point.best!.capacity));
    expect(held.slope! / expected.slope).toBeCloseTo(1, 3);
    expect(held.curve).toHaveLength(33);
    for (const [capacity, loss] of held.curve)
      expect(loss / heldVaried(PROBLEM, 2, capacity).loss).toBeCloseTo(1, 6);
    expect(held.free).toBeLessThanOrEqual(held.loss);
    await page.getByText('What that capacity is worth').waitFor();
    await page.getByText('Feature 0 held at 0.90.').waitFor();

    await page.waitForFunction(() => location.hash.includes('hold=0:0.9'));
    const restored = await settled(await open(new URL(page.url()).hash.slice(1)));
    expect(restored).toEqual(held);

    await page.getByRole('button', { name: 'held feature 0' }).click();
    await page.getByText('What a little more would save').waitFor();
    const after = await page.evaluate(() => {
      const { shown, free, heldRun, state } = (globalThis as never as { lab: HeldLab }).lab;
      return { same: shown === free, heldRun, hold: state.hold };
    });
    expect(after).toEqual({ same: true, heldRun: null, hold: null });
  });

  it('shows no held network of an earlier number of features', async () => {
    const page = await open(`${QUADRATIC}&n=8&hold=1:0.5`);
    await settled(page, 8);
    // An error on the page fails the test.
    await page.evaluate((link) => (location.hash = link), `${QUADRATIC}&n=3&d=2&hold=1:0.5`);
    expect((await settled(page, 3)).capacity).toHaveLength(3);
  });

  it('goes on when the problem changes while a held network is measured', async () => {
    const page = await pages.open(`${QUADRATIC}&n=5&hold=1:0.5`, {
      script: () => {
        // The first measurement has no answer before the problem changes.
        const { postMessage } = Worker.prototype;
        let isFirst = true;
        Worker.prototype.postMessage = function post(message: { kind: string }, ...rest: never[]) {
          if (message.kind !== 'lab-measure' || !isFirst) {
            Reflect.apply(postMessage, this, [message, ...rest]);
            return;
          }
          isFirst = false;
          location.hash = location.hash.replace('n=5', 'n=4');
        };
      },
    });
    expect((await settled(page, 4)).capacity).toHaveLength(4);
  });

  it('is moved by keys and by dragging, and begins and ends with h', async () => {
    const page = await open(QUADRATIC);
    await page.keyboard.press('0');
    await page.keyboard.press('h');
    const grip = page.getByRole('slider', { name: 'Held capacity of feature 0' }).first();
    await grip.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect((await settled(page)).hold).toEqual({ feature: 0, capacity: 0.89 });
    const box = (await grip.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x - 60, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
    const dragged = await settled(page);
    expect(dragged.hold!.capacity).toBeLessThan(0.8);
    expect(dragged.capacity[0]).toBeCloseTo(dragged.hold!.capacity, 9);
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.waitForFunction(
      () => (globalThis as never as { lab: HeldLab }).lab.heldRun === null,
    );
  });
});
