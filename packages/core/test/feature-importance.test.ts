import { IMPORTANCE_PATTERN, importanceOf, type ImportanceParameter } from '@polysem/core/theory';
import { expect, it } from 'vitest';

it.each<[ImportanceParameter, number | undefined, number[]]>([
  [0.3, 3, [0.3, 0.3, 0.3]],
  [[4, 5], 2, [4, 5]],
  [[4, 5], undefined, [4, 5]],
  [[7], 3, [7, 7, 7]],
  [[7], undefined, [7]],
  [[7], 0, []],
])('lists the importance of each feature: %j for %s features', (importance, features, expected) => {
  expect(importanceOf(importance, features)).toEqual(expected);
});

it.each([
  ['0.9^i', (i: number) => 0.9 ** i],
  [' .5 ^I ', (i: number) => 0.5 ** i],
  ['1e-1^i', (i: number) => 0.1 ** i],
  ['+2.^i', (i: number) => 2 ** i],
  ['(i+1)^-0.5', (i: number) => (i + 1) ** -0.5],
  ['( I + 1 ) ^ 2', (i: number) => (i + 1) ** 2],
])('reads the formula %s', (text, formula) => {
  const list = importanceOf(text, 30);
  expect(list).toHaveLength(30);
  // Powers by up to 29 multiplications: each rounds by at most 2^-53, and so does the base.
  list.forEach((value, i) => expect(Math.abs(value / formula(i) - 1)).toBeLessThan(64 * 2 ** -53));
  expect(IMPORTANCE_PATTERN.test(text.trim())).toBe(true);
});

it('gives a copy, so that changing it does not change the list that was given', () => {
  const given = [1, 2];
  importanceOf(given)[0] = 9;
  expect(given).toEqual([1, 2]);
});

it.each<[ImportanceParameter, number | undefined, string]>([
  [[1, 2], 3, 'importance: 2 values for 3 features; give one for all, or one per feature'],
  [[], 3, 'importance: 0 values for 3 features; give one for all, or one per feature'],
  [0.5, undefined, 'importance: 0.5 does not determine the number of features; give features too'],
  [
    '0.9^i',
    undefined,
    'importance: 0.9^i does not determine the number of features; give features too',
  ],
  ['0.9^j', 2, 'expected a number, a list, powers such as 0.9^i or a power law'],
  ['x0.9^i', 2, 'got "x0.9^i"'],
  ['0.9^i2', 2, 'got "0.9^i2"'],
  ['(i+1)^', 2, 'got "(i+1)^"'],
  ['(i+2)^-1', 2, 'got "(i+2)^-1"'],
  ['-', 2, 'got "-"'],
])('refuses %j for %s features', (importance, features, message) => {
  expect(() => importanceOf(importance, features)).toThrow(message);
});
