import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { writeFileAtomic, type FileContent } from '@polysem/io/node';
import type { OutputFile } from '@polysem/runs';
import { isWritable } from '@polysem/runs/store';
import { UsageError } from './errors.ts';
import { labelText } from '@polysem/reports/text';
import { clearProgress } from './progress.ts';

/** Prints data on stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints a note on stderr, such as the path of a file that was written. */
export function note(text: string): void {
  clearProgress();
  process.stderr.write(`${labelText(text)}\n`);
}

/**
 * Checks output paths before any work is done: the folder exists and can be written, and no input or other output has
 * the same path.
 *
 * @param targets output paths by flag.
 * @param sources paths of input files.
 * @throws UsageError naming the flag.
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
      throw new UsageError(`${flag}: ${path} is also the output of ${same}; give another file`);
    seen.set(resolve(path), flag);
    if (read.has(resolve(path)))
      throw new UsageError(`${flag}: ${path} is an input file; give another file`);
    if (path === '') throw new UsageError(`${flag}: empty path; give the name of a file`);
    const folder = dirname(path);
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      throw new UsageError(`${flag}: no folder ${folder} for ${basename(path)}; make it first`);
    }
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      throw new UsageError(`${flag}: ${path} is a folder; give the name of a file`);
    }
    if (!isWritable(folder))
      throw new UsageError(`${flag}: no permission to write to the folder ${folder}`);
  }
}

/** Checks, before any work is done, that a path is a folder that can be written, or can become one. */
export function checkFolder(flag: string, path: string): void {
  if (path === '') throw new UsageError(`${flag}: empty path; give the name of a folder`);
  let parent = resolve(path);
  while (!existsSync(parent)) parent = dirname(parent);
  if (!statSync(parent).isDirectory()) {
    const within = parent === resolve(path) ? '' : `, so ${path} cannot be inside it`;
    throw new UsageError(
      `${flag}: ${parent === resolve(path) ? path : parent} is a file${within}; give a folder`,
    );
  }
  if (!isWritable(parent))
    throw new UsageError(`${flag}: no permission to write to the folder ${parent}`);
}

/**
 * Makes a folder and its missing parents, one at a time: Node's recursive mkdir hangs where that is impossible (in /proc,
 * say).
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
    throw new UsageError(`${flag}: cannot make ${path}: ${(error as Error).message}`);
  }
}

/**
 * Writes a table and the file with its configuration. The old configuration is removed first, so that a table never stands
 * beside that of another.
 */
export async function saveTable([table, ...notes]: readonly OutputFile[]): Promise<void> {
  for (const { path } of notes) rmSync(path, { force: true });
  await save(table.path, table.content);
  // oxlint-disable-next-line no-await-in-loop -- at most one file
  for (const { path, content } of notes) await save(path, content);
}

/** Writes a file atomically and prints its path on stderr. */
export async function save(path: string, content: FileContent): Promise<void> {
  await writeFileAtomic(path, content);
  note(`wrote ${path}`);
}
