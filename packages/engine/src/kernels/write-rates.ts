import { power } from '@polysem/numerics/elementary';
import { scheduleFactor } from '../descent/schedule.ts';
import type { Instance } from './kernel.ts';

/** Writes the learning rate and Adam's two bias corrections of consecutive steps, three f32 per step. */
export function writeRates(
  buffer: ArrayBufferLike,
  address: number,
  { optimiser, learningRate, schedule, steps }: Instance,
  { first, count }: { readonly first: number; readonly count: number },
): void {
  const table = new Float32Array(buffer, address, 3 * count);
  for (let k = 0; k < count; k++) {
    const step = first + k;
    table[3 * k] = learningRate * scheduleFactor(schedule, step, steps);
    if (optimiser.name === 'sgd') continue;
    table[3 * k + 1] = 1 / (1 - power(optimiser.beta1, step + 1));
    table[3 * k + 2] = 1 / (1 - power(optimiser.beta2, step + 1));
  }
}
