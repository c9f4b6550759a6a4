import { activationNames, type Activation } from '@polysem/engine/activations';
import { tasks } from '@polysem/engine/models';
import type { Architecture } from '@polysem/engine/phase';
import { UsageError } from '../errors.ts';
import { parseChoice } from '../parse.ts';

/** Flags of a toy model's architecture, without its sizes. */
export interface ArchitectureFlags {
  readonly model: string;
  readonly activation: string;
  readonly hiddenActivation?: string;
  readonly target?: string;
  readonly importanceAs?: string;
  readonly untied?: boolean;
  readonly bias: boolean;
  readonly outputWeights?: string;
}

/** Refuses a flag of another task. */
function refuse(flag: string, given: unknown, where: string): void {
  if (given !== undefined && given !== false)
    throw new UsageError(`${flag}: requires --model ${where}`);
}

/** Parses the architecture. @throws UsageError naming the flag. */
export function parseArchitecture(flags: ArchitectureFlags): Architecture {
  const task = parseChoice(flags.model, '--model', tasks);
  const activation = parseActivation(flags.activation, '--activation');
  const { bias } = flags;
  if (task !== 'compression') refuse('--untied', flags.untied, 'compression');
  if (task !== 'vector-computation') refuse('--target', flags.target, 'vector-computation');
  if (task === 'computation') {
    const where = 'compression or vector-computation';
    refuse('--hidden-activation', flags.hiddenActivation, where);
    refuse('--importance-as', flags.importanceAs, where);
    const outputWeights = parseChoice(flags.outputWeights ?? 'fixed', '--output-weights', [
      'fixed',
      'free',
    ] as const);
    return { task, activation, outputWeights, ...(!bias && { bias }) };
  }
  refuse('--output-weights', flags.outputWeights, 'computation');
  const common = {
    activation,
    bias,
    ...(flags.hiddenActivation !== undefined && {
      hiddenActivation: parseActivation(flags.hiddenActivation, '--hidden-activation'),
    }),
    // Always written, so that results state how importance was used.
    importanceRole: parseChoice(flags.importanceAs ?? 'loss-weight', '--importance-as', [
      'loss-weight',
      'target-coefficient',
    ] as const),
  };
  if (task === 'compression') return { task, ...common, tied: flags.untied !== true };
  return { task, ...common, target: parseActivation(flags.target ?? 'abs', '--target') };
}

function parseActivation(text: string, flag: string): Activation {
  return parseChoice(text, flag, activationNames);
}
