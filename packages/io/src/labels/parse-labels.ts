import { FormatError, quote } from '../bytes/format-error.ts';
import { labelColumn } from './label-column.ts';
import { byteLevelText, isByteLevel, plainText } from './token-text.ts';

/** Files with the tokens of a model; the tokenizer.model of SentencePiece is binary. */
const KINDS = 'tokenizer.json, vocab.json, vocab.txt, or a table (.csv, .tsv, .parquet)';
/** Largest vocabulary; larger numbers come from a damaged file. */
const MOST = 2 ** 24;

/**
 * Reads a label for each feature from the text of a file: `tokenizer.json` of the tokenizers library (any model, with
 * added tokens), `vocab.json` (token to index, or an array), a .csv or .tsv table with a column of labels, or
 * `vocab.txt` with one token per line. Tokens are made readable: bytes become text, spaces become visible.
 *
 * @param text the content of the file.
 * @param name the name of the file, used in errors and to recognise .csv and .tsv.
 * @param column the column of a table; default the one called label, labels, name, token, feature or word, or else the
 *   only one.
 * @returns the labels by index; empty strings where the file has none.
 * @throws FormatError if the file is none of these.
 * @example
 * ```js
 * import { parseLabels } from '@polysem/io/labels';
 * parseLabels('[PAD]\nhello\n', 'vocab.txt'); // ['[PAD]', 'hello']
 * ```
 */
export function parseLabels(text: string, name: string, column?: string): string[] {
  if (/\.[ct]sv$/i.test(name)) return tableLabels(text, name, column);
  if (column !== undefined)
    throw new FormatError(name, `has no column ${quote(column)}: it is not a .csv or .tsv file`);
  if (/^\s*[{[]/.test(text) && /\.json$/i.test(name)) return jsonLabels(text, name);
  if (text.includes('\0')) {
    throw new FormatError(name, `is not text; give ${KINDS}`);
  }
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  if (lines.length === 0) throw new FormatError(name, 'holds no labels');
  return readable(lines);
}

function jsonLabels(text: string, name: string): string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new FormatError(name, 'is not JSON', { cause: error });
  }
  const tokens = new Map<number, string>();
  /** Added tokens, which are plain text whatever the alphabet of the others. */
  const plain = new Set<number>();
  const add = (token: unknown, id: unknown): void => {
    if (typeof token !== 'string' || !Number.isSafeInteger(id)) return;
    if ((id as number) >= 0 && (id as number) < MOST) tokens.set(id as number, token);
  };
  const record = isRecord(parsed) ? parsed : {};
  const model = isRecord(record.model) ? record.model : null;
  const vocabulary = model === null ? parsed : model.vocab;
  if (Array.isArray(vocabulary)) {
    // Items of a Unigram model are pairs of token and score.
    vocabulary.forEach((item: unknown, id) => add(Array.isArray(item) ? item[0] : item, id));
  } else if (isRecord(vocabulary)) {
    for (const [token, id] of Object.entries(vocabulary)) add(token, id);
  }
  const byteLevel = declaresByteLevel(record) ?? isByteLevel([...tokens.values()]);
  if (model !== null && Array.isArray(record.added_tokens)) {
    for (const added of record.added_tokens as unknown[]) {
      if (!isRecord(added)) continue;
      add(added.content, added.id);
      if (typeof added.id === 'number') plain.add(added.id);
    }
  }
  if (tokens.size === 0) throw new FormatError(name, 'holds no known kind of vocabulary');
  const last = [...tokens.keys()].reduce((most, id) => Math.max(most, id), 0);
  // An index far beyond the others would fill memory with empty labels.
  if (last >= 2 * tokens.size + 65_536)
    throw new FormatError(name, `numbers ${tokens.size} tokens up to ${last}; the file is damaged`);
  return Array.from({ length: last + 1 }, (_, id) => {
    const token = tokens.get(id) ?? '';
    return byteLevel && !plain.has(id) ? byteLevelText(token) : plainText(token);
  });
}

/** Returns whether a tokenizer.json declares byte-level tokens; undefined if it does not say. */
function declaresByteLevel({
  decoder,
  pre_tokenizer: splitter,
}: Record<string, unknown>): boolean | undefined {
  if (!isRecord(decoder) && !isRecord(splitter)) return undefined;
  return [decoder, splitter].some((step) => steps(step).includes('ByteLevel'));
}

/** Lists the types of a step and of the steps in its sequence. */
function steps(step: unknown): unknown[] {
  if (!isRecord(step)) return [];
  const inner = [step.decoders, step.pretokenizers].flatMap((list) =>
    Array.isArray(list) ? (list as unknown[]) : [],
  );
  return [step, ...inner].map((each) => (isRecord(each) ? each.type : undefined));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readable(tokens: readonly string[]): string[] {
  return tokens.map(isByteLevel(tokens) ? byteLevelText : plainText);
}

function tableLabels(text: string, name: string, column: string | undefined): string[] {
  const delimiter = /\.tsv$/i.test(name) ? '\t' : ',';
  const rows = parseTable(text, delimiter, name);
  const [header] = rows;
  if (header === undefined) throw new FormatError(name, 'holds no labels');
  const at = labelColumn(header, column, name);
  rows.forEach((row, i) => {
    if (row.length === header.length) return;
    throw new FormatError(
      name,
      `row ${i + 1}: has ${row.length} cells, row 1 has ${header.length}; give every row the same number, and quote cells that contain ${quote(delimiter)}`,
    );
  });
  // A single column without a usual name has labels from its first line on.
  return (at === undefined ? rows : rows.slice(1)).map((row) => row[at ?? 0] ?? '');
}

/** Splits a table into cells; quoted cells may contain anything (RFC 4180). */
function parseTable(text: string, delimiter: string, name: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  // Tables written by polysem have metadata before the names of the columns.
  const source = text.replace(/^\uFEFF/, '').replace(/^(?:# [^:\n]+: .*\r?\n)+/, '');
  while (at < source.length) {
    let cell: string;
    if (source[at] === '"') {
      const end = closingQuote(source, at + 1);
      if (end === -1) throw new FormatError(name, `line ${rows.length + 1}: a quote is not closed`);
      cell = source.slice(at + 1, end).replaceAll('""', '"');
      at = end + 1;
    } else {
      let end = at;
      while (end < source.length && source[end] !== delimiter && source[end] !== '\n') end++;
      cell = source.slice(at, end).replace(/\r$/, '');
      at = end;
    }
    row.push(cell);
    if (source[at] === '\r') at++;
    if (source[at] === delimiter) {
      at++;
      if (at === source.length) row.push('');
      continue;
    }
    if (at < source.length && source[at] !== '\n')
      throw new FormatError(name, `line ${rows.length + 1}: text after a closing quote`);
    at++;
    rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push(row);
  return rows;
}

function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at !== -1 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}
