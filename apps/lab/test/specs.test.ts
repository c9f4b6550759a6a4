import { describe, expect, it } from 'vitest';
import { gridSpec } from '../src/state/specs.ts';
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
});
