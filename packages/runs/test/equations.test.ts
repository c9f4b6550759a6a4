import { describe, expect, it } from 'vitest';
import { embedding, gram } from '@polysem/core/embedding';
import { measureCapacity } from '@polysem/core/capacity';
import { childGenerator, generator } from '@polysem/numerics/random';
import { equationClaims, equations, type Equations } from '../src/reproduce/index.ts';
import { searchGrid } from '../src/reproduce/equations/grid-search.ts';
import { randomEmbedding, rotated } from '../src/reproduce/equations/random-embedding.ts';
import { readoutFacts } from '../src/reproduce/equations/readout-facts.ts';
import { lastBelow } from '../src/reproduce/last-below.ts';

const result = equations(12, 1);

/** Facts that say how much was tested; no claim judges them. */
const SIZES = new Set(['draws', 'samples', 'problems', 'steps', 'subsets']);

/** All other facts, by path. */
function facts(of: object, path: readonly string[] = []): string[][] {
  return Object.entries(of).flatMap(([key, value]: [string, unknown]) => {
    if (SIZES.has(key)) return [];
    return typeof value === 'object' && value !== null
      ? facts(value, [...path, key])
      : [[...path, key]];
  });
}

/** The same facts with another value at a path. */
function changed(path: readonly string[], value: number | boolean): Equations {
  const copy = structuredClone(result) as unknown as Record<string, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[path[path.length - 1]] = value;
  return copy as unknown as Equations;
}

function failures(of: Equations): string[] {
  return equationClaims(of).flatMap(({ id, pass }) => (pass ? [] : [id]));
}

describe('the claims about equations', () => {
  it('pass, and have ids and sentences of their own', () => {
    const claims = equationClaims(result);
    expect(failures(result)).toEqual([]);
    expect(claims.length).toBeGreaterThan(35);
    for (const key of ['id', 'claim'] as const)
      expect(new Set(claims.map((claim) => claim[key])).size).toBe(claims.length);
  });

  it('pass for a matrix whose singular values differ by a factor of 3000', () => {
    // Draw 202; the square of its least singular value has lost seven digits.
    const readout = readoutFacts(203, 0);
    expect(readout.total).toBeGreaterThan(1e-9);
    expect(failures({ ...result, readout })).toEqual([]);
  });

  it.each(facts(result).map((path) => [path.join('.'), path] as const))(
    'fail for another %s, one claim per fact',
    (_, path) => {
      const isBoolean = path[0] === 'phase' && ['curvature', 'slope'].includes(path[1]);
      const wrong = isBoolean ? [false] : [1e3, -1, NaN];
      const caught = wrong
        .map((value) => failures(changed(path, value)))
        .filter(({ length }) => length > 0);
      expect(caught.length).toBeGreaterThan(isBoolean ? 0 : 1);
      // Each value that fails at all fails the same single claim.
      expect(new Set(caught.flat()).size).toBe(1);
    },
  );
});

describe('searchGrid', () => {
  it('finds the best of all allocations, also where losses have no shape', () => {
    const loss = (i: number, c: number): number => Math.sin(13 * (i + 1) * c + i);
    const { loss: found, capacity } = searchGrid(loss, 3, 1, 6);
    let best = Infinity;
    for (let a = 0; a <= 6; a++)
      for (let b = 0; a + b <= 6; b++)
        best = Math.min(
          best,
          [a, b, 6 - a - b].reduce((sum, k, i) => sum + loss(i, k / 6), 0),
        );
    expect(found).toBeCloseTo(best, 12);
    expect(capacity.reduce((sum, c) => sum + c, 0)).toBeCloseTo(1, 12);
    expect(capacity.reduce((sum, c, i) => sum + loss(i, c), 0)).toBeCloseTo(best, 12);
  });
});

describe('random matrices', () => {
  const drawn = Array.from({ length: 60 }, (_, k) =>
    randomEmbedding(childGenerator(generator(3), k)),
  );

  it('include deficient ranks, zero features and parallel ones', () => {
    const measured = drawn.map((w) => measureCapacity(w));
    expect(measured.some(({ rank, dims, features }) => rank < Math.min(dims, features))).toBe(true);
    expect(measured.some(({ squaredNorm }) => squaredNorm.includes(0))).toBe(true);
    expect(measured.every(({ rank }) => rank > 0)).toBe(true);
  });

  it('keep their inner products when rotated, but not their entries', () => {
    const w = embedding(3, 2, Float64Array.of(1, 2, 3, -1, 0, 2));
    const turned = rotated(w, generator(1));
    gram(turned).forEach((dot, at) => expect(dot).toBeCloseTo(gram(w)[at], 12));
    expect(Math.abs(turned.data[0] - 1)).toBeGreaterThan(0.01);
  });
});

it('lastBelow finds where a condition stops holding', () => {
  expect(lastBelow([1e-3, 1e3], (x) => x * x < 2)).toBeCloseTo(Math.SQRT2, 12);
});
