import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { formatNumber } from '@polysem/figures';
import { writeFileAtomic, type FileContent } from '@polysem/io/node';
import { UsageError } from './errors.ts';
import { labelText } from './label-text.ts';
import { clearProgress } from './progress.ts';

/** A result as one line of JSON: typed arrays as lists, numbers that are not finite as null. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, field: unknown) =>
      ArrayBuffer.isView(field) ? Array.from(field as Float64Array) : field,
    indent,
  );
}

/** Prints data. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints what is said beside the data: notes, where files went. */
export function note(text: string): void {
  clearProgress();
  process.stderr.write(`${labelText(text)}\n`);
}

/**
 * Checks, before any work is done, that the files a command is to write have a folder to go to.
 *
 * @param targets the paths given, by flag.
 * @param sources files that are read, which are not to be written over.
 */
export function checkTargets(
  targets: Readonly<Record<string, string | undefined>>,
  sources: readonly (string | undefined)[] = [],
): void {
  const seen = new Map<string, string>();
  const read = new Set(sources.flatMap((path) => (path === undefined ? [] : resolve(path))));
  for (const [flag, path] of Object.entries(targets)) {
    if (path === undefined) continue;
    const same = seen.get(resolve(path));
    if (same !== undefined)
      throw new UsageError(`${flag}: ${path} is what ${same} writes; give another file`);
    seen.set(resolve(path), flag);
    if (read.has(resolve(path)))
      throw new UsageError(`${flag}: ${path} is what is read; give another file`);
    if (path === '') throw new UsageError(`${flag}: is empty; give the name of a file`);
    const folder = dirname(path);
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      throw new UsageError(
        `${flag}: no folder ${folder} to write ${basename(path)} into; make it first`,
      );
    }
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      throw new UsageError(`${flag}: ${path} is a folder; give the name of a file`);
    }
    if (!isWritable(folder))
      throw new UsageError(`${flag}: may not write into the folder ${folder}`);
  }
}

/** Checks, before any work is done, that a path is a folder to write into, or may become one. */
export function checkFolder(flag: string, path: string): void {
  if (path === '') throw new UsageError(`${flag}: is empty; give the name of a folder`);
  let parent = resolve(path);
  while (!existsSync(parent)) parent = dirname(parent);
  if (!statSync(parent).isDirectory()) {
    const within = parent === resolve(path) ? '' : `, and ${path} cannot lie in it`;
    throw new UsageError(
      `${flag}: ${parent === resolve(path) ? path : parent} is a file${within}; give a folder`,
    );
  }
  if (!isWritable(parent)) throw new UsageError(`${flag}: may not write into the folder ${parent}`);
}

/**
 * Makes a folder and those it lies in, one by one: where that is impossible (in /proc, say), Node's own way of making all
 * does not come back.
 */
export function makeFolder(flag: string, path: string): void {
  const missing: string[] = [];
  let at = resolve(path);
  while (!existsSync(at)) {
    missing.push(at);
    at = dirname(at);
  }
  try {
    for (const folder of missing.toReversed()) mkdirSync(folder);
  } catch (error) {
    throw new UsageError(`${flag}: ${path} cannot be made: ${(error as Error).message}`);
  }
}

/** Whether files may be made in a folder. */
export function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Writes a file whole, and says so. */
export async function save(path: string, content: FileContent): Promise<void> {
  await writeFileAtomic(path, content);
  note(`wrote ${path}`);
}

/** Rows of text as columns: the first left, and those of words that the first row names; numbers right. */
export function table(
  rows: readonly (readonly string[])[],
  ofWords: readonly string[] = [],
): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 || ofWords.includes(rows[0][column])
            ? cell.padEnd(widths[column])
            : cell.padStart(widths[column]),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** How many there are of something, in words: `1 feature`, `2 features`. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A number for people, with the minus sign of a keyboard, so that it can be copied into a program. */
export function number(value: number, digits?: number): string {
  return formatNumber(value, digits).replaceAll('\u2212', '-');
}
