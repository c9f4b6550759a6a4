import type { KernelName, ModelActivations } from '@polysem/engine/kernels';
import { chooseKernel } from '../../executor.ts';
import { parametersAt, type Points } from './check-cells.ts';
import { problemAt } from './source.ts';

/**
 * The kernel of a sweep.
 *
 * @param name its name; `auto` for the fastest that can train the models along all axes.
 * @param points the points of the sweep.
 * @returns the name of the kernel; `typescript` for `auto` if nothing is trained by kernels.
 * @throws UsageError if this machine cannot run the kernel, or the kernel cannot train a model.
 */
export function kernelOfSweep(name: KernelName | 'auto', points: Points): KernelName {
  const { computation, axes, source } = points;
  const models: ModelActivations[] = [];
  let isUsed = false;
  const add = (digits: readonly number[]): void => {
    const model = computation.model(computation.resolve(parametersAt(digits, points)));
    if (model === null) return;
    isUsed = true;
    models.push(model);
  };
  add(axes.map(() => 0));
  for (const [place, { count, varied }] of axes.entries()) {
    // Numbers do not change the activations.
    if (varied.every(({ values }) => typeof values[0] === 'number')) continue;
    for (let digit = 1; digit < count; digit++)
      add(axes.map((_, at) => (at === place ? digit : 0)));
  }
  if (!isUsed && name === 'auto') return 'typescript';
  try {
    return chooseKernel(name, models).name;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw problemAt(source, ['kernel'], error.message.replace(/^kernel: /, ''));
  }
}
