import { CHOICES, type Choice } from './model/choices.ts';
import type { Lab } from './state/lab.svelte.ts';
import { theme } from './view/theme.svelte.ts';

/** A message of the page around the lab, such as a notebook. */
interface FromHost {
  readonly kind: 'polysem-open';
  /** Files to open, as if they were dropped. */
  readonly files: readonly { readonly name: string; readonly bytes: BufferSource }[];
  /** Name of the matrix in the list of matrices; null for the first that is known. */
  readonly matrix: string | null;
  /** Choices of the measurement, as in the link (`how`). */
  readonly how: readonly string[];
  readonly theme: 'light' | 'dark' | null;
}

/** A message to the page around the lab. */
type ToHost =
  | { readonly kind: 'polysem-ready' }
  /** Numbers in the file of the features that the reader selected. */
  | { readonly kind: 'polysem-selection'; readonly features: readonly number[] };

/**
 * Lets the page around the lab open files of its own, and tells it which features the reader selects in them. No other page
 * is listened to, and a page that gave no file learns nothing.
 */
export function speakWithHost(lab: Lab): void {
  const { parent } = globalThis;
  // The address of a page from a file or a notebook is opaque; what is said holds nothing but numbers of features.
  const say = (message: ToHost): void => parent.postMessage(message, '*');
  let isAsked = false;
  globalThis.addEventListener('message', ({ source, data }: MessageEvent<FromHost | null>) => {
    if (source !== parent || data?.kind !== 'polysem-open') return;
    isAsked = true;
    void open(lab, data);
  });
  $effect.root(() => {
    $effect(() => {
      const features = lab.model?.selected ?? [];
      if (isAsked) say({ kind: 'polysem-selection', features: [...features] });
    });
  });
  say({ kind: 'polysem-ready' });
}

async function open(
  lab: Lab,
  { files: given, matrix, how, theme: wanted }: FromHost,
): Promise<void> {
  if (wanted !== null && wanted !== theme.name) theme.toggle();
  // A frame has the fonts of the system until it is asked for more than a panel.
  document.documentElement.dataset.fonts = 'own';
  const files = given.map(({ name, bytes }) => new File([bytes], name));
  const choices = CHOICES.filter((choice): choice is Choice => how.includes(choice));
  if (matrix === null && choices.length === 0) {
    const { takeFiles } = await import('./results/take-results.ts');
    const { embed } = lab.state;
    await takeFiles(lab, files);
    // Results bring settings of their own.
    if (embed) lab.set({ embed });
    return;
  }
  const { Model } = await import('./model/model.svelte.ts');
  lab.model ??= new Model(lab.threads);
  lab.model.open({ kind: 'files', files }, matrix, choices);
  lab.set({ page: 'model', guide: null });
}
