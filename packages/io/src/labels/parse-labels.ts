import { FormatError, quote } from '../bytes/format-error.ts';
import { labelColumn } from './label-column.ts';
import { byteLevelText, isByteLevel, plainText } from './token-text.ts';

/** What a model has its tokens in; `tokenizer.model` of SentencePiece is a binary file. */
const KINDS = 'tokenizer.json, vocab.json, vocab.txt, or a table (.csv, .tsv, .parquet)';
/** No vocabulary has more tokens; more would be numbers that a damaged file makes up. */
const MOST = 2 ** 24;

/**
 * A name for each feature, from the text of a file beside a model: `tokenizer.json` of the tokenizers library (any model,
 * added tokens too), `vocab.json` (token to number, or a list), a table with a column of names (.csv, .tsv), or
 * `vocab.txt`, a token a line. Tokens are made readable: what bytes they stand for, with spaces visible.
 *
 * @param name the file's name: what errors say, and how .csv and .tsv are known.
 * @param column of a table, the column of names; without it the one called label, name, token, feature or word, else the
 *   only one.
 * @returns the names by number; empty strings where the file has none.
 * @throws FormatError if the file is none of these.
 */
export function parseLabels(text: string, name: string, column?: string): string[] {
  if (/\.[ct]sv$/i.test(name)) return tableLabels(text, name, column);
  if (column !== undefined)
    throw new FormatError(name, `has no column ${quote(column)}: it is no .csv or .tsv`);
  if (/^\s*[{[]/.test(text) && /\.json$/i.test(name)) return jsonLabels(text, name);
  if (text.includes('\0')) {
    throw new FormatError(name, `is no text; give ${KINDS}`);
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
  /** Those that are written as they are read, whatever the alphabet of the others. */
  const plain = new Set<number>();
  const add = (token: unknown, id: unknown): void => {
    if (typeof token !== 'string' || !Number.isSafeInteger(id)) return;
    if ((id as number) >= 0 && (id as number) < MOST) tokens.set(id as number, token);
  };
  const record = isRecord(parsed) ? parsed : {};
  const model = isRecord(record.model) ? record.model : null;
  const vocabulary = model === null ? parsed : model.vocab;
  if (Array.isArray(vocabulary)) {
    // Of Unigram models each item is a token and its score.
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
  if (tokens.size === 0) throw new FormatError(name, 'holds no vocabulary that is known');
  const last = [...tokens.keys()].reduce((most, id) => Math.max(most, id), 0);
  // A number far behind the others would fill memory with nothing.
  if (last >= 2 * tokens.size + 65_536)
    throw new FormatError(name, `numbers ${tokens.size} tokens up to ${last}`);
  return Array.from({ length: last + 1 }, (_, id) => {
    const token = tokens.get(id) ?? '';
    return byteLevel && !plain.has(id) ? byteLevelText(token) : plainText(token);
  });
}

/** Whether a tokenizer.json says that its tokens are written byte by byte; undefined if it says nothing of the kind. */
function declaresByteLevel({
  decoder,
  pre_tokenizer: splitter,
}: Record<string, unknown>): boolean | undefined {
  if (!isRecord(decoder) && !isRecord(splitter)) return undefined;
  return [decoder, splitter].some((step) => steps(step).includes('ByteLevel'));
}

/** The types of a step, and of those that it is a sequence of. */
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
      `row ${i + 1}: has ${row.length} cells, row 1 has ${header.length}; give every line as many, and quote text with ${quote(delimiter)} in it`,
    );
  });
  // Without a usual name a single column is labels from its first line on.
  return (at === undefined ? rows : rows.slice(1)).map((row) => row[at ?? 0] ?? '');
}

/** Cells of a table, quoted ones with any text inside (RFC 4180). */
function parseTable(text: string, delimiter: string, name: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  // What a table that polysem wrote says of itself stands before the names of its columns.
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
      throw new FormatError(name, `line ${rows.length + 1}: text behind a closing quote`);
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
