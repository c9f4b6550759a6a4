import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { UsageError } from '../../usage-error.ts';
import { isWritable } from '../../store/journal-path.ts';
import type { SweepPlan } from '../plan.ts';
import { difference, MANIFEST, manifestOf, manifestText, readManifest } from './manifest.ts';
import { ROWS } from './sweep-store.ts';
import { TABLE, TABLE_DIGEST } from './table.ts';
import { makeFolder, replaceFile, writeAll, writeOnce } from './write-once.ts';

/** Folder with the rows of earlier specs of a sweep. */
export const EARLIER = 'earlier';

/**
 * Opens the folder of a sweep, or makes it.
 *
 * @param folder the folder.
 * @param plan the plan that its cells belong to.
 * @param extend true to let another spec take over the folder; the rows of the earlier one move to the folder `earlier`.
 * @throws UsageError if the folder has other files, cannot be written, or belongs to another spec.
 */
export function openSweepFolder(folder: string, plan: SweepPlan, extend: boolean): void {
  checkWritable(folder);
  make(folder);
  const inputs = relative(folder, plan.folder).replaceAll('\\', '/');
  const manifest = { ...manifestOf(plan), ...(plan.spec.files !== undefined && { inputs }) };
  const before = readManifest(folder);
  const path = join(folder, MANIFEST);
  const temporary = `${path}.${process.pid}.tmp`;
  if (before === null) {
    const others = readdirSync(folder).filter((name) => !isOwnName(name));
    if (others.length > 0) {
      throw new UsageError(
        `--out: ${folder} is not the folder of a sweep (it contains ${others[0]}); give a new folder`,
      );
    }
    writeOnce(path, temporary, (file) => writeAll(file, manifestText(manifest)));
    return;
  }
  const changed = difference(before, manifest);
  if (changed === null) return;
  if (!extend) {
    throw new UsageError(
      `${folder}: belongs to another spec (${changed}); give another --out, or --extend to keep the finished cells that both have`,
    );
  }
  moveRows(folder, before.identity, manifestText(before));
  replaceFile(path, temporary, manifestText(manifest));
}

/** Moves the rows of the spec so far out of the way; can be interrupted at any point and repeated. */
function moveRows(folder: string, identity: string, manifest: string): void {
  const earlier = join(folder, EARLIER);
  makeFolder(earlier);
  const place = join(earlier, identity.slice(0, 16));
  makeFolder(place);
  replaceFile(join(place, MANIFEST), join(place, `${MANIFEST}.tmp`), manifest);
  if (existsSync(join(folder, ROWS))) {
    if (existsSync(join(place, ROWS))) {
      for (const name of readdirSync(join(folder, ROWS)))
        renameSync(join(folder, ROWS, name), join(place, ROWS, name));
    } else {
      renameSync(join(folder, ROWS), join(place, ROWS));
    }
  }
  for (const name of [TABLE, TABLE_DIGEST]) rmSync(join(folder, name), { force: true });
}

const OWN_NAMES = new Set(['rows', 'weights', 'running', 'damaged', 'unfinished', EARLIER]);

function isOwnName(name: string): boolean {
  return OWN_NAMES.has(name) || name.startsWith(MANIFEST) || name.startsWith(TABLE);
}

function make(folder: string): void {
  try {
    if (!existsSync(folder)) mkdirSync(folder);
  } catch (error) {
    throw new UsageError(`--out: cannot make ${folder}: ${(error as Error).message}`);
  }
}

function checkWritable(folder: string): void {
  const parent = existsSync(folder) ? folder : dirname(resolve(folder));
  if (!existsSync(parent))
    throw new UsageError(`--out: no folder ${parent} for ${folder}; make it first`);
  if (!isWritable(parent))
    throw new UsageError(`--out: no permission to write to the folder ${parent}`);
}
