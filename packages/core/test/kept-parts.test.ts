import { expect, it } from 'vitest';
import { keptPart, type ComparisonKeeper } from '../src/compare/kept-parts.ts';

it('a part of a comparison is computed once, and kept when it is finished', async () => {
  const parts = new Map<string, object>();
  const keeper: ComparisonKeeper = {
    finished: (part) => parts.get(part),
    finish: (part, value) => void parts.set(part, value),
    measuring: () => ({}),
    matching: () => ({}),
  };
  let computed = 0;
  const compute = async () => ({ number: ++computed });
  expect(await keptPart(keeper, 'a', compute)).toEqual({ number: 1 });
  expect(parts).toEqual(new Map([['a', { number: 1 }]]));
  expect(await keptPart(keeper, 'a', compute)).toBe(parts.get('a'));
  expect(await keptPart(keeper, 'b', compute)).toEqual({ number: 2 });
  expect(await keptPart(undefined, 'b', compute)).toEqual({ number: 3 });
});
