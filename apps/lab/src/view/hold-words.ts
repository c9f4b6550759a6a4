import type { HeldFeature } from '../state/hold.svelte.ts';
import { share, short } from './words.ts';

/** The state of a held feature, for the line of the player. */
export function holdWords(run: HeldFeature): { readonly head: string; readonly text: string } {
  const { capacity, feature, point, free, message } = run;
  if (message !== '') return { head: 'Not trained.', text: message };
  if (point === null)
    return { head: 'Hold.', text: `Training with feature ${feature} at ${share(capacity)}` };
  if (point.best === null)
    return {
      head: `Feature ${feature} cannot reach ${share(point.capacity!)}.`,
      text: 'Training diverged in every start.',
    };
  const { loss, converged } = point.best;
  const left = free?.best ? `, left alone ${short(free.best.loss, 4)}` : '';
  const doubt = converged ? '' : ' Not converged.';
  return {
    head: `Feature ${feature} held at ${share(point.capacity!)}.`,
    text: `Loss ${short(loss, 4)}${left}; here ${slopeWords(run)}.${doubt}`,
  };
}

/** The slope of the curve at the held point. */
export function slopeWords({ point }: HeldFeature): string {
  const best = point?.best ?? null;
  if (best === null) return '';
  const { slope } = best;
  if (slope === null)
    return point?.capacity === 1 ? 'it is orthogonal to all others' : 'it is dropped';
  return Math.abs(slope) < 5e-4
    ? 'a little more changes nothing'
    : `loss ${slope > 0 ? 'rises' : 'falls'} by ${short(Math.abs(slope), 2)} a dimension`;
}
