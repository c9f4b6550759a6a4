import type { Provenance } from '@polysem/figures';
import { escapeText } from '@polysem/figures/svg';
import type { ResultColumn, ResultValue } from '@polysem/runs/sweep';
import { firstRows, type SweepResults } from '@polysem/runs/sweep/results';
import type { SweepStatus } from '@polysem/runs/sweep/status';
import { reportPage, type ReportSection } from '../page/page.ts';
import { counted } from '../text/counted.ts';
import { labelText } from '../text/label-text.ts';
import { shownAxes } from './axes.ts';
import { gridPictures } from './grid-pictures.ts';
import { layoutOf } from './layout.ts';
import { meansJson, progressLine } from './means.ts';
import { sweepPictures } from './pictures.ts';
import { SHAPES, sweepPoints } from './points.ts';

/** Rows of the table that the page shows. */
const MOST_ROWS = 200;
/** Reasons of failures that the page lists. */
const MOST_REASONS = 50;
/** Numbers of a list that a cell of the table shows. */
const MOST_NUMBERS = 4;
/** Sweeps with more cells are not drawn. */
const MOST_DRAWN = 200_000;
/** Pages of sweeps with more cells do not offer their means for download. */
const MOST_DOWNLOADED = 20_000;
/** Figures of a page. */
const MOST_FIGURES = 24;

/**
 * Renders the results of a sweep as one HTML page: a summary, figures chosen from the axes (see `layoutOf`), and the first
 * rows of the table.
 *
 * @param results the results so far.
 * @param status the state of the cells.
 * @returns the HTML document.
 *
 * @remarks No example: it needs the folder of a sweep.
 */
export function sweepPage(results: SweepResults, status: SweepStatus): string {
  const { manifest } = results;
  const { name, cells, version, kernel, spec } = manifest;
  const provenance: Provenance = { polysem: version, seed: null, configuration: { kernel, spec } };
  const isDrawn = cells <= MOST_DRAWN;
  const ended = status.done + status.failed;
  return reportPage({
    title: `Sweep ${name}`,
    intro: [
      `${progressLine(results, ended)}. ${failedText(status)}`.trim(),
      'A cell is a pure function of its parameters, its seed, the version of polysem and the kernel: the same cell has the same result on every machine.',
    ],
    sections: [
      summarySection(results, status),
      figuresSection(results, provenance, isDrawn),
      tableSection(results, ended),
    ],
    provenance,
    ...(cells <= MOST_DOWNLOADED && { results: meansJson(results) }),
  });
}

function failedText({ failed, conflicts }: SweepStatus): string {
  const parts = [
    ...(failed > 0 ? [`${counted(failed, 'cell')} failed; the reasons are below.`] : []),
    ...(conflicts.length > 0
      ? [`${counted(conflicts.length, 'cell has', 'cells have')} two different results.`]
      : []),
  ];
  return parts.join(' ');
}

function summarySection(
  { folder, manifest, axes, seeds }: SweepResults,
  { done, failed, open, failures }: SweepStatus,
): ReportSection {
  const { spec, cells, version, revision, kernel } = manifest;
  const along = axes.map(({ count, parameters }) => {
    const names = parameters.map(({ column }) => column.name).join(' and ');
    return `${names} (${counted(count, 'value')})`;
  });
  const failedTable = {
    caption: 'Reasons of failures',
    columns: ['reason', 'kind', 'cells', 'first cell'],
    rows: failures
      .slice(0, MOST_REASONS)
      .map(({ message, kind, count, first }) => [labelText(message), kind, count, first]),
  };
  return {
    id: 'summary',
    heading: 'Summary',
    paragraphs: [
      `${counted(cells, 'cell')} of the computation ${String(spec.compute)}: ${[...along, counted(seeds.count, 'seed')].join(' × ')}. Done ${done}, failed ${failed}, open ${open}. Computed by polysem ${version} (revision ${revision}) with the kernel ${kernel}.`,
      `The table, ${tablePath(folder)}, is written when every cell has ended; until then, polysem sweep export ${folder} --parquet FILE writes the cells so far.`,
    ],
    html: `<pre>${escapeText(readingText(folder))}</pre>
<details><summary>Spec</summary><pre>${escapeText(specText(spec))}</pre></details>`,
    tables: failures.length > 0 ? [failedTable] : [],
  };
}

/** A spec with one line per field, parameter and axis. */
function specText(spec: SweepResults['manifest']['spec']): string {
  const lines: string[] = [];
  for (const [key, value] of Object.entries(spec)) {
    const isList = key === 'axes' && Array.isArray(value) && value.length > 0;
    const isRecord = key === 'parameters' && typeof value === 'object' && value !== null;
    if (!isList && !isRecord) {
      lines.push(`${key}: ${JSON.stringify(value)}`);
      continue;
    }
    lines.push(`${key}:`);
    for (const [name, one] of Object.entries(value))
      lines.push(`  ${isList ? '-' : `${name}:`} ${JSON.stringify(one)}`);
  }
  return lines.join('\n');
}

function tablePath(folder: string): string {
  return `${folder.replace(/\/+$/, '')}/table.parquet`;
}

function readingText(folder: string): string {
  const file = tablePath(folder);
  const quoted = JSON.stringify(file);
  return [
    `pandas.read_parquet(${quoted})  # pandas`,
    `polars.read_parquet(${quoted})  # polars`,
    `SELECT * FROM '${file.replaceAll("'", "''")}';  -- DuckDB`,
  ].join('\n');
}

function figuresSection(
  results: SweepResults,
  provenance: Provenance,
  isDrawn: boolean,
): ReportSection {
  const axes = shownAxes(results);
  const layout = layoutOf(axes);
  const isGrid = results.manifest.spec.compute === 'grid';
  const base = { id: 'figures', heading: 'Figures' };
  if (layout === null && !isGrid)
    return {
      ...base,
      paragraphs: ['The sweep has no axis with two values; the table shows its cells.'],
    };
  if (!isDrawn)
    return {
      ...base,
      paragraphs: [`Sweeps of more than ${MOST_DRAWN} cells are not drawn; read the table.`],
    };
  const { manifest, seeds } = results;
  const points = sweepPoints(results);
  const data = { columns: manifest.results, points, seeds: seeds.count, provenance };
  const all = [
    ...(isGrid ? gridPictures(results, data, axes) : []),
    ...(layout === null ? [] : sweepPictures({ ...data, columns: drawnColumns(results), layout })),
  ];
  const more = all.length - MOST_FIGURES;
  const without = manifest.results.flatMap(({ name, type }) =>
    type === 'text' || SHAPES.has(name) || all.some((figure) => figure.name === name) ? [] : [name],
  );
  return {
    ...base,
    paragraphs: [
      ...(without.length > 0
        ? [`Without a figure, because no cell has a finite number: ${without.join(', ')}.`]
        : []),
      ...(seeds.count > 1 && layout?.kind === 'lines' && all.length > 0
        ? [
            'Bars or bands are standard errors of the mean over seeds; each faint point is one seed.',
          ]
        : []),
      ...(more > 0 ? [`${counted(more, 'further figure')} left out.`] : []),
    ],
    figures: all.slice(0, MOST_FIGURES),
  };
}

/** The columns that figures over the axes show; those of the diagrams of `grid` are drawn by themselves. */
function drawnColumns({ manifest: { spec, results } }: SweepResults): readonly ResultColumn[] {
  if (spec.compute !== 'grid') return results;
  return results.filter(({ type }) => type !== 'numbers');
}

function tableSection(results: SweepResults, ended: number): ReportSection {
  const { columns, rows } = firstRows(results, MOST_ROWS);
  const rest = ended - rows.length;
  return {
    id: 'table',
    heading: 'Table',
    paragraphs: [
      rows.length === 0
        ? 'No cell has ended yet.'
        : rest > 0
          ? `The first ${rows.length} of ${ended} rows.`
          : `${counted(rows.length, 'row')}, one per ended cell.`,
    ],
    tables:
      rows.length === 0
        ? []
        : [{ columns: columns.map(({ name }) => name), rows: rows.map((row) => row.map(shown)) }],
  };
}

/** A value of the table; long lists are shortened. */
function shown(value: ResultValue): string | number {
  if (value === null) return '';
  if (typeof value === 'string') return labelText(value);
  if (typeof value === 'number') return value;
  const some = value.slice(0, MOST_NUMBERS).map((one) => String(Number(one.toPrecision(4))));
  return value.length > MOST_NUMBERS
    ? `[${some.join(', ')}, … ${value.length} numbers]`
    : `[${some.join(', ')}]`;
}
