import { expect, test } from 'vitest';
import { FormatError, printable, quote, quoteList } from '../src/bytes/format-error.ts';

test('a quoted text has at most 60 characters, or as many as are asked for', () => {
  const long = 'x'.repeat(61);
  expect(quote(long.slice(1))).toBe(`"${'x'.repeat(60)}"`);
  expect(quote(long)).toBe(`"${'x'.repeat(60)}…"`);
  expect(quote('abc', 3)).toBe('"abc"');
  expect(quote('abcd', 3)).toBe('"abc…"');
  expect(quote('a"b\n')).toBe('"a\\"b\\n"');
});

test('a list has five names, or as many as are asked for, and the number of the others', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  expect(quoteList(names.slice(0, 5))).toBe('"a", "b", "c", "d", "e"');
  expect(quoteList(names)).toBe('"a", "b", "c", "d", "e" and 2 more');
  expect(quoteList(names, 6)).toBe('"a", "b", "c", "d", "e", "f" and 1 more');
  expect(quoteList([])).toBe('');
});

test('nothing of a message is hidden or obeyed by a terminal', () => {
  const hidden = ['\u0007', '\u001b', '\u202e', '\ud800', '\u2028', '\u2029', '\n'];
  for (const character of hidden)
    expect(printable(`a${character}b`)).toBe(`a\\u{${character.charCodeAt(0).toString(16)}}b`);
  expect(printable('é 😀 "')).toBe('é 😀 "');
  const error = new FormatError('f\n', 'is bad\u0007', { cause: 3 });
  expect(error).toMatchObject({
    name: 'FormatError',
    message: 'f\\u{a}: is bad\\u{7}',
    source: 'f\n',
    problem: 'is bad\\u{7}',
    cause: 3,
  });
});
