import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasBrowser } from '../../../test/browser.ts';
import { beginning, matches, pieces } from '../src/guide/step.ts';
import { steps } from '../src/guide/steps.ts';
import { writeLink } from '../src/state/link.ts';
import { initialState, type LabState } from '../src/state/state.ts';
import { expectAccessible, labPages } from './pages.ts';

/** A small diagram and a short training of the reader's own. */
const OWN = 'n=5&d=2&V=3&x=importance=0.25:4:3&y=density=1:0.1:3&steps=200&r=2&b=64';

interface PageLab {
  readonly lab: { readonly state: LabState; readonly link: string };
}

describe.skipIf(!hasBrowser)('the guided path on the page', () => {
  const pages = labPages();

  const linkOf = (page: Page): Promise<string> =>
    page.evaluate(() => (globalThis as never as PageLab).lab.link);
  const stateOf = (page: Page): Promise<LabState> =>
    page.evaluate(() => (globalThis as never as PageLab).lab.state);
  const stepShown = (page: Page, number: number): Promise<void> =>
    page.getByRole('heading', { level: 1, name: steps[number - 1].title }).waitFor();

  /** Presses the words of a step one after the other, within the page because training keeps the machine busy. */
  const pressWords = (
    page: Page,
  ): Promise<{ readonly state: LabState; readonly isPressed: string | null }[]> =>
    page.evaluate(async () => {
      const pressed = [];
      for (const word of document.querySelectorAll<HTMLButtonElement>('.prose .word')) {
        word.click();
        // The page follows its state in a microtask.
        // oxlint-disable-next-line no-await-in-loop
        await Promise.resolve();
        const { state } = (globalThis as never as PageLab).lab;
        pressed.push({ state, isPressed: word.getAttribute('aria-pressed') });
      }
      return pressed;
    });

  it('is walked by buttons, and every word sets the state that it says', async () => {
    const page = await pages.open(OWN);
    await page.getByRole('button', { name: 'Guided path' }).click();
    for (const [k, step] of steps.entries()) {
      // One step after the other, as a reader does.
      /* oxlint-disable no-await-in-loop */
      await stepShown(page, k + 1);
      expect(await stateOf(page)).toEqual(beginning(step, k + 1));
      expect(await page.getByText('look here').count()).toBeGreaterThan(0);
      const words = await pressWords(page);
      expect(words.length).toBe(pieces(step.text).filter(({ kind }) => kind === 'word').length);
      for (const { state, isPressed } of words) {
        expect(isPressed).toBe('true');
        expect(Object.values(step.words).some((sets) => matches(state, sets))).toBe(true);
      }
      if (k + 1 < steps.length) await page.getByRole('button', { name: /^Next:/ }).click();
      /* oxlint-enable no-await-in-loop */
    }
    await page.getByRole('button', { name: 'Back to my own' }).click();
    await page.getByRole('button', { name: /^Five features/ }).waitFor();
    expect(await linkOf(page)).toContain('n=5&d=2&V=3');
    expect(await page.getByText('look here').count()).toBe(0);
  });

  it('is walked by keys, keeps changes made in a step, and survives a reload', async () => {
    const page = await pages.open(OWN);
    const own = await linkOf(page);
    await page.keyboard.press('[');
    await page.keyboard.press(']');
    await stepShown(page, 1);
    await page.getByRole('button', { name: 'one of a hundred' }).click();
    await page.keyboard.press(']');
    await stepShown(page, 2);
    await page.keyboard.press('[');
    await stepShown(page, 1);
    expect((await stateOf(page)).density).toBe(0.01);
    const changed = await linkOf(page);
    await page.waitForFunction((link) => location.hash === `#${link}`, changed);
    await page.reload();
    await stepShown(page, 1);
    expect(await linkOf(page)).toBe(changed);
    await page.getByRole('button', { name: 'Begin this step again' }).click();
    expect((await stateOf(page)).density).toBe(1);
    await page.getByRole('button', { name: 'Lab', exact: true }).click();
    await page.waitForFunction((link) => (globalThis as never as PageLab).lab.link === link, own);
  });

  it('is restored from a link, with or without the settings of the step', async () => {
    const changed = { ...beginning(steps[3], 4), dims: 4 };
    const page = await pages.open(writeLink(changed));
    await stepShown(page, 4);
    expect(await stateOf(page)).toEqual(changed);
    await page.getByRole('button', { name: 'Back to my own' }).click();
    await page.getByRole('button', { name: /^Six features/ }).waitFor();
    expect(await stateOf(page)).toEqual(initialState);
    await page.evaluate(() => (location.hash = 'guide=5'));
    await stepShown(page, 5);
    await page.waitForFunction(
      (link) => (globalThis as never as PageLab).lab.link === link,
      writeLink(beginning(steps[4], 5)),
    );
  });

  it('explains a term on hover and on focus, until Escape', async () => {
    const page = await pages.open('guide=1');
    const term = page.locator('.prose').getByRole('button', { name: 'capacity' });
    const meaning = page.getByRole('tooltip').filter({ hasText: 'feature i has to itself' });
    await term.hover();
    await meaning.first().waitFor();
    await page.keyboard.press('Escape');
    await meaning.first().waitFor({ state: 'hidden' });
    await page.mouse.move(0, 0);
    await term.focus();
    await meaning.first().waitFor();
    await page.keyboard.press('Tab');
    await meaning.first().waitFor({ state: 'hidden' });
  });

  it.each([
    ['dark, desktop', { colorScheme: 'dark', viewport: { width: 1440, height: 900 } }],
    ['light, phone', { colorScheme: 'light', viewport: { width: 390, height: 844 } }],
  ] as const)('has no faults of accessibility: %s', async (_name, options) => {
    const page = await pages.open('guide=5', options);
    await page.locator('math').first().waitFor();
    await expectAccessible(page);
    if (options.viewport.width > 400) return;
    const tops = await page.evaluate(() =>
      ['shares', 'network', 'budget', 'diagram'].map(
        (area) => document.querySelector(`.area-${area}`)!.getBoundingClientRect().top,
      ),
    );
    expect(Math.min(...tops)).toBe(tops[0]);
  });
});
