import { existsSync, mkdirSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { writeFileAtomic, type FileContent } from '@polysem/io/node';
import { isWritable } from '@polysem/runs';
import { UsageError } from './errors.ts';
import { labelText } from '@polysem/reports/text';
import { clearProgress } from './progress.ts';

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

/** Writes a file whole, and says so. */
export async function save(path: string, content: FileContent): Promise<void> {
  await writeFileAtomic(path, content);
  note(`wrote ${path}`);
}
