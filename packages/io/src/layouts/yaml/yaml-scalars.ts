import { quote } from '../../bytes/format-error.ts';

/** Escapes of a string in double quotes that stand for one character. */
const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};

/** Length of the hexadecimal number after an escape. */
const HEXADECIMAL: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** A string in quotes at the beginning of a text, and the index behind it. */
export interface Quoted {
  readonly value: string;
  readonly end: number;
}

/**
 * Reads a string in single or double quotes from the beginning of a text; null if the text ends before it does.
 *
 * @param fail called for an escape that YAML does not know.
 */
export function readQuoted(text: string, fail: (problem: string) => never): Quoted | null {
  const [mark] = text;
  let value = '';
  for (let i = 1; i < text.length; i++) {
    const c = text[i];
    if (c === mark) {
      if (mark === '"' || text[i + 1] !== mark) return { value, end: i + 1 };
      value += mark;
      i += 1;
    } else if (c === '\\' && mark === '"') {
      const kind = text[i + 1];
      if (kind === undefined) return null;
      const digits = HEXADECIMAL[kind] ?? 0;
      const hex = text.slice(i + 2, i + 2 + digits);
      const code = Number.parseInt(hex, 16);
      const isCode = digits > 0 && new RegExp(`^[\\da-f]{${digits}}$`, 'i').test(hex);
      if (ESCAPES[kind] === undefined && !(isCode && code <= 0x10ffff))
        fail(`the escape ${quote(`\\${kind}${hex}`)} is not one of YAML`);
      value += ESCAPES[kind] ?? String.fromCodePoint(code);
      i += 1 + digits;
    } else value += c;
  }
  return null;
}

const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'].map(
    (word) => [word, true] as const,
  ),
  ...['false', 'False', 'FALSE', 'no', 'No', 'NO', 'off', 'Off', 'OFF'].map(
    (word) => [word, false] as const,
  ),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, -Infinity] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, NaN] as const),
]);

/**
 * Converts a scalar without quotes: null, a boolean, a number or a text, as PyYAML does, which writes most configurations.
 * `1e-3`, a text to PyYAML, is a number, as in YAML 1.2.
 */
export function plainScalar(text: string, fail: (problem: string) => never): unknown {
  if (WORDS.has(text)) return WORDS.get(text);
  // Numbers are short; this bounds the time of the expressions below.
  if (text.length > 64) return text;
  const digits = text.replaceAll('_', '');
  if (/^0(?:x[\da-f_]+|b[01_]+)$/i.test(text)) return Number(digits);
  if (/^[-+]?0[\d_]+$/.test(text))
    fail(`${quote(text)} is an octal number in YAML 1.1 and a decimal one in YAML 1.2`);
  if (/^[-+]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[-+]?\d+)?$/i.test(text)) return Number(digits);
  if (/^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?$/.test(text))
    fail(`${quote(text)} is a number to base 60 in YAML 1.1`);
  return text;
}
