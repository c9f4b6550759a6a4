import type { Lab } from '../state/lab.svelte.ts';

/** Goes along the guided path by some steps; 0 leaves it. */
export async function walk(lab: Lab, by: number): Promise<void> {
  const { guideOf } = await import('../guide/guide.ts');
  if (by === 0) guideOf(lab).leave();
  else guideOf(lab).walk(by);
}

/** Goes to a page of the lab; the guided path ends. */
export async function turnTo(lab: Lab, page: 'lab' | 'model'): Promise<void> {
  if (lab.state.guide !== null) await walk(lab, 0);
  if (lab.state.page !== page) lab.set({ page });
}

/** Goes to the guided path, unless it is shown. */
export async function enterGuide(lab: Lab): Promise<void> {
  if (lab.state.page !== 'lab') lab.set({ page: 'lab' });
  if (lab.state.guide === null) await walk(lab, 1);
}

/** Opens files that are dropped: results on the first page, weights on the second. */
export async function drop(lab: Lab, event: DragEvent): Promise<void> {
  const files = Array.from(event.dataTransfer?.files ?? []);
  if (files.length === 0) return;
  event.preventDefault();
  if (lab.state.guide !== null) await walk(lab, 0);
  const { takeFiles } = await import('../results/take-results.ts');
  await takeFiles(lab, files);
}

/** Lets files be dropped anywhere, on either page. */
export function allowDrop(event: DragEvent): void {
  if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault();
}
