import type { ActiveSampling } from './active-sampling.ts';
import type { SamplingContext } from './context.ts';
import { defineCopulaSampling } from './sample-copula.ts';
import { defineCountSampling } from './sample-counts.ts';
import { defineDenseCopula } from './sample-dense-copula.ts';
import { defineDenseGroups } from './sample-dense-groups.ts';
import { defineDenseSampling } from './sample-dense.ts';
import { defineIndependentSampling } from './sample-gaps.ts';
import { defineOneOfSampling, defineTogetherSampling } from './sample-groups.ts';
import type { FunctionHandle } from '@polysem/numerics/wasm';

/** Defines the functions that sample only active inputs, for the methods `compact` and `sparse`. */
export function defineActiveSampling(context: SamplingContext): ActiveSampling {
  const { activity } = context.drawing;
  switch (activity.kind) {
    case 'independent':
      return defineIndependentSampling(context, activity.isMixed);
    case 'together':
      return defineTogetherSampling(context, activity);
    case 'one-of':
      return defineOneOfSampling(context, activity);
    case 'factor':
      return activity.counts === null
        ? defineCopulaSampling(context, activity)
        : defineCountSampling(context, activity.counts);
    case 'matrix':
      return defineCopulaSampling(context, activity);
  }
}

/** Defines a function that samples a panel with all its inputs, for the method `dense`. */
export function definePanelSampling(context: SamplingContext): FunctionHandle<'i32'> {
  const { activity } = context.drawing;
  switch (activity.kind) {
    case 'independent':
      return defineDenseSampling(context);
    case 'together':
    case 'one-of':
      return defineDenseGroups(context, activity);
    case 'factor':
    case 'matrix':
      return defineDenseCopula(context, activity);
  }
}
