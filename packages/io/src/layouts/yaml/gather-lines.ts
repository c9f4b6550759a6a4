import type { YamlReader } from './yaml-lines.ts';

/** State at some place of a text: open brackets and an open string. */
interface Within {
  depth: number;
  /** The quotation mark of the string that is open; empty outside of strings. */
  mark: string;
  /** True where a string in quotes may begin. */
  isFresh: boolean;
}

/**
 * Joins the lines of a value that begins with a quotation mark or bracket, up to the line in which it ends. Comments are left
 * out. Within a string, lines are joined by a space, blank lines become line breaks, and a backslash joins directly.
 */
export function gathered(reader: YamlReader, text: string): string {
  const within: Within = { depth: 0, mark: '', isFresh: true };
  const parts: string[] = [];
  let line: string | undefined = text;
  for (;;) {
    let content = contentOf(line, within);
    if (within.mark === '' && within.depth <= 0) return parts.concat(content).join('').trimEnd();
    const isJoined = within.mark === '"' && /(?:^|[^\\])(?:\\\\)*\\$/.test(content);
    if (isJoined) content = content.slice(0, -1);
    parts.push(content);
    let blanks = 0;
    line = reader.raw()?.text;
    while (line === '') {
      blanks += 1;
      line = reader.raw()?.text;
    }
    if (line === undefined)
      return reader.fail(`a ${within.mark === '' ? 'list or map' : 'text in quotes'} does not end`);
    if (!isJoined) parts.push(blanks > 0 ? '\n'.repeat(blanks) : ' ');
  }
}

/** The part of a line before its comment; notes what is open at its end. */
function contentOf(line: string, within: Within): string {
  for (let i = 0; i < line.length; i++) {
    const c = line[i];
    if (within.mark !== '') {
      if (c === '\\' && within.mark === '"') i += 1;
      else if (c === within.mark) {
        if (c === "'" && line[i + 1] === c) i += 1;
        else within.mark = '';
      }
      continue;
    }
    if (c === '#' && (i === 0 || line[i - 1] === ' ')) return line.slice(0, i);
    if (within.isFresh && (c === '"' || c === "'")) within.mark = c;
    else if (c === '[' || c === '{') within.depth += 1;
    else if (c === ']' || c === '}') within.depth -= 1;
    if (c !== ' ') within.isFresh = '[{,:'.includes(c);
  }
  return line;
}
