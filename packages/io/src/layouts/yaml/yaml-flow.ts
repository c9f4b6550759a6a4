import { quote } from '../../bytes/format-error.ts';
import { plainScalar, readQuoted } from './yaml-scalars.ts';

/** Deepest nesting of maps and lists; configurations have a few levels. */
export const DEEPEST = 64;

/** Characters that begin something other than a text without quotes. */
export const INDICATORS: Readonly<Record<string, string>> = {
  '&': 'anchors (&) are not read',
  '*': 'aliases (*) are not read',
  '!': 'tags (!) are not read, except !!python/tuple',
  '|': 'block texts (|) are not read',
  '>': 'folded texts (>) are not read',
  '%': 'directives (%) are not read',
  '@': 'a text must not begin with @',
  '`': 'a text must not begin with `',
};

/** Makes an object of keys and values. A key `__proto__` is an ordinary property. */
export function objectOf(
  pairs: readonly (readonly [string, unknown])[],
  fail: (problem: string) => never,
): Record<string, unknown> {
  const map = new Map(pairs);
  if (map.size < pairs.length) {
    const twice = pairs.find(([key], i) => pairs.findIndex(([other]) => other === key) < i);
    fail(`has the key ${quote(twice?.[0] ?? '')} twice`);
  }
  if (map.has('<<')) fail('merged maps (<<) are not read');
  return Object.fromEntries(map);
}

/** Reads a list `[a, b]` or map `{a: 1}` that is all of a text. */
export function parseFlow(text: string, fail: (problem: string) => never): unknown {
  let at = 0;
  const space = (): void => {
    while (text[at] === ' ') at += 1;
  };
  const scalar = (stops: RegExp): unknown => {
    if (text[at] === '"' || text[at] === "'") {
      const quoted = readQuoted(text.slice(at), fail);
      if (quoted === null) return fail('a text in quotes does not end');
      at += quoted.end;
      return quoted.value;
    }
    const problem = INDICATORS[text[at] ?? ''];
    if (problem !== undefined) fail(problem);
    const length = stops.exec(text.slice(at))?.index ?? text.length - at;
    const plain = text.slice(at, at + length).trim();
    at += length;
    return plainScalar(plain, fail);
  };
  const value = (depth: number): unknown => {
    if (depth > DEEPEST) fail(`maps and lists are nested more than ${DEEPEST} times`);
    space();
    if (text[at] === '[') return list(depth);
    if (text[at] === '{') return map(depth);
    return scalar(/[,\][{}]/);
  };
  const separator = (close: string): boolean => {
    space();
    if (text[at] === close) return false;
    if (text[at] !== ',') fail(`expected "," or ${quote(close)} in a list or map`);
    at += 1;
    space();
    return text[at] !== close;
  };
  const list = (depth: number): unknown[] => {
    const items: unknown[] = [];
    at += 1;
    space();
    if (text[at] !== ']')
      do items.push(value(depth + 1));
      while (separator(']'));
    at += 1;
    return items;
  };
  const map = (depth: number): Record<string, unknown> => {
    const pairs: [string, unknown][] = [];
    at += 1;
    space();
    if (text[at] !== '}')
      do {
        if (text.startsWith('? ', at)) fail('keys behind a question mark are not read');
        const begin = at;
        const key = scalar(/:(?= |$)|[,\][{}]/);
        const name = typeof key === 'string' ? key : text.slice(begin, at).trim();
        space();
        if (text[at] !== ':') fail(`the key ${quote(name)} has no value`);
        at += 1;
        pairs.push([name, value(depth + 1)]);
      } while (separator('}'));
    at += 1;
    return objectOf(pairs, fail);
  };
  const whole = value(0);
  space();
  if (at < text.length && text[at] !== '#') fail(`${quote(text.slice(at))} follows a list or map`);
  return whole;
}
