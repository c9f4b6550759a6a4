import type { SweepResults } from '@polysem/runs/sweep/results';
import { counted } from '../text/counted.ts';
import { number } from '../text/number.ts';
import { table } from '../text/table.ts';
import { withError } from '../text/with-error.ts';
import { shownAxes, valueText, type ShownAxis } from './axes.ts';
import { scalarsOf, sweepPoints, type Scalar, type SweepPoint } from './points.ts';
import { meanOf, type Mean } from './statistics.ts';

/** Rows of the text. */
const MOST_ROWS = 40;
/** Points that JSON holds. */
const MOST_POINTS = 200_000;

/**
 * The results of a sweep as text: a table of means over seeds with their standard errors, at most 40 rows.
 *
 * @param results the results so far.
 * @returns lines of text.
 *
 * @remarks No example: it needs the folder of a sweep.
 */
export function meansText(results: SweepResults): string {
  const { manifest, seeds } = results;
  const axes = shownAxes(results);
  const points = sweepPoints(results);
  // A measurement that no cell has would be an empty column.
  const scalars = scalarsOf(manifest.results).filter((scalar) =>
    points.some((point) => scalar.of(point).length > 0),
  );
  const ended = points.reduce((sum, { done, failed }) => sum + done + failed, 0);
  const lines = [
    `${manifest.name}: ${progressLine(results, ended).replace(/^[AT]/, (first) => first.toLowerCase())}`,
  ];
  const shown = points.filter(({ done }) => done > 0).slice(0, MOST_ROWS);
  if (shown.length === 0) return lines.join('\n');
  const isRepeated = seeds.count > 1;
  const header = [
    ...axes.map(({ name }) => name),
    ...scalars.map(({ label }) => label),
    ...(isRepeated ? ['seeds'] : []),
  ];
  const rows = shown.map((point) => [
    ...axes.map((axis) => axisText(axis, point)),
    ...scalars.map((scalar) => meanText(meanOf(scalar.of(point)))),
    ...(isRepeated ? [String(point.done)] : []),
  ]);
  const total = points.filter(({ done }) => done > 0).length;
  if (isRepeated)
    lines.push('Means over seeds ± standard error; values that are not finite are left out.');
  lines.push('', table([header, ...rows]));
  if (total > shown.length)
    lines.push(
      `.. and ${counted(total - shown.length, 'more row')}; --out page.html shows figures, polysem sweep export writes all`,
    );
  return lines.join('\n');
}

/** A point of a sweep in JSON. */
interface PointJson {
  readonly at: Readonly<Record<string, number | string>>;
  readonly done: number;
  readonly failed: number;
  readonly means: Readonly<Record<string, MeanJson>>;
}

interface MeanJson {
  readonly mean: number | null;
  readonly standardError: number | null;
  readonly values: number;
  /** Values that are NaN or infinite. */
  readonly leftOut: number;
}

/**
 * The results of a sweep as plain data for JSON: the means over seeds of each point. Lists count with their mean.
 *
 * @param results the results so far.
 * @returns name, version, counts, and one object per point.
 *
 * @remarks No example: it needs the folder of a sweep.
 */
export function meansJson(results: SweepResults): object {
  const { manifest, axes, seeds } = results;
  const { name, version, revision, kernel, cells, spec } = manifest;
  const points = sweepPoints(results);
  const scalars = scalarsOf(manifest.results);
  return {
    name,
    version,
    revision,
    kernel,
    spec,
    cells,
    done: points.reduce((sum, { done }) => sum + done, 0),
    failed: points.reduce((sum, { failed }) => sum + failed, 0),
    seeds: seeds.count,
    points: points.slice(0, MOST_POINTS).map((point): PointJson => ({
      at: Object.fromEntries(
        axes.flatMap(({ parameters }, k) =>
          parameters.map(({ column, values }) => [column.name, values[point.places[k]]]),
        ),
      ),
      done: point.done,
      failed: point.failed,
      means: Object.fromEntries(scalars.map((scalar) => [scalar.name, meanJson(scalar, point)])),
    })),
  };
}

function meanJson(scalar: Scalar, point: SweepPoint): MeanJson {
  const { mean, error, each, leftOut } = meanOf(scalar.of(point));
  return {
    mean: Number.isFinite(mean) ? mean : null,
    standardError: error,
    values: each.length,
    leftOut,
  };
}

/**
 * The number of cells that have ended, in a sentence.
 *
 * @param results the results so far.
 * @param ended number of ended cells.
 * @returns for example `40 of 60 cells have ended; the others are not shown`.
 */
export function progressLine({ manifest }: SweepResults, ended: number): string {
  const { cells } = manifest;
  if (ended === cells)
    return cells === 1 ? 'The one cell has ended' : `All ${cells} cells have ended`;
  return `${ended} of ${counted(cells, 'cell')} have ended; the others are not shown`;
}

function axisText(axis: ShownAxis, { places }: SweepPoint): string {
  return valueText(axis.values[places[axis.place]]).replaceAll('\u2212', '-');
}

function meanText({ mean, error, each, leftOut }: Mean): string {
  if (each.length === 0) return leftOut > 0 ? 'not finite' : '';
  // Rounding errors are no spread.
  if (error === null || !(error > 1e-12 * Math.abs(mean))) return number(mean);
  return withError(mean, error);
}
