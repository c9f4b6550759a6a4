import { figure7Panels, isOfPanel } from '@polysem/engine/phase';
import { activationNames } from '@polysem/engine/activations';
import { tasks } from '@polysem/engine/models';
import { describe, expect, it } from 'vitest';
import { gridSpec, isFigure7 } from '../src/state/specs.ts';
import { initialState } from '../src/state/state.ts';

describe('the diagram of a state', () => {
  it('is the same for each of its cells, so that choosing one trains no other', () => {
    const cell = { ...initialState, importance: 2, density: 0.5 };
    expect(gridSpec(cell)).toEqual(gridSpec(initialState));
    const sizes = {
      ...initialState,
      x: { parameter: 'dims', from: 1, to: 4, count: 4 },
      y: { parameter: 'features', from: 5, to: 8, count: 4 },
    } as const;
    expect(gridSpec({ ...sizes, features: 8, dims: 1 })).toEqual(gridSpec(sizes));
    expect(gridSpec({ ...sizes, importance: 2 })).not.toEqual(gridSpec(sizes));
  });

  it('is a panel of Figure 7 for the published models, and for no other', () => {
    for (const task of tasks)
      for (const activation of activationNames)
        for (const features of [5, 6])
          for (const dims of [2, 3, 4, 5]) {
            const state = { ...initialState, task, activation, features, dims };
            const isPanel = figure7Panels.some((panel) => isOfPanel(panel, state));
            expect(isFigure7(state)).toBe(isPanel);
          }
    expect(isFigure7({ ...initialState, shape: 'gaussian' })).toBe(false);
    expect(isFigure7({ ...initialState, x: initialState.y, y: initialState.x })).toBe(false);
  });
});
