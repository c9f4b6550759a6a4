import { scheduleFactor } from '../descent/schedule.ts';
import { biasCorrections } from './bias-corrections.ts';
import type { Instance } from './kernel.ts';

/** Writes the learning rate and Adam's two bias corrections of consecutive steps, three f32 per step. */
export function writeRates(
  buffer: ArrayBufferLike,
  address: number,
  { optimiser, learningRate, schedule, steps }: Instance,
  { first, count }: { readonly first: number; readonly count: number },
): void {
  const table = new Float32Array(buffer, address, 3 * count);
  const corrections =
    optimiser.name === 'sgd' ? null : biasCorrections({ ...optimiser, first, count });
  for (let k = 0; k < count; k++) {
    table[3 * k] = learningRate * scheduleFactor(schedule, first + k, steps);
    if (corrections === null) continue;
    table[3 * k + 1] = corrections[2 * k];
    table[3 * k + 2] = corrections[2 * k + 1];
  }
}
