import { FormatError } from '../../bytes/format-error.ts';

/** A line of a YAML file. */
export interface YamlLine {
  /** Number in the file, from 1. */
  readonly number: number;
  /** Column of the first character, from 0. */
  readonly indent: number;
  /** Text from that character on, without spaces at the end. */
  readonly text: string;
  /** True if a tab is among the spaces before it. */
  readonly hasTab: boolean;
}

/** A position in the lines of a YAML file. */
export interface YamlReader {
  /** Returns the next line that is neither blank nor a comment; undefined at the end. */
  readonly peek: () => YamlLine | undefined;
  /** Moves past the line that `peek` returned. */
  readonly skip: () => void;
  /** Replaces the rest of the line that `peek` returned. */
  readonly replace: (indent: number, text: string) => void;
  /** Returns the next line, whatever it holds, and moves past it; undefined at the end. */
  readonly raw: () => YamlLine | undefined;
  /** Throws FormatError that names the line read last. */
  readonly fail: (problem: string) => never;
}

/** Opens a text for reading line by line. */
export function yamlReader(text: string, sourceName: string): YamlReader {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((whole, i): YamlLine => {
      const space = /^[ \t]*/.exec(whole)?.[0] ?? '';
      const content = whole.slice(space.length).trimEnd();
      return { number: i + 1, indent: space.length, text: content, hasTab: space.includes('\t') };
    });
  let at = 0;
  let last = 1;
  const fail = (problem: string): never => {
    throw new FormatError(sourceName, `line ${last}: ${problem}`);
  };
  return {
    peek: () => {
      while (at < lines.length && /^(?:#|$)/.test(lines[at].text)) at += 1;
      const line: YamlLine | undefined = lines[at];
      if (line === undefined) return undefined;
      last = line.number;
      if (line.hasTab) fail('a tab indents it, which YAML forbids');
      return line;
    },
    skip: () => {
      at += 1;
    },
    replace: (indent, rest) => {
      lines[at] = { ...lines[at], indent, text: rest };
    },
    raw: () => {
      const line: YamlLine | undefined = lines[at];
      last = line?.number ?? last;
      at += 1;
      return line;
    },
    fail,
  };
}
