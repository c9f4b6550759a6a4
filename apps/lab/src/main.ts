import { mount } from 'svelte';
import { Lab } from './state/lab.svelte.ts';

const lab = new Lab(location.hash, {
  threads: Math.max(1, navigator.hardwareConcurrency),
  isReduced: matchMedia('(prefers-reduced-motion: reduce)').matches,
});
// The console of the browser can read everything that the page shows.
Object.assign(globalThis, { lab });

// Not at the top level: what is loaded here imports from the file of this script, and would wait for its end.
async function start(): Promise<void> {
  // Few visitors need it.
  if (matchMedia('(forced-colors: active)').matches) await import('./styles/forced-colors.css');
  const target = document.querySelector('#lab');
  if (target === null) throw new Error('the page has no element for the lab');
  // A page that shows one panel loads little.
  const { default: Page } = await (lab.isOnePanel
    ? import('./EmbedPage.svelte')
    : import('./LabPage.svelte'));
  mount(Page, { target, props: { lab } });
  if (window.parent !== window && !lab.isOnePanel)
    (await import('./host.svelte.ts')).speakWithHost(lab);
}

void start();
