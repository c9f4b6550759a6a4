import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { FileContent } from '@polysem/io/node';
import type { OutputFile } from '@polysem/runs';
import { isWritable } from '@polysem/runs/store';
import { UsageError } from './errors.ts';
import { jsonPieces, labelText } from '@polysem/reports/text';
import { clearProgress } from './progress.ts';

/** Prints data on stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints a result as one JSON object on stdout, in pieces, and waits while its reader is slow. */
export async function printJson(result: unknown): Promise<void> {
  for (const piece of jsonPieces(result, 0, '\n')) {
    // oxlint-disable-next-line no-await-in-loop -- one piece at a time is in memory
    if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
  }
}

/** Prints a note on stderr, such as the path of a file that was written. */
export function note(text: string): void {
  clearProgress();
  process.stderr.write(`${labelText(text)}\n`);
}

/**
 * Says after Ctrl-C how to go on, if unfinished work was kept; the process still ends with the signal.
 *
 * @param journal path of the journal; undefined before it is chosen.
 * @returns a function that ends this.
 */
export function explainInterrupt(journal: () => string | undefined): () => void {
  const stop = (): void => void process.off('SIGINT', explain);
  const explain = (): void => {
    stop();
    const kept = journal();
    if (kept !== undefined && isBegun(kept))
      note('interrupted; give the same command again to go on from the last checkpoint');
    process.kill(process.pid, 'SIGINT');
  };
  process.on('SIGINT', explain);
  return stop;
}

/** True if a journal, or the state of a part of the run beside it, was written. */
function isBegun(journal: string): boolean {
  return readdirSync(dirname(journal)).some((name) => name.startsWith(basename(journal)));
}

/** The path of an output, or the path with the ending that the name must have, because it says what is written. */
export type Target = string | undefined | readonly [path: string | undefined, ending: string];

/**
 * Checks output paths before any work is done: the folder exists and can be written, no input or other output has the same
 * path, and the ending of the name says what will be written.
 *
 * @param targets output paths by flag.
 * @param sources paths of input files.
 * @throws UsageError naming the flag.
 */
export function checkTargets(
  targets: Readonly<Record<string, Target>>,
  sources: readonly (string | undefined)[] = [],
): void {
  const seen = new Map<string, string>();
  const read = new Set(sources.flatMap((path) => (path === undefined ? [] : resolve(path))));
  for (const [flag, target] of Object.entries(targets)) {
    const [path, ending] = typeof target === 'object' ? target : [target, ''];
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
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.isDirectory()) {
      throw new UsageError(`${flag}: ${path} is a folder; give the name of a file`);
    }
    // A device such as /dev/stdout takes anything.
    if (there?.isFile() !== false) checkEnding(flag, path, ending);
    if (!isWritable(folder))
      throw new UsageError(`${flag}: no permission to write to the folder ${folder}`);
  }
}

function checkEnding(flag: string, path: string, ending: string): void {
  if (path.toLowerCase().endsWith(ending)) return;
  throw new UsageError(
    `${flag}: writes ${ending.slice(1)}, got ${JSON.stringify(path)}; give a name that ends in ${ending}`,
  );
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
  for (const doubt of table.doubts ?? []) note(`${table.path}: ${doubt}`);
  // oxlint-disable-next-line no-await-in-loop -- at most one file
  for (const { path, content } of notes) await save(path, content);
}

/** Writes a file atomically and prints its path on stderr. */
export async function save(path: string, content: FileContent): Promise<void> {
  const { writeFileAtomic } = await import('@polysem/io/node');
  await writeFileAtomic(path, content);
  note(`wrote ${path}`);
}
