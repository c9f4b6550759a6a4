import { describe, expect, it } from 'vitest';
import { hasBrowser } from '../../../test/browser.ts';
import { expectAccessible, labPages, trained } from './pages.ts';

/** 100 features on a phone: less than 4 pixels for each. */
const MANY = 'n=100&d=4&x=importance=0.5:2:2&y=features=99:100:2&steps=20&r=1&b=16&V=1&p=0.05';

describe.skipIf(!hasBrowser)('the budget of many features', () => {
  const pages = labPages();

  it('is drawn by block, and opens a block by keys', async () => {
    const page = await pages.open(MANY, { viewport: { width: 390, height: 844 } });
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await trained(page);
    const blocks = page.getByRole('slider', { name: /Block of the budget/ });
    await blocks.focus();
    expect(await blocks.getAttribute('aria-valuetext')).toMatch(/capacity \d\.\d\d/);
    await page.keyboard.press('ArrowDown');
    expect(await blocks.getAttribute('aria-valuetext')).toMatch(/^feature \d+, 0\.\d\d of a dim/);
    const highlighted = (): Promise<number | null> =>
      page.evaluate(
        () => (globalThis as never as { lab: { highlighted: number | null } }).lab.highlighted,
      );
    const first = await highlighted();
    await page.keyboard.press('ArrowRight');
    expect(await highlighted()).not.toBe(first);
    await page.keyboard.press('Escape');
    expect(await highlighted()).toBeNull();
    await expectAccessible(page);
  });
});
