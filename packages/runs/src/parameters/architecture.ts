import type { Activation } from '@polysem/engine/activations';
import { tasks, type ImportanceRole } from '@polysem/engine/models';
import type { Architecture } from '@polysem/engine/phase';
import { oneOf } from '@polysem/numerics/checks';

/** Parameters of a toy model's architecture, named as the flags of `polysem train`; absent ones take their defaults. */
export interface ArchitectureParameters {
  readonly task?: (typeof tasks)[number];
  readonly activation?: Activation;
  readonly hiddenActivation?: Activation;
  readonly target?: Activation;
  readonly importanceAs?: ImportanceRole;
  readonly untied?: boolean;
  readonly bias?: boolean;
  readonly outputWeights?: 'fixed' | 'free';
}

function refuse(name: string, given: unknown, where: string): void {
  if (given !== undefined && given !== false)
    throw new RangeError(`${name}: requires the task ${where}; leave it out, or change the task`);
}

/**
 * Fills in the defaults of an architecture: quadratic computation, with fixed output weights or a tied read-out, and a bias.
 *
 * @param given the parameters.
 * @returns the architecture.
 * @throws RangeError for an unknown task or a parameter of another task.
 *
 * @example
 * ```js
 * import { architectureOf } from 'polysem/runs';
 * architectureOf({}); // { task: 'computation', activation: 'quadratic', outputWeights: 'fixed' }
 * architectureOf({ task: 'compression', activation: 'relu' }).tied; // true
 * ```
 */
export function architectureOf(given: ArchitectureParameters): Architecture {
  const { task = 'computation', activation = 'quadratic', bias = true } = given;
  oneOf('task', task, tasks);
  if (task !== 'compression') refuse('untied', given.untied, 'compression');
  if (task !== 'vector-computation') refuse('target', given.target, 'vector-computation');
  if (task === 'computation') {
    const where = 'compression or vector-computation';
    refuse('hiddenActivation', given.hiddenActivation, where);
    refuse('importanceAs', given.importanceAs, where);
    const { outputWeights = 'fixed' } = given;
    return { task, activation, outputWeights, ...(!bias && { bias }) };
  }
  refuse('outputWeights', given.outputWeights, 'computation');
  const common = {
    activation,
    bias,
    ...(given.hiddenActivation !== undefined && { hiddenActivation: given.hiddenActivation }),
    // Always written, so that results state how importance was used.
    importanceRole: given.importanceAs ?? ('loss-weight' as const),
  };
  if (task === 'compression') return { task, ...common, tied: given.untied !== true };
  return { task, ...common, target: given.target ?? 'abs' };
}
