import type { ActiveSampling } from './active-sampling.ts';
import type { Drawing } from './drawing.ts';
import type { KernelMemory } from './kernel-memory.ts';
import { defineCopulaSampling } from './sample-copula.ts';
import { defineCountSampling } from './sample-counts.ts';
import { defineDenseCopula } from './sample-dense-copula.ts';
import { defineDenseGroups } from './sample-dense-groups.ts';
import { defineDenseSampling } from './sample-dense.ts';
import { defineIndependentSampling } from './sample-gaps.ts';
import { defineOneOfSampling, defineTogetherSampling } from './sample-groups.ts';
import type { Structure } from './structure.ts';
import type { Arithmetic } from '@polysem/numerics/lanes';
import type { FunctionHandle, ModuleBuilder } from '@polysem/numerics/wasm';

/** Defines the functions that sample only active inputs, for the methods `compact` and `sparse`. */
export function defineActiveSampling(
  module: ModuleBuilder,
  math: Arithmetic,
  structure: Structure,
  drawing: Drawing,
  memory: KernelMemory,
): ActiveSampling {
  const { activity } = drawing;
  switch (activity.kind) {
    case 'independent':
      return defineIndependentSampling(module, math, structure, drawing, activity.isMixed, memory);
    case 'together':
      return defineTogetherSampling(module, math, drawing, activity, memory);
    case 'one-of':
      return defineOneOfSampling(module, math, drawing, activity, memory);
    case 'factor':
      if (activity.counts !== null) {
        const { features } = structure;
        return defineCountSampling(module, math, features, drawing, activity.counts, memory);
      }
      return defineCopulaSampling(module, math, structure, drawing, activity, memory);
    case 'matrix':
      return defineCopulaSampling(module, math, structure, drawing, activity, memory);
  }
}

/** Defines a function that samples a panel with all its inputs, for the method `dense`. */
export function definePanelSampling(
  module: ModuleBuilder,
  math: Arithmetic,
  structure: Structure,
  drawing: Drawing,
  memory: KernelMemory,
): FunctionHandle<'i32'> {
  const { activity } = drawing;
  switch (activity.kind) {
    case 'independent':
      return defineDenseSampling(module, math, structure, drawing, memory);
    case 'together':
    case 'one-of':
      return defineDenseGroups(module, math, structure, drawing, activity, memory);
    case 'factor':
    case 'matrix':
      return defineDenseCopula(module, math, structure, drawing, activity, memory);
  }
}
