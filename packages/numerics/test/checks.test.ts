import { describe, expect, it } from 'vitest';
import {
  atMost,
  finite,
  hasLength,
  inInterval,
  integerAtLeast,
  integerBetween,
  nonNegativeInteger,
  notNegative,
  oneOf,
  positive,
  positiveInteger,
} from '../src/checks/index.ts';

describe('checks', () => {
  it.each<[() => void, string]>([
    [() => positiveInteger('x', 0), 'x: must be a positive integer, got 0'],
    [() => positiveInteger('x', 1.5), 'x: must be a positive integer, got 1.5'],
    [() => nonNegativeInteger('x', -1), 'x: must be a non-negative integer, got -1'],
    [() => integerAtLeast('x', 1, 2), 'x: must be an integer of at least 2, got 1'],
    [() => integerBetween('x', 4, 1, 3), 'x: must be an integer from 1 to 3, got 4'],
    [() => positive('x', 0), 'x: must be positive and finite, got 0'],
    [() => positive('x', Infinity), 'x: must be positive and finite, got Infinity'],
    [() => notNegative('x', NaN), 'x: must be finite and not negative, got NaN'],
    [() => finite('x', -Infinity), 'x: must be a finite number, got -Infinity'],
    [() => atMost('x', 3, 2), 'x: must be at most 2, got 3'],
    [() => inInterval('x', 1, 0, 1, '[)'), 'x: must lie in [0, 1), got 1'],
    [() => inInterval('x', 0, 0, 1, '(]'), 'x: must lie in (0, 1], got 0'],
    [() => inInterval('x', NaN, 0, 1), 'x: must lie in [0, 1], got NaN'],
    [() => oneOf('x', 'c', ['a', 'b']), 'x: must be one of a, b, got c'],
    [() => hasLength('x', [1], 2), 'x: must have 2 numbers, got 1'],
  ])('%s', (check, message) => {
    expect(check).toThrow(new RangeError(message));
  });

  it('accept values at the ends of their range', () => {
    expect(() => {
      positiveInteger('x', 1);
      nonNegativeInteger('x', 0);
      integerAtLeast('x', 2, 2);
      integerBetween('x', 3, 1, 3);
      notNegative('x', 0);
      atMost('x', 2, 2);
      inInterval('x', 0, 0, 1, '[)');
      inInterval('x', 1, 0, 1, '(]');
      oneOf('x', 'a', ['a', 'b']);
      hasLength('x', [1, 2], 2);
    }).not.toThrow();
  });
});
