import { describe, expect, it } from 'vitest';
import { hasBrowser } from '../../../test/browser.ts';
import { expectAccessible, labPages } from './pages.ts';

/** A diagram of 6 in 3 at two of the measured densities; the theory trains it fast. */
const PANEL =
  'm=computation&a=quadratic&x=importance=0.01:100:33&y=density=0.3:0.1:2&steps=20&r=1&V=1&p=0.3';

interface PublishedLab {
  readonly diagrams: { readonly status: string };
  readonly state: { readonly importance: number; readonly density: number };
}

describe.skipIf(!hasBrowser)('the published crossings', () => {
  const pages = labPages();

  it('are drawn over a panel of Figure 7, with their numbers and those of the diagram', async () => {
    const page = await pages.open(PANEL);
    const toggle = page.getByRole('checkbox', { name: 'Published (Figure 7)' });
    await toggle.check();
    const marks = page.getByRole('group', { name: 'Published crossings' });
    await expect.poll(() => marks.getByRole('button').count()).toBe(4);
    await expect.poll(() => page.url()).toContain('published=1');
    await page.waitForFunction(
      () => (globalThis as never as { lab: PublishedLab }).lab.diagrams.status === 'done',
    );
    const mark = marks.getByRole('button', {
      name: /Published: C passes 0.9 at importance 1.8, density 10 %/,
    });
    await mark.focus();
    const tip = page.getByRole('tooltip');
    expect(await tip.textContent()).toMatch(/This diagram: 1\.[6-9], in its row at 10\.00 %\./);
    await page.keyboard.press('Escape');
    expect(await tip.count()).toBe(0);
    await mark.press('Enter');
    const state = await page.evaluate(
      () => (globalThis as never as { lab: PublishedLab }).lab.state,
    );
    expect([state.importance, state.density]).toEqual(
      [1.7783, 0.1].map((v) => expect.closeTo(v, 4)),
    );
    await page.getByText('2 of 4 measured densities are on this axis.').waitFor();
    await expectAccessible(page);
    await toggle.uncheck();
    expect(await marks.count()).toBe(0);
  });

  it('are not offered for other models', async () => {
    const page = await pages.open(`${PANEL}&n=5&d=2&published=1`);
    await page.getByRole('heading', { name: 'Phase diagram' }).waitFor();
    expect(await page.getByText('Published').count()).toBe(0);
  });
});
