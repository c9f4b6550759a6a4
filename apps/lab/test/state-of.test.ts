import type { Correlation } from '@polysem/core/features';
import { expect, it } from 'vitest';
import { stateOf } from '../src/results/state-of.ts';
import { readLink, writeLink } from '../src/state/link.ts';
import { gridSpec, trainingSpec } from '../src/state/specs.ts';
import { initialState } from '../src/state/state.ts';

const state = { ...initialState, features: 3, dims: 2 };

/** Settings of a trained network and of a grid of phases whose features have this correlation. */
function opened(correlation: Correlation) {
  const spec = trainingSpec(state);
  const inputs = { kind: 'correlated', marginal: spec.inputs, correlation } as never;
  const grid = { ...gridSpec(state), correlation };
  return [
    stateOf({ kind: 'train', spec: { ...spec, inputs } } as never),
    stateOf({ kind: 'grid', spec: grid } as never),
  ];
}

it('keeps loadings of a common factor, also in a link', () => {
  for (const loadings of [0.5, [0.5, -0.25, 1]]) {
    const correlation: Correlation = { kind: 'copula', loadings };
    for (const { state: found, unlike } of opened(correlation)) {
      expect(found.correlation).toEqual(correlation);
      expect(unlike).toEqual([]);
      expect(readLink(writeLink(found)).state).toEqual(found);
    }
  }
});

it('has no correlation matrix, and says so', () => {
  const matrix = [
    [1, 0.5, 0],
    [0.5, 1, 0],
    [0, 0, 1],
  ];
  for (const { state: found, unlike } of opened({ kind: 'copula', matrix })) {
    expect(found.correlation).toBeNull();
    expect(unlike).toEqual(['a correlation matrix']);
  }
});
