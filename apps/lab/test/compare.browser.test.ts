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
