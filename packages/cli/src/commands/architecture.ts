import { activationNames, type Activation } from '@polysem/engine/activations';
import { tasks } from '@polysem/engine/models';
import type { Architecture } from '@polysem/engine/phase';
import { architectureOf } from '@polysem/runs/parameters';
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

/** Parses the architecture. @throws UsageError or RangeError naming the flag. */
export function parseArchitecture(flags: ArchitectureFlags): Architecture {
  const { hiddenActivation, target, importanceAs, outputWeights, untied, bias } = flags;
  return architectureOf({
    task: parseChoice(flags.model, '--model', tasks),
    activation: parseActivation(flags.activation, '--activation'),
    bias,
    ...(untied !== undefined && { untied }),
    ...(hiddenActivation !== undefined && {
      hiddenActivation: parseActivation(hiddenActivation, '--hidden-activation'),
    }),
    ...(target !== undefined && { target: parseActivation(target, '--target') }),
    ...(importanceAs !== undefined && {
      importanceAs: parseChoice(importanceAs, '--importance-as', [
        'loss-weight',
        'target-coefficient',
      ] as const),
    }),
    ...(outputWeights !== undefined && {
      outputWeights: parseChoice(outputWeights, '--output-weights', ['fixed', 'free'] as const),
    }),
  });
}

function parseActivation(text: string, flag: string): Activation {
  return parseChoice(text, flag, activationNames);
}
