import { FormatError, quote } from '../../bytes/format-error.ts';
import { gathered } from './gather-lines.ts';
import { DEEPEST, INDICATORS, objectOf, parseFlow } from './yaml-flow.ts';
import { yamlReader, type YamlReader } from './yaml-lines.ts';
import { plainScalar, readQuoted } from './yaml-scalars.ts';

/**
 * Reads the part of YAML that configurations use: nested maps and lists, in blocks or in brackets, scalars, texts in quotes
 * and comments. Anchors, tags, block texts and several documents are refused by name.
 *
 * @param text the file.
 * @param sourceName the name of the file in errors.
 * @returns the map that the file holds.
 * @throws FormatError that names the line and what is not read there.
 */
export function parseYaml(text: string, sourceName: string): Record<string, unknown> {
  const reader = yamlReader(text, sourceName);
  let first = reader.peek();
  if (first?.text.startsWith('%')) reader.fail(INDICATORS['%']);
  if (first !== undefined && /^---(?: |$)/.test(first.text)) {
    const rest = first.text.slice(3).trimStart();
    reader.replace(first.text.length - rest.length, rest);
    first = reader.peek();
  }
  if (first === undefined) throw new FormatError(sourceName, 'holds no configuration');
  const value = block(reader, first.indent, 0);
  const rest = reader.peek();
  if (rest?.text === '...') {
    reader.skip();
    if (reader.peek() !== undefined) reader.fail('a second document is not read');
  } else if (rest !== undefined)
    reader.fail(
      rest.text.startsWith('---')
        ? 'a second document is not read'
        : `${quote(rest.text)} does not fit the lines before it`,
    );
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FormatError(sourceName, 'holds no map of names and values');
  return value as Record<string, unknown>;
}

/** Reads the lines that begin in a column: a map, a list or a scalar. */
function block(reader: YamlReader, indent: number, depth: number): unknown {
  if (depth > DEEPEST) reader.fail(`maps and lists are nested more than ${DEEPEST} times`);
  const { text } = reader.peek() ?? { text: '' };
  if (isItem(text)) return list(reader, indent, depth);
  if (keyOf(text, reader) !== null) return map(reader, indent, depth);
  return inline(reader, text, indent - 1);
}

function isItem(text: string): boolean {
  return /^-(?: |$)/.test(text);
}

/** Returns whether the value behind a key or dash begins in the next line. */
function beginsBlock(rest: string): boolean {
  return rest === '' || rest.startsWith('#') || /^!!python\/tuple(?: +#.*)?$/.test(rest);
}

/** Reads the items of a list whose dashes are in column `indent`. */
function list(reader: YamlReader, indent: number, depth: number): unknown[] {
  const items: unknown[] = [];
  for (;;) {
    const line = reader.peek();
    if (line === undefined || line.indent !== indent || !isItem(line.text)) return items;
    const rest = line.text.slice(1).trimStart();
    if (beginsBlock(rest)) {
      reader.skip();
      items.push(nested(reader, indent, depth, false));
      continue;
    }
    const column = indent + line.text.length - rest.length;
    if (isItem(rest) || keyOf(rest, reader) !== null) {
      reader.replace(column, rest);
      items.push(block(reader, column, depth + 1));
    } else items.push(inline(reader, rest, indent));
  }
}

/** Reads the entries of a map whose keys begin in column `indent`. */
function map(reader: YamlReader, indent: number, depth: number): Record<string, unknown> {
  const pairs: [string, unknown][] = [];
  for (;;) {
    const line = reader.peek();
    if (line === undefined || line.indent < indent || line.text === '...') break;
    if (line.indent > indent) reader.fail('is indented further than the line before it');
    const entry = keyOf(line.text, reader);
    if (entry === null) {
      if (isItem(line.text) || line.text.startsWith('---')) break;
      reader.fail(`${quote(line.text)} is not of the form "name: value"`);
    }
    const { key, rest } = entry;
    if (beginsBlock(rest)) {
      reader.skip();
      pairs.push([key, nested(reader, indent, depth, true)]);
    } else pairs.push([key, inline(reader, rest, indent)]);
  }
  return objectOf(pairs, reader.fail);
}

/** Reads the block below a key or dash in column `indent`; null if there is none. A list may begin in the column of its key. */
function nested(reader: YamlReader, indent: number, depth: number, isKey: boolean): unknown {
  const line = reader.peek();
  if (line === undefined) return null;
  if (line.indent > indent || (isKey && line.indent === indent && isItem(line.text)))
    return block(reader, line.indent, depth + 1);
  return null;
}

/** Splits `key: rest`; null if a line does not begin with a key. */
function keyOf(text: string, reader: YamlReader): { key: string; rest: string } | null {
  if (/^\?(?: |$)/.test(text)) reader.fail('keys behind a question mark are not read');
  const [first] = text;
  if (first === '"' || first === "'") {
    const quoted = readQuoted(text, reader.fail);
    const rest = quoted === null ? '' : text.slice(quoted.end).trimStart();
    return quoted !== null && /^:(?: |$)/.test(rest)
      ? { key: quoted.value, rest: rest.slice(1).trim() }
      : null;
  }
  if (first === '[' || first === '{') return null;
  const colon = text.endsWith(':') && !text.includes(': ') ? text.length - 1 : text.indexOf(': ');
  const comment = text.indexOf(' #');
  if (colon <= 0 || (comment >= 0 && comment < colon)) return null;
  const problem = INDICATORS[first];
  if (problem !== undefined) reader.fail(problem);
  return { key: text.slice(0, colon).trimEnd(), rest: text.slice(colon + 2).trim() };
}

/** Reads a value that begins in the current line, behind a key or dash in column `indent`, and may go on in later lines. */
function inline(reader: YamlReader, text: string, indent: number): unknown {
  const { fail } = reader;
  if (text.startsWith('!!python/tuple [')) text = text.slice(text.indexOf('['));
  const problem = INDICATORS[text[0]];
  if (problem !== undefined) fail(problem);
  reader.skip();
  if (text.startsWith('"') || text.startsWith("'")) return quotedText(reader, text);
  if (text.startsWith('[') || text.startsWith('{')) return parseFlow(gathered(reader, text), fail);
  let whole = withoutComment(text);
  if (keyOf(whole, reader) !== null) fail('a map must begin in its own line');
  while (whole.length === text.length) {
    const line = reader.peek();
    if (line === undefined || line.indent <= indent) break;
    if (keyOf(line.text, reader) !== null) fail('is indented further than the line before it');
    const more = withoutComment(line.text);
    reader.skip();
    whole = `${whole} ${more}`;
    if (more.length < line.text.length) break;
    text = whole;
  }
  return plainScalar(whole, fail);
}

function withoutComment(text: string): string {
  const comment = text.indexOf(' #');
  return comment < 0 ? text : text.slice(0, comment).trimEnd();
}

/** Reads a text in quotes, which may go on in later lines. */
function quotedText(reader: YamlReader, text: string): string {
  const whole = gathered(reader, text);
  const quoted = readQuoted(whole, reader.fail);
  if (quoted === null) return reader.fail('a text in quotes does not end');
  const rest = whole.slice(quoted.end).trim();
  if (rest !== '') reader.fail(`${quote(rest)} follows a text in quotes`);
  return quoted.value;
}
