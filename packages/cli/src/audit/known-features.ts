import { kurtosisFromDensity } from '@polysem/core/audit';
import { parseShape, type InputFlags } from '../commands/inputs.ts';
import { UsageError } from '../errors.ts';
import { parseMatrixFlags, type MatrixFlags } from '../matrix-flags.ts';
import { note } from '../output.ts';
import { originalIndices } from '@polysem/runs/measure';
import type { Progress } from '../progress.ts';
import {
  readActivations,
  readStatsTable,
  checkedColumn,
  DENSITY,
  IMPORTANCE,
  KURTOSIS,
  requireColumn,
  rowsOfFeatures,
  SCALE,
  type FeatureTable,
} from '@polysem/runs/audit';

/** Flags that locate statistics of features. */
export interface KnownFlags extends Omit<InputFlags, 'correlation'>, MatrixFlags {
  readonly stats?: string;
  readonly activations?: string;
  readonly importance?: string;
  readonly kurtosis?: string;
  readonly label?: string;
  readonly scale?: string;
}

/** Statistics of the features, in the order of the features. */
export interface KnownFeatures {
  readonly importance: Float64Array;
  readonly kurtosis: Float64Array;
  readonly density: Float64Array | null;
  readonly scale: Float64Array | null;
  readonly labels: string[] | null;
  /** The columns used, by flag. */
  readonly columns: Readonly<Record<string, string>>;
  readonly shape: string | null;
}

/**
 * Checks, before any work starts, that the flags name statistics and do not contradict each other.
 */
export function checkSources(flags: KnownFlags): void {
  if (flags.stats !== undefined && flags.activations !== undefined)
    throw new UsageError('--activations: give --stats or --activations, not both');
  if (flags.stats === undefined && flags.activations === undefined)
    throw new UsageError(
      '--stats: is missing; give --stats features.csv --importance COLUMN, or --activations file.npy',
    );
  if (flags.kurtosis !== undefined && flags.shape !== undefined)
    throw new UsageError('--shape: --kurtosis names the kurtosis already; give one of them');
  if (flags.stats === undefined) {
    if (flags.label !== undefined) throw new UsageError('--label: belongs to --stats');
    return;
  }
  if (flags.importance === undefined)
    throw new UsageError('--importance: is missing; name the column of --stats that holds it');
  if (flags.kurtosis === undefined && (flags.density === undefined || flags.shape === undefined))
    throw new UsageError(
      '--kurtosis: is missing; name a column, or give --density COLUMN --shape SHAPE instead',
    );
}

/** The measured features; those left out keep their row in a table or column of activations, which is not used. */
export interface MeasuredFeatures {
  readonly squaredNorm: Float64Array;
  /** Indices in the file of features that were left out, ascending. */
  readonly skipped: readonly number[];
}

/**
 * Reads and checks the statistics that the flags name, in the order of the features.
 *
 * @throws UsageError in one line.
 */
export async function readKnown(
  flags: KnownFlags,
  { squaredNorm, skipped }: MeasuredFeatures,
  progress: Progress,
): Promise<KnownFeatures> {
  const inFile = originalIndices({ skipped, measured: { features: squaredNorm.length } });
  const norms = new Float64Array(squaredNorm.length + skipped.length);
  inFile.forEach((feature, i) => (norms[feature] = squaredNorm[i]));
  const shape = flags.shape === undefined ? null : parseShape(flags);
  const table =
    flags.stats === undefined
      ? await readActivations(
          flags.activations ?? '',
          norms,
          (done) => progress.update('activations', done),
          note,
          parseMatrixFlags(flags),
        )
      : await readStatsTable(flags.stats, note);
  progress.end();
  const computed = flags.stats === undefined;
  const columns: Record<string, string> = {};
  const take = (flag: string, named: string | undefined, own: string | null): string | null => {
    const column = named ?? (computed ? own : null);
    if (column === null) return null;
    columns[flag] = requireColumn(table, column, flag);
    return column;
  };
  const allRows = rowsOfFeatures(table, norms.length);
  const rows = inFile.map((feature) => allRows[feature]);
  const importance = checkedColumn(
    table,
    take('--importance', flags.importance, 'explained') ?? '',
    rows,
    IMPORTANCE,
  );
  const densityColumn = take('--density', flags.density, 'density');
  const density =
    densityColumn === null ? null : checkedColumn(table, densityColumn, rows, DENSITY);
  const scaleColumn = take('--scale', flags.scale, null);
  const labelColumn = take('--label', flags.label, null);
  const texts = labelColumn === null ? null : table.texts(labelColumn);
  return {
    importance,
    density,
    kurtosis: kurtosisOf(table, rows, { importance, density }, shape, () =>
      take('--kurtosis', flags.kurtosis, 'kurtosis'),
    ),
    scale: scaleColumn === null ? null : checkedColumn(table, scaleColumn, rows, SCALE),
    labels: texts === null ? null : Array.from(rows, (row) => texts[row]),
    columns,
    shape: shape === null ? null : shape.shape,
  };
}

/** Kurtoses from a column, or from frequencies and a shape. Features of importance 0 need none. */
function kurtosisOf(
  table: FeatureTable,
  rows: Int32Array,
  { importance, density }: Pick<KnownFeatures, 'importance' | 'density'>,
  shape: ReturnType<typeof parseShape> | null,
  column: () => string | null,
): Float64Array {
  const isDead = (i: number): boolean => importance[i] === 0;
  if (shape === null) return checkedColumn(table, column() ?? '', rows, KURTOSIS, isDead);
  if (density === null)
    throw new UsageError('--density: is missing; --shape needs the frequencies');
  const silent = density.findIndex((p, i) => p === 0 && !isDead(i));
  if (silent >= 0) {
    throw new UsageError(
      `${table.name}: ${table.place(rows[silent])}: a frequency of 0 with an importance of ${importance[silent]}; a feature that is never active has importance 0`,
    );
  }
  return kurtosisFromDensity(density, shape);
}
