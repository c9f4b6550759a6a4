import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { printable } from '@polysem/io/bytes';
import { UsageError } from '../../usage-error.ts';
import type { Path, Source } from './source.ts';

/** A document that was read, and its text. */
export interface ReadSweep {
  readonly data: unknown;
  readonly source: Source;
}

/** Largest file that is read as a document, in bytes. */
const LARGEST = 2 ** 27;

/**
 * Parses YAML or JSON.
 *
 * @param text the text; JSON is YAML.
 * @param file name of the file for messages.
 * @returns the data, and the lines of its values.
 * @throws UsageError with the line if the text is malformed.
 *
 * @example
 * ```js
 * import { parseSweep } from 'polysem/sweep';
 * parseSweep('compute: train', 'sweep.yaml').data; // { compute: 'train' }
 * ```
 */
export function parseSweep(text: string, file: string): ReadSweep {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
  });
  const [first] = [...document.errors, ...document.warnings];
  if (first !== undefined) {
    const { line } = lines.linePos(first.pos[0]);
    const [sentence] = first.message.split('\n');
    throw new UsageError(printable(`${file}:${line}: not valid YAML or JSON: ${sentence}`));
  }
  const lineOf = (path: Path): number => {
    for (let length = path.length; length >= 0; length--) {
      const node = document.getIn(path.slice(0, length), true) as
        | { readonly range?: readonly number[] }
        | undefined;
      if (node?.range !== undefined) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: 1000 });
  } catch (error) {
    throw new UsageError(printable(`${file}:1: not valid YAML: ${(error as Error).message}`));
  }
  return { data, source: { file, lineOf } };
}

/**
 * Reads a document from a file.
 *
 * @param path the file.
 * @returns the data, and the lines of its values.
 * @throws UsageError if the file cannot be read or is malformed.
 */
export function readSweep(path: string): ReadSweep {
  if (!/\.(?:ya?ml|json)$/i.test(path))
    throw new UsageError(`${path}: expected a file that ends in .yaml, .yml or .json`);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new UsageError(`${path}: no such file; polysem sweep init writes an example`);
    throw new UsageError(`${path}: cannot be read (${code})`);
  }
  if (bytes.length > LARGEST)
    throw new UsageError(`${path}: ${bytes.length} bytes exceed the limit of ${LARGEST}`);
  return parseSweep(bytes.toString('utf8'), path);
}
