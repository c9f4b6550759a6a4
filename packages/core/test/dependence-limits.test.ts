import { describe, expect, it } from 'vitest';
import type { Correlation } from '../src/features/correlation.ts';
import { resolveDependence } from '../src/features/dependence.ts';
import { activeGiven } from '../src/features/factor-mixture.ts';

const features = (densities: readonly number[]) =>
  densities.map((density) => ({ shape: 'uniform' as const, density, unitVariance: true }));

describe('the dependence of features', () => {
  it('allows densities of a group to exceed 1 by a rounding of 1e-12', () => {
    const of = (excess: number) =>
      resolveDependence({ kind: 'one-of', groups: [[1, 0]] }, features([0.25, 0.75 + excess, 0.5]));
    expect(of(0.9e-12)).toEqual({
      kind: 'one-of',
      groups: [[0, 1], [2]],
      densities: Float64Array.of(1, 0.5),
    });
    expect(() => of(1.1e-12)).toThrow('density: the densities of 2 features');
    expect(of(-0.25)).toMatchObject({ densities: Float64Array.of(0.75, 0.5) });
  });

  it('allows entries of a matrix to differ by 1e-12 from 1 and from each other', () => {
    const of = (diagonal: number, above: number) => {
      const matrix = [
        [1, above],
        [0.5, diagonal],
      ];
      return resolveDependence({ kind: 'copula', matrix }, features([0.1, 0.1]));
    };
    for (const sign of [1, -1]) {
      const [within, beyond] = [0.9e-12 * sign, 1.1e-12 * sign];
      expect(of(1 + within, 0.5 + within)).toEqual({
        kind: 'matrix',
        matrix: Float64Array.of(1, 0.5 + within, 0.5, 1 + within),
      });
      expect(() => of(1 + beyond, 0.5)).toThrow('entry (1, 1) is');
      expect(() => of(1, 0.5 + beyond)).toThrow('entry (1, 0) is 0.5 but (0, 1) is');
    }
  });

  it.each([2, 4, 10])('allows eigenvalues of %i features down to -1e-10 per feature', (n) => {
    // Equal correlations r have the eigenvalue 1 + (n - 1) r.
    const of = (smallest: number) => {
      const r = (smallest - 1) / (n - 1);
      const matrix = Array.from({ length: n }, (_, i) =>
        Array.from({ length: n }, (__, j) => (i === j ? 1 : r)),
      );
      return () =>
        resolveDependence(
          { kind: 'copula', matrix },
          features(Array.from({ length: n }, () => 0.1)),
        );
    };
    expect(of(-0.9e-10 * n)).not.toThrow();
    expect(of(-1.1e-10 * n)).toThrow('not positive semidefinite');
  });

  it('has loadings of up to 1 in size, one per feature', () => {
    const of = (loadings: number | readonly number[]) =>
      resolveDependence({ kind: 'copula', loadings } as Correlation, features([0.1, 0.2]));
    expect(of([1, -1])).toEqual({ kind: 'factor', loadings: Float64Array.of(1, -1) });
    expect(of(-0.5)).toEqual({ kind: 'factor', loadings: Float64Array.of(-0.5, -0.5) });
    for (const wrong of [1 + 2 ** -52, -1 - 2 ** -52, NaN])
      expect(() => of([0.5, wrong])).toThrow(`feature 1 has ${wrong}`);
  });

  it('leaves a feature that is always active, or has no loading, as it is', () => {
    for (const f of [-40, -1, 0, 3, 40]) {
      for (const loading of [-1, -0.6, 0, 0.6, 1]) expect(activeGiven(1, loading)(f)).toBe(1);
      expect(activeGiven(0.3, 0)(f)).toBe(0.3);
    }
  });
});
