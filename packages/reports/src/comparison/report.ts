import { version } from '@polysem/core/version';
import { formatNumber, type Provenance } from '@polysem/figures';
import type { ComparedMatrices } from '@polysem/runs/compare';
import { short } from '../measurement/tables.ts';
import type { ReportTable } from '../page/html.ts';
import { reportPage } from '../page/page.ts';
import { labelText } from '../text/label-text.ts';
import { leftOut } from '../text/left-out.ts';
import { withError } from '../text/with-error.ts';
import { comparisonJson } from './json.ts';
import { fileNumbers } from './numbered.ts';
import { comparisonFigures } from './pictures.ts';
import { comparedFigures } from './rows.ts';
import { chanceWarning, cosineWord, pairingText } from './wording.ts';

/** Pairs listed at each end. */
const NAMED = 15;

/**
 * Renders a comparison as an HTML page: what was paired, figures, and the pairs that changed most.
 *
 * @param compared the comparison and its matrices.
 * @param provenance stored in the page and its figures.
 * @returns the HTML document.
 *
 * @example
 * ```js
 * import { embeddingSource } from 'polysem/embedding';
 * import { polytope } from 'polysem/geometry';
 * import { compareMatrices } from 'polysem/measure';
 * import { comparisonReport } from 'polysem/reports';
 * const choice = { tensor: 'W', axis: 'rows', label: 'W', notes: [] };
 * const matrix = { file: 'w.npy', sha256: null, choice, source: embeddingSource(polytope('pentagon')), labels: null };
 * const settings = { centre: false, normalise: false, threads: 1 };
 * const compared = await compareMatrices(matrix, matrix, settings, () => {});
 * const page = comparisonReport(compared, { polysem: '0.1.0', configuration: {} });
 * page.includes('<h1>w.npy and w.npy compared</h1>'); // true
 * ```
 */
export function comparisonReport(compared: ComparedMatrices, provenance: Provenance): string {
  const { comparison } = compared;
  const warning = chanceWarning(comparison);
  const names = [compared.a, compared.b].map(
    ({ file }) => file.split('/').findLast((part) => part !== '') ?? file,
  );
  return reportPage({
    title: `${names.join(' and ')} compared`,
    intro: [
      `This report compares two dictionaries of features in the same space: their directions, beside random directions, and the capacity that each feature has. Capacity C is the fraction of a dimension that a feature has to itself (Scherlis et al. 2022, arXiv:2210.01892, equation 3).`,
      `${pairingText(comparison)}; ${comparison.a.unmatched.length} features of A and ${comparison.b.unmatched.length} of B are without a pair.`,
      ...(warning === '' ? [] : [warning]),
    ],
    sections: [
      {
        id: 'directions',
        heading: 'Directions and capacities',
        figures: comparisonFigures(compared, provenance),
        tables: [similarityTable(compared), sidesTable(compared), ...changeTable(compared)],
      },
      { id: 'pairs', heading: 'Pairs', tables: endTables(compared) },
      {
        id: 'matrices',
        heading: 'Matrices',
        paragraphs: [matrixText('A', compared.a), matrixText('B', compared.b)],
      },
    ],
    provenance,
    results: comparisonJson(compared, version, 0),
  });
}

function similarityTable({ comparison }: ComparedMatrices): ReportTable {
  return {
    caption:
      'Similarity of A and B, beside random directions paired in the same way. MCC: mean |cosine| of the one-to-one assignment that maximises it. MMCS: mean over features of the largest cosine with the other dictionary.',
    columns: ['', 'A and B', 'random directions'],
    rows: comparedFigures(comparison).map(({ name, value, chance, spread }) => [
      name,
      short(value),
      chance === null
        ? ''
        : spread
          ? withError(chance, spread).replaceAll('-', '\u2212')
          : short(chance),
    ]),
  };
}

function sidesTable({ comparison: { a, b } }: ComparedMatrices): ReportTable {
  return {
    caption: 'Both dictionaries, each beside a Gaussian matrix of its size',
    columns: ['', 'features', 'rank', 'efficiency', 'Gaussian', 'mean capacity', 'zero vectors'],
    rows: [['A', a] as const, ['B', b] as const].map(
      ([name, { measured, efficiency, gaussianBaseline, zeroFeatures }]) => [
        name,
        measured.features,
        measured.rank,
        short(efficiency),
        short(gaussianBaseline.efficiency),
        short((efficiency * measured.rank) / measured.features),
        zeroFeatures,
      ],
    ),
  };
}

function changeTable({ comparison: { capacity } }: ComparedMatrices): ReportTable[] {
  if (capacity === null) return [];
  const { spearman, difference } = capacity;
  const [low, first, third, high] = difference.quantiles;
  const correlation =
    spearman === null ? 'not defined, as one of them is constant' : formatNumber(spearman, 4);
  return [
    {
      caption: `Capacities of the paired features. Rank correlation (Spearman): ${correlation}. Half of the differences are between ${formatNumber(first, 3)} and ${formatNumber(third, 3)}, nine in ten between ${formatNumber(low, 3)} and ${formatNumber(high, 3)}`,
      columns: ['', 'mean', 'median', 'least', 'most'],
      rows: [
        ['in A', capacity.a] as const,
        ['in B', capacity.b] as const,
        ['B minus A', difference] as const,
      ].map(([name, { mean, median, min, max }]) => [
        name,
        short(mean),
        short(median),
        short(min),
        short(max),
      ]),
    },
  ];
}

/** The pairs that gain and lose most capacity, and the least similar ones. */
function endTables(compared: ComparedMatrices): ReportTable[] {
  const { comparison } = compared;
  const { pairs, a, b } = comparison;
  const [inA, inB] = [a.measured.capacity, b.measured.capacity];
  const [numbersA, numbersB] = [
    fileNumbers(compared.a, a.measured.features)(pairs.a),
    fileNumbers(compared.b, b.measured.features)(pairs.b),
  ];
  const gain = Float64Array.from(pairs.a, (i, k) => inB[pairs.b[k]] - inA[i]);
  const similar = pairs.cosine.map((x) => (comparison.signs === 'free' ? Math.abs(x) : x));
  const rows = (order: readonly number[]): (string | number)[][] =>
    order
      .slice(0, NAMED)
      .map((k) => [
        named(numbersA[k], compared.a.labels?.[pairs.a[k]]),
        named(numbersB[k], compared.b.labels?.[pairs.b[k]]),
        short(pairs.cosine[k]),
        short(inA[pairs.a[k]]),
        short(inB[pairs.b[k]]),
        short(gain[k]),
      ]);
  const columns = ['feature of A', 'feature of B', 'cosine', 'C in A', 'C in B', 'difference'];
  const all = Array.from(pairs.a.keys());
  if (all.length === 0) return [];
  const most = all.toSorted((k, l) => gain[l] - gain[k]);
  const few = all.length <= NAMED;
  const list = few
    ? [{ caption: 'All pairs, by gain of capacity', order: most }]
    : [
        {
          caption: 'Pairs that gain most capacity from A to B',
          order: most.filter((k) => gain[k] > 0),
        },
        {
          caption: 'Pairs that lose most capacity',
          order: most.toReversed().filter((k) => gain[k] < 0),
        },
        {
          caption: `Pairs with the least ${cosineWord(comparison)}`,
          order: all.toSorted((k, l) => similar[k] - similar[l]),
        },
      ];
  return list
    .filter(({ order }) => order.length > 0)
    .map(({ caption, order }) => ({ caption, columns, rows: rows(order) }));
}

/** The number of a feature in its file, with its name if it has one. */
function named(feature: number, label: string | undefined): string {
  return label === undefined || label === '' ? String(feature) : `${feature} ${labelText(label)}`;
}

function matrixText(
  side: string,
  { file, sha256, choice, skipped }: ComparedMatrices['a'],
): string {
  const parts = [
    `${side}: ${file}, ${labelText(choice.label)}${sha256 === null ? '' : ` (SHA-256 ${sha256})`}`,
    ...choice.notes.map(labelText),
    ...(skipped === undefined ? [] : [leftOut(skipped)]),
  ];
  return `${parts.join('; ')}.`;
}
