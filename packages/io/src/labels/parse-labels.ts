import { FormatError, quote } from '../bytes/format-error.ts';
import { recordSplitter, type CsvRecord } from '../formats/csv/record-splitter.ts';
import { impostorIn } from '../formats/not-weights.ts';
import { labelColumn } from './label-column.ts';
import { byteLevelText, isByteLevel, plainText } from './token-text.ts';

/** Files with the tokens of a model; the tokenizer.model of SentencePiece is binary. */
const KINDS = 'tokenizer.json, vocab.json, vocab.txt, or a table (.csv, .tsv, .parquet)';
/** Largest vocabulary, as many as a Map holds; larger numbers come from a damaged file. */
const MOST = 2 ** 24;
/** Pointers of Git LFS and pages with an error are shorter than this. */
const LONGEST_POINTER = 2 ** 16;

/**
 * Reads a label for each feature from the text of a file: `tokenizer.json` of the tokenizers library (any model, with
 * added tokens), `vocab.json` (token to index, or an array), a .csv or .tsv table with a column of labels, or
 * `vocab.txt` with one token per line. Tokens are made readable: bytes become text, spaces become visible.
 *
 * @param text the content of the file.
 * @param name the name of the file, used in errors and to recognise .csv and .tsv.
 * @param column the column of a table; default the one called label, labels, name, token, feature or word, or else the
 *   only one.
 * @param header true if the first line of a table names its columns, false if it holds labels, so that `column` is a number
 *   from 0; default: names, unless the only column has an unusual name.
 * @returns the labels by index; empty strings where the file has none.
 * @throws FormatError if the file is none of these.
 * @example
 * ```js
 * import { parseLabels } from 'polysem/io';
 * parseLabels('[PAD]\nhello\n', 'vocab.txt'); // ['[PAD]', 'hello']
 * ```
 */
export function parseLabels(
  text: string,
  name: string,
  column?: string,
  header?: boolean,
): string[] {
  const impostor = text.length < LONGEST_POINTER ? impostorIn(text) : null;
  if (impostor !== null) throw new FormatError(name, impostor);
  if (/\.[ct]sv$/i.test(name)) return tableLabels(text, name, column, header);
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
    if (typeof token !== 'string' || !Number.isSafeInteger(id) || (id as number) < 0) return;
    if ((id as number) >= MOST)
      throw new FormatError(name, `numbers a token ${String(id)}; the file is damaged`);
    tokens.set(id as number, token);
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
    const token = tokens.get(id);
    // A decoder for each hole would take 30 MB for an index of 65,536 in a file of 40 bytes.
    if (token === undefined) return '';
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

function tableLabels(
  text: string,
  name: string,
  column: string | undefined,
  isNamed: boolean | undefined,
): string[] {
  const [delimiter, rows] = splitTable(text, name);
  const [header] = rows;
  if (header === undefined) throw new FormatError(name, 'holds no labels');
  // Rows that have one cell more begin with the name of the row, as in R.
  const names =
    isNamed !== false && rows[1]?.cells.length === header.cells.length + 1
      ? ['', ...header.cells]
      : header.cells;
  const at =
    isNamed === false
      ? columnByNumber(names.length, column, name)
      : (labelColumn(names, column, name) ?? (isNamed === true ? 0 : undefined));
  rows.slice(1).forEach(({ cells }, i) => {
    if (cells.length === names.length) return;
    throw new FormatError(
      name,
      `row ${i + 2}: has ${cells.length} cells, row 1 has ${names.length}; give every row the same number, and quote cells that contain ${quote(delimiter)}`,
    );
  });
  // A single column without a usual name has labels from its first line on.
  const body = at === undefined || isNamed === false ? rows : rows.slice(1);
  return body.map(({ cells }) => cells[at ?? 0] ?? '');
}

/** The column of labels in a table without names. */
function columnByNumber(count: number, column: string | undefined, name: string): number {
  const at = Number(column || (count === 1 ? 0 : NaN));
  if (Number.isInteger(at) && at >= 0 && at < count) return at;
  throw new FormatError(
    name,
    `has ${count} columns without names${column === undefined ? '' : `, none of which is ${quote(column)}`}; give the number of the column of labels, 0 to ${count - 1}`,
  );
}

/**
 * Splits a table into records at tabs in .tsv files, otherwise at commas. Where the first line has no comma, it is split at
 * semicolons or tabs if all rows then have the same number of cells, as Excel writes tables in many countries.
 */
function splitTable(text: string, name: string): [delimiter: string, records: CsvRecord[]] {
  const usual = /\.tsv$/i.test(name) ? '\t' : ',';
  const top = withoutNotes(text).split(/[\r\n]/, 1)[0];
  for (const other of top.includes(usual) ? [] : [';', '\t'].filter((mark) => top.includes(mark))) {
    const records = recordsOrNull(text, other, name);
    const [first = 0, ...rest] = (records ?? []).map(({ cells }) => cells.length);
    // Rows that have one cell more begin with the name of the row, as in R.
    const isTable = [first, first + 1].some((count) => rest.every((cells) => cells === count));
    if (records !== null && first > 1 && isTable) return [other, records];
  }
  return [usual, tableRecords(text, usual, name)];
}

function recordsOrNull(text: string, delimiter: string, name: string): CsvRecord[] | null {
  try {
    return tableRecords(text, delimiter, name);
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}

/** Leaves out the metadata that earlier versions wrote before the names of the columns. */
function withoutNotes(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/^(?:# [^:\n]+: .*\r?\n)+/, '');
}

/** Splits a table into records; quoted cells may contain anything (RFC 4180). */
function tableRecords(text: string, delimiter: string, name: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  const source = withoutNotes(text);
  const lines = source.split(source.includes('\n') ? '\n' : '\r');
  if (lines.at(-1) === '') lines.pop();
  const splitter = recordSplitter(delimiter);
  for (const line of lines) {
    try {
      const record = splitter.feed(line);
      if (record !== null) records.push(record);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new FormatError(name, `row ${records.length + 1}: ${error.message}`, { cause: error });
    }
  }
  if (!splitter.isOpen()) return records;
  throw new FormatError(name, `row ${records.length + 1}: a quote is not closed`);
}
