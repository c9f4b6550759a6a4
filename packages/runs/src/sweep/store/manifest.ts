import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { revision, version } from '@polysem/core/version';
import { UsageError } from '../../usage-error.ts';
import type { Json, ResultColumn } from '../cell.ts';
import type { SweepPlan } from '../plan.ts';

/** What a folder of results holds: the sweep that its cells belong to. */
export interface Manifest {
  readonly format: 'polysem sweep 1';
  readonly name: string;
  readonly version: string;
  readonly revision: number;
  readonly kernel: string;
  /** Identity of the plan. */
  readonly identity: string;
  readonly cells: number;
  /** Columns of the axes, and of the results. */
  readonly axes: readonly ResultColumn[];
  readonly results: readonly ResultColumn[];
  readonly spec: { readonly [key: string]: Json };
  /** Path from the folder of the sweep to that against which the spec names input files; absent if it names none. */
  readonly inputs?: string;
}

/** Name of the file in the folder of a sweep. */
export const MANIFEST = 'manifest.json';

/** The manifest of a plan. */
export function manifestOf(plan: SweepPlan): Manifest {
  const { name, kernel, identity, size: cells, spec } = plan;
  const columns = { axes: plan.axisColumns, results: plan.resultColumns };
  const format = 'polysem sweep 1';
  return { format, name, version, revision, kernel, identity, cells, ...columns, spec };
}

/** The text of a manifest: the same bytes for the same plan. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/**
 * Reads the manifest of a folder.
 *
 * @param folder the folder of a sweep.
 * @returns the manifest; null if there is none.
 * @throws UsageError if the file is damaged or of another format.
 */
export function readManifest(folder: string): Manifest | null {
  const path = join(folder, MANIFEST);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new UsageError(`${path}: ${(error as Error).message}`);
  }
  const manifest = parsed(text);
  if (manifest === null) {
    throw new UsageError(
      `${path}: is damaged; remove it and give the spec again, and finished cells are found again`,
    );
  }
  return manifest;
}

function parsed(text: string): Manifest | null {
  try {
    const value = JSON.parse(text) as Partial<Manifest> | null;
    const isManifest =
      value?.format === 'polysem sweep 1' &&
      typeof value.identity === 'string' &&
      typeof value.cells === 'number' &&
      Array.isArray(value.axes) &&
      Array.isArray(value.results) &&
      typeof value.spec === 'object';
    return isManifest ? (value as Manifest) : null;
  } catch {
    return null;
  }
}

/**
 * The first difference between two sweeps, in words; null if they are the same.
 *
 * @param before manifest of the folder.
 * @param after manifest of the plan.
 */
export function difference(before: Manifest, after: Manifest): string | null {
  if (before.identity === after.identity) return null;
  for (const field of ['version', 'revision', 'kernel'] as const) {
    if (before[field] !== after[field]) return `${field} was ${before[field]}, now ${after[field]}`;
  }
  return firstDifference('', before.spec, after.spec) ?? 'its files changed';
}

function firstDifference(path: string, a: Json | undefined, b: Json | undefined): string | null {
  if (isObject(a) && isObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const found = firstDifference(path === '' ? key : `${path}.${key}`, a[key], b[key]);
      if (found !== null) return found;
    }
    return null;
  }
  const [before, after] = [JSON.stringify(a), JSON.stringify(b)];
  if (before === after) return null;
  return `${path} was ${shortened(before)}, now ${shortened(after)}`;
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null;
}

function shortened(text: string | undefined): string {
  if (text === undefined) return 'absent';
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
