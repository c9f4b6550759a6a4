/** A value of the subset of Python literals that numpy writes into headers. */
export type PythonValue =
  | string
  | number
  | boolean
  | null
  | { readonly kind: 'tuple' | 'list'; readonly items: readonly PythonValue[] }
  | { readonly kind: 'dict'; readonly items: ReadonlyMap<string, PythonValue> };

// Structured dtypes nest a few levels; the limit protects the stack from hostile headers.
const MAX_DEPTH = 32;

/**
 * Parses one Python literal: strings without escapes, decimal integers, True, False, None, tuples, lists, and dicts
 * with string keys.
 *
 * Longer than 60 lines: the small parsers share the position in the text.
 *
 * @throws SyntaxError that names what was expected and at which character.
 */
export function parsePythonLiteral(text: string): PythonValue {
  let at = 0;

  function fail(expected: string): never {
    throw new SyntaxError(`expected ${expected} at character ${at}`);
  }

  function peek(): string {
    while (at < text.length && ' \t\r\n'.includes(text[at])) at += 1;
    return text[at] ?? '';
  }

  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  }

  function items<T>(close: string, item: () => T): { items: T[]; commas: number } {
    at += 1;
    const found: T[] = [];
    let commas = 0;
    while (peek() !== close) {
      if (found.length > commas) fail(`',' or '${close}'`);
      found.push(item());
      if (peek() === ',') {
        at += 1;
        commas += 1;
      }
    }
    at += 1;
    return { items: found, commas };
  }

  function string(): string {
    const found = take(/'[^'\\\n]*'|"[^"\\\n]*"/y);
    return found === undefined ? fail('a string without escapes') : found.slice(1, -1);
  }

  function value(depth: number): PythonValue {
    if (depth > MAX_DEPTH) fail(`no more than ${MAX_DEPTH} levels of nesting`);
    const first = peek();
    if (first === "'" || first === '"') return string();
    if (first === '[') return { kind: 'list', items: items(']', () => value(depth + 1)).items };
    if (first === '(') {
      const found = items(')', () => value(depth + 1));
      // (3) is a number in parentheses, (3,) a tuple.
      return found.items.length === 1 && found.commas === 0
        ? found.items[0]
        : { kind: 'tuple', items: found.items };
    }
    if (first === '{') {
      const dict = new Map<string, PythonValue>();
      items('}', () => {
        const key = string();
        if (dict.has(key)) fail(`'${key.slice(0, 60)}' only once`);
        if (peek() !== ':') fail("':'");
        at += 1;
        dict.set(key, value(depth + 1));
      });
      return { kind: 'dict', items: dict };
    }
    switch (take(/True\b|False\b|None\b/y)) {
      case 'True':
        return true;
      case 'False':
        return false;
      case 'None':
        return null;
    }
    const number = take(/-?(?:0|[1-9]\d*)(?![\w.])/y);
    return number === undefined ? fail('a Python literal') : Number(number);
  }

  const result = value(0);
  if (peek() !== '') fail('nothing more');
  return result;
}
