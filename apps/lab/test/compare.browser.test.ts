import { heldVaried } from '@polysem/core/theory';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasBrowser } from '../../../test/browser.ts';
import type { LabState } from '../src/state/state.ts';
import { expectAccessible, labPages, trained } from './pages.ts';

/** A small diagram and a short training, so that pages are ready soon. */
const SMALL = 'n=4&d=2&V=1&p=0.2&x=importance=0.25:4:2&y=density=1:0.1:2&steps=100&r=2&b=64';

interface Run {
  readonly loss: number;
  readonly capacity: Float64Array;
}
interface ComparedLab {
  readonly status: string;
  readonly state: LabState;
  readonly result: Run | null;
  readonly shown: Run;
  readonly pinned: {
    readonly isDone: boolean;
    readonly snapshot: Run;
    readonly result: Run | null;
    readonly held: Run | null;
  } | null;
  readonly chooseCell: (column: number, row: number) => void;
}

/** Waits until both networks are trained. */
async function compared(page: Page) {
  await trained(page);
  await page.waitForFunction(
    () => (globalThis as never as { lab: ComparedLab }).lab.pinned?.isDone === true,
  );
  return page.evaluate(() => {
    const { result, shown, pinned } = (globalThis as never as { lab: ComparedLab }).lab;
    return {
      pinned: {
        loss: (pinned!.result ?? pinned!.held!).loss,
        capacity: Array.from(pinned!.snapshot.capacity),
      },
      now: { loss: result!.loss, capacity: Array.from(shown.capacity) },
    };
  });
}
const importance = (page: Page): Promise<unknown> =>
  page.evaluate(() => (globalThis as never as { lab: ComparedLab }).lab.state.importance);

describe.skipIf(!hasBrowser)('comparing two networks', () => {
  const pages = labPages();

  it('pins one, shows both, restores both from a link, exchanges them and unpins', async () => {
    const page = await pages.open(SMALL);
    await trained(page);
    const first = await page.evaluate(() =>
      Array.from((globalThis as never as { lab: ComparedLab }).lab.shown.capacity),
    );
    await page.keyboard.press('p');
    await page.getByText('the same settings as now').waitFor();
    await page.evaluate(() => (globalThis as never as { lab: ComparedLab }).lab.chooseCell(1, 1));
    await page.getByText('importance 1 (now 4), density 20 % (now 10 %)').waitFor();
    const both = await compared(page);
    expect(both.pinned.capacity).toEqual(first);
    await page.getByText('these belong to different problems').waitFor();

    await page.keyboard.press('3');
    // The other features of both budgets.
    expect(await page.locator('.budget g rect[opacity="0.12"]').count()).toBe(3);
    expect(await page.locator('.budget g rect[opacity="0.3"]').count()).toBe(3);
    await page.keyboard.press('Escape');

    await page.waitForFunction(() => location.hash.includes('V=4'));
    const restored = await pages.open(new URL(page.url()).hash.slice(1));
    expect(await compared(restored)).toEqual(both);

    await restored.getByRole('button', { name: 'Swap' }).click();
    expect(await importance(restored)).toBe(1);
    const swapped = await compared(restored);
    expect(swapped).toEqual({ pinned: both.now, now: both.pinned });
    await restored.getByRole('button', { name: 'Make this the current one' }).click();
    expect(await importance(restored)).toBe(4);
    await restored.getByText('the same settings as now').waitFor();
    await restored.getByRole('button', { name: 'Unpin' }).click();
    await restored.waitForFunction(() => !location.hash.includes('pin'));
    expect(await restored.getByText('Pinned:').count()).toBe(0);
  });

  it('compares with a held network of a link, on a phone', async () => {
    const exact = 'm=computation;a=quadratic;n=4;d=2;V=2;p=0.1;steps=100;r=2';
    const page = await pages.open(
      `${exact.replaceAll(';', '&')}&x=importance=0.25:4:2&y=density=1:0.1:2&pin=v=1;${exact};hold=0:0.9`,
      { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
    );
    const { pinned, now } = await compared(page);
    const expected = heldVaried({ features: 4, dims: 2, kurtosis: 18 }, 2, 0.9);
    expect(pinned.capacity[0]).toBeCloseTo(0.9, 9);
    expect(pinned.loss / expected.loss).toBeCloseTo(1, 6);
    expect(now.capacity[0]).not.toBeCloseTo(0.9, 2);
    await page.getByText('feature 0 held at 0.9 (now free)').waitFor();
    await expectAccessible(page);
  });
});

const held = (page: Page): Promise<{ feature: number; capacity: number } | null> =>
  page.evaluate(() => (globalThis as never as { lab: ComparedLab }).lab.state.hold);

/** Capacity of a feature as it is shown. */
const capacityOf = (page: Page, feature: number): Promise<number> =>
  page.evaluate(
    (i) => (globalThis as never as { lab: ComparedLab }).lab.shown.capacity[i],
    feature,
  );

/** Tip of an arrow, and the centre of the drawing, in pixels of the page. */
async function arrowOf(page: Page, feature: number) {
  const drawing = page.getByRole('application', { name: /^The network/ });
  const box = (await drawing.boundingBox())!;
  const place = await drawing.locator(`[data-feature="${feature}"] path`).evaluate((path) =>
    path
      .getAttribute('transform')!
      .match(/-?[\d.]+/g)!
      .map(Number),
  );
  return { x: place[0], y: place[1], left: box.x + box.width / 2, top: box.y + box.height / 2 };
}

/** Drags an arrow from its middle by pixels along it and across it. */
async function drag(page: Page, feature: number, along: number, across: number): Promise<void> {
  const { x, y, left, top } = await arrowOf(page, feature);
  const length = Math.hypot(x, y);
  const [ux, uy] = [x / length, y / length];
  const [fromX, fromY] = [left + 0.7 * x, top + 0.7 * y];
  await page.mouse.move(fromX, fromY);
  await page.mouse.down();
  await page.mouse.move(fromX + along * ux - across * uy, fromY + along * uy + across * ux, {
    steps: 8,
  });
}

describe.skipIf(!hasBrowser)('pulling an arrow of the network', () => {
  const pages = labPages();
  const EXACT =
    'm=computation&a=quadratic&n=4&d=3&V=2&p=0.1&x=importance=0.25:4:2&y=density=1:0.1:2&steps=200&r=2';

  it('holds its feature and trains the rest, by pointer or by keys, until Escape', async () => {
    const page = await pages.open(EXACT);
    await trained(page);
    const before = await capacityOf(page, 1);

    await drag(page, 1, 0, 30);
    await page.mouse.up();
    expect(await held(page)).toBe(null);

    await drag(page, 1, -40, 0);
    await page.waitForFunction(() => {
      const { state, shown } = (globalThis as never as { lab: ComparedLab }).lab;
      return state.hold !== null && Math.abs(shown.capacity[1] - state.hold.capacity) < 1e-9;
    });
    await page.mouse.up();
    const pulled = (await held(page))!;
    expect(pulled.feature).toBe(1);
    expect(pulled.capacity).toBeLessThan(before - 0.1);
    await page
      .getByText(`feature 1 held at ${pulled.capacity.toFixed(2)}`, { exact: true })
      .waitFor();
    await page.keyboard.press('Escape');
    expect(await held(page)).toBe(null);

    const own = await capacityOf(page, 2);
    await page.getByRole('slider', { name: 'Arrow of feature 2' }).focus();
    await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('ArrowRight');
    expect(await held(page)).toEqual({ feature: 2, capacity: Number((own - 0.09).toFixed(2)) });
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    expect(await held(page)).toBe(null);
  });
});
