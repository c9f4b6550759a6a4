import { activationLabel, type Activation } from '@polysem/engine/activations';
import type { LabState } from '../state/state.ts';

/** A model in words: `a ReLU autoencoder`. */
export function modelWords({ task, activation }: Pick<LabState, 'task' | 'activation'>): string {
  const label = activationLabel(activation);
  if (task === 'compression') return `${label} autoencoder`;
  if (task === 'computation') return `${label} computation`;
  return `${label} network computing |x|`;
}

/** Models that the sentence offers first; every other task and activation is under "all settings". */
export const usualModels: readonly {
  readonly task: LabState['task'];
  readonly activation: Activation;
}[] = [
  { task: 'compression', activation: 'relu' },
  { task: 'computation', activation: 'quadratic' },
  { task: 'compression', activation: 'linear' },
  { task: 'compression', activation: 'gelu' },
  { task: 'computation', activation: 'relu' },
  { task: 'vector-computation', activation: 'relu' },
];
