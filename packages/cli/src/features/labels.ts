import { stat } from 'node:fs/promises';
import { decodeText, isStandardInput, isUrl, shownLocation } from '@polysem/io/bytes';
import { labelsOfTable, parseLabels } from '@polysem/io/labels';
import { openLocation } from '@polysem/io/node';
import { UsageError } from '../errors.ts';
import { isFirst } from '../matrix-flags.ts';
import { note } from '../output.ts';
import { readTableFile } from '@polysem/runs';

/** Largest file of labels read; vocabularies have a few megabytes. */
const LARGEST = 256 * 2 ** 20;

/** Labels of features, in order. */
export interface Labels {
  /** Name of the file in messages. */
  readonly path: string;
  readonly names: readonly string[];
}

/**
 * Reads labels from `--labels FILE` or, for a table, `--labels FILE:COLUMN`; the file may be on the web.
 *
 * @param header the text of `--labels-header`.
 */
export async function readLabels(wanted: string, header?: string): Promise<Labels> {
  const isNamed = header === undefined ? undefined : isFirst(header, '--labels-header');
  if (isStandardInput(wanted)) {
    throw new UsageError(
      '--labels: cannot be read from standard input, because the name of the file tells its format; give a file',
    );
  }
  const { path, column } = await splitColumn(wanted);
  const shown = shownLocation(path);
  if (isNamed !== undefined && !/\.[ct]sv(?:\?[^#]*)?$/i.test(path))
    throw new UsageError(
      `--labels-header: ${shown} is not a .csv or .tsv file; leave the flag out`,
    );
  if (!isUrl(path)) {
    const status = await stat(path).catch(() => null);
    if (status === null) throw new UsageError(`--labels: ${path}: no such file`);
    if (status.isDirectory())
      throw new UsageError(`--labels: ${path}: is a folder; give the file of labels in it`);
    if (!status.isFile()) throw new UsageError(`--labels: ${path}: is not a file of labels`);
  }
  if (/\.parquet(?:\?[^#]*)?$/i.test(path)) {
    const table = await readTableFile(path, column === undefined ? undefined : [column]);
    return { path: shown, names: labelsOfTable(table, column) };
  }
  const source = await openLocation(path);
  try {
    if (source.size > LARGEST) throw new UsageError(`--labels: ${shown}: is not a file of labels`);
    const text = decodeText(await source.read(0, source.size));
    return { path: shown, names: parseLabels(text, shown, column, isNamed) };
  } finally {
    await source.close();
  }
}

/**
 * Returns one label per feature, and prints a note if some features have none, unless that is known.
 *
 * @throws UsageError if there are more labels than features.
 */
export function labelsOf({ path, names }: Labels, features: number, isKnown = false): string[] {
  if (names.length > features) {
    throw new UsageError(
      `--labels: ${path} has ${names.length} labels, but there are ${features} features`,
    );
  }
  // Models often pad their vocabulary, so that the last rows have no token.
  const missing = features - names.length;
  if (missing > 0 && !isKnown)
    note(`--labels: the last ${missing} of ${features} features have no label`);
  return [...names, ...Array.from({ length: missing }, () => '')];
}

/** Splits FILE:COLUMN at the last colon, unless the whole is a file or an address without a column. */
async function splitColumn(wanted: string): Promise<{ path: string; column?: string }> {
  const at = wanted.lastIndexOf(':');
  const isWhole = isUrl(wanted)
    ? !/\.(?:[ct]sv|parquet)(?:\?[^#]*)?:[^/]*$/i.test(wanted)
    : at <= 0 || (await stat(wanted).catch(() => null)) !== null;
  return isWhole ? { path: wanted } : { path: wanted.slice(0, at), column: wanted.slice(at + 1) };
}
