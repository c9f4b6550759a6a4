import { readFile, stat } from 'node:fs/promises';
import { parseLabels } from '@polysem/io';
import { UsageError } from '../errors.ts';
import { note } from '../output.ts';

/** Vocabularies are a few megabytes; a larger file is none. */
const LARGEST = 256 * 2 ** 20;

/** A name for each feature, from `--labels FILE` or, of a table, `--labels FILE:COLUMN`. */
export async function readLabels(wanted: string, features: number): Promise<string[]> {
  const { path, column } = await splitColumn(wanted);
  const status = await stat(path).catch(() => null);
  if (status === null) throw new UsageError(`--labels: ${path}: no such file`);
  if (!status.isFile() || status.size > LARGEST)
    throw new UsageError(`--labels: ${path}: is no file of labels`);
  const labels = parseLabels(await readFile(path, 'utf8'), path, column);
  if (labels.length > features) {
    throw new UsageError(
      `--labels: ${path} has ${labels.length} labels, but there are ${features} features`,
    );
  }
  // Models often round their vocabulary up, and leave the last rows without a token.
  const missing = features - labels.length;
  if (missing > 0) note(`--labels: the last ${missing} of ${features} features have none`);
  return [...labels, ...Array.from({ length: missing }, () => '')];
}

/** A colon may be part of a path; behind the last one stands a column only if the whole is no file. */
async function splitColumn(wanted: string): Promise<{ path: string; column?: string }> {
  const at = wanted.lastIndexOf(':');
  if (at <= 0 || (await stat(wanted).catch(() => null)) !== null) return { path: wanted };
  return { path: wanted.slice(0, at), column: wanted.slice(at + 1) };
}

/** A cell of a CSV file, quoted where it must be. */
export function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A label as one line of a terminal, whatever a table of labels holds. */
export function labelText(label: string): string {
  return label.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`,
  );
}
