import type { Lab } from '../state/lab.svelte.ts';
import type { LabResult } from '../workers/messages.ts';
import { percent, short } from './words.ts';

/** The state of the training, for the line of the player. */
export function trainingWords(lab: Lab): { readonly head: string; readonly text: string } {
  const { restarts, seed, steps } = lab.state;
  const step = lab.free?.step ?? 0;
  if (lab.status === 'failed') return { head: 'Not trained.', text: lab.message };
  if (lab.status === 'paused')
    return { head: 'Paused.', text: `Step ${step} of ${steps}, seed ${seed}` };
  if (lab.status === 'running') {
    const isFirst = step < steps;
    return {
      head: isFirst ? 'Training.' : 'Training other starts.',
      text: isFirst
        ? `Start 1 of ${restarts}, step ${step} of ${steps}`
        : `${percent(lab.trainedShare)} of ${restarts} starts`,
    };
  }
  if (lab.result === null) return { head: '', text: '' };
  const { gap, loss, lossError } = lab.result;
  const error = lossError === null ? '' : ` ± ${short(lossError, 2)}`;
  const { isNetworkOfFile } = lab;
  return {
    head: isNetworkOfFile ? 'From the file.' : 'Trained.',
    text: `${startWords(lab.result, restarts, isNetworkOfFile)}. Loss ${short(loss, 4)}${error}. ${
      gap === null
        ? 'No certificate for this model.'
        : `Gap to the certified optimum: ${short(100 * gap, 2)} %.`
    }`,
  };
}

/** The start that is shown, among all. */
function startWords({ start, best }: LabResult, restarts: number, isOfFile: boolean): string {
  const all = `of ${restarts} start${restarts === 1 ? '' : 's'}`;
  if (isOfFile) return `Best ${all}`;
  const number = (start ?? 0) + 1;
  return start === best
    ? `Start ${number}, best ${all}`
    : `Start ${number} ${all}; the best is ${(best ?? 0) + 1}`;
}
