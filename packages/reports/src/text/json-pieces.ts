/** Length from which a piece is yielded, in UTF-16 units. */
const PIECE = 2 ** 16;
/** Elements of a list that are joined at once. */
const AT_ONCE = 4096;

/**
 * Converts a result to JSON in pieces, so that a long one need not fit in one string (V8 allows 2^29 characters). The pieces
 * together are the text of `toJson`. One piece at a time is in memory: 64 Ki characters and 4096 elements of a list, or one
 * string of the result if that is longer.
 *
 * @param value the result.
 * @param indent spaces per level; one line if 0.
 * @param end text after the JSON, such as a line feed.
 * @returns the pieces in order.
 *
 * @example
 * ```js
 * import { jsonPieces } from 'polysem/reports';
 * const pieces = [...jsonPieces({ x: new Float64Array(50000) }, 0, '\n')];
 * pieces.length; // 2
 * pieces[0].slice(0, 10); // '{"x":[0,0,'
 * ```
 */
export function* jsonPieces(
  value: unknown,
  indent: number = 0,
  end: string = '',
): Generator<string> {
  let text = '';
  for (const part of parts(value, ' '.repeat(indent), '')) {
    text += part;
    if (text.length >= PIECE) {
      yield text;
      text = '';
    }
  }
  if (text + end !== '') yield text + end;
}

/**
 * Encodes a result as JSON in UTF-8, in pieces; see `jsonPieces`.
 *
 * @param value the result.
 * @param indent spaces per level; one line if 0.
 * @param end text after the JSON, such as a line feed.
 * @returns the bytes of the pieces in order.
 *
 * @example
 * ```js
 * import { jsonBytes } from 'polysem/reports';
 * [...jsonBytes([1])][0].length; // 3
 * ```
 */
export function* jsonBytes(
  value: unknown,
  indent: number = 0,
  end: string = '',
): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const piece of jsonPieces(value, indent, end)) yield encoder.encode(piece);
}

/** The parts of a value: brackets, keys, and runs of elements. `margin` is the indentation of the line that it begins on. */
function* parts(value: unknown, gap: string, margin: string): Generator<string> {
  if (Array.isArray(value)) yield* partsOfList(value, gap, margin);
  else if (ArrayBuffer.isView(value)) yield* partsOfList(value as Float64Array, gap, margin);
  else if (isRecord(value)) yield* partsOfRecord(value, gap, margin);
  else yield JSON.stringify(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !('toJSON' in value);
}

function* partsOfList(list: ArrayLike<unknown>, gap: string, margin: string): Generator<string> {
  if (list.length === 0) {
    yield '[]';
    return;
  }
  const within = margin + gap;
  const [start, separator, stop] =
    gap === '' ? ['[', ',', ']'] : [`[\n${within}`, `,\n${within}`, `\n${margin}]`];
  yield start;
  for (let first = 0; first < list.length; first += AT_ONCE) {
    if (first > 0) yield separator;
    const some = Array.from(
      { length: Math.min(AT_ONCE, list.length - first) },
      (_, k) => list[first + k],
    );
    if (!some.some(isNested)) {
      yield some.map((element) => JSON.stringify(element) ?? 'null').join(separator);
      continue;
    }
    for (const [k, element] of some.entries()) {
      if (k > 0) yield separator;
      yield* parts(element ?? null, gap, within);
    }
  }
  yield stop;
}

function isNested(element: unknown): boolean {
  return typeof element === 'object' && element !== null;
}

function* partsOfRecord(
  record: Readonly<Record<string, unknown>>,
  gap: string,
  margin: string,
): Generator<string> {
  const fields = Object.entries(record).filter(([, field]) => field !== undefined);
  if (fields.length === 0) {
    yield '{}';
    return;
  }
  const within = margin + gap;
  for (const [k, [name, field]] of fields.entries()) {
    const before = k === 0 ? '{' : ',';
    yield gap === ''
      ? `${before}${JSON.stringify(name)}:`
      : `${before}\n${within}${JSON.stringify(name)}: `;
    yield* parts(field, gap, within);
  }
  yield gap === '' ? '}' : `\n${margin}}`;
}
